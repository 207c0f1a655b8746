import { encodeVerdict, recordedWord, type VerdictRecord, type Word } from "@hopline/policy";

/** What policy said of a connection, as the store keeps it. */
export interface Judged {
  readonly verdict: Word;
  /** An encoded {@link VerdictRecord}, or a sentence that says why nothing was judged. */
  readonly reason: string;
  /** undefined where nothing was judged. */
  readonly record: VerdictRecord | undefined;
}

export function judgedBy(record: VerdictRecord): Judged {
  return { verdict: recordedWord(record), reason: encodeVerdict(record), record };
}

/** @param sentence why. */
export function notJudged(sentence: string): Judged {
  return { verdict: "undetermined", reason: sentence, record: undefined };
}
