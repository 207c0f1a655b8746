import { emptyTuple, type Tuple } from "./tuple.js";

/** What a line of `conntrack` says about an entry. */
export const RECORD_NEW = 0;
export const RECORD_UPDATE = 1;
export const RECORD_DESTROY = 2;
/** From a dump: the entry exists; nobody says since when. */
export const RECORD_DUMPED = 3;

export type RecordKind =
  | typeof RECORD_NEW
  | typeof RECORD_UPDATE
  | typeof RECORD_DESTROY
  | typeof RECORD_DUMPED;

/** One conntrack entry as a line tells it. Mutable: one object is filled again for every line. */
export interface ConntrackRecord {
  kind: RecordKind;
  /** Microseconds since the Unix epoch, when the tool printed the event; for dumped entries when the dump began. */
  timeUs: number;
  /** The kernel's 32-bit id of the entry; it distinguishes neighbours in time, not for ever. */
  id: number;
  zone: number;
  /** As the initiator sent it. */
  readonly original: Tuple;
  /** As the kernel expects answers to come in. Its reverse is what the server sees. */
  readonly reply: Tuple;
}

export function emptyRecord(): ConntrackRecord {
  return { kind: RECORD_NEW, timeUs: 0, id: 0, zone: 0, original: emptyTuple(), reply: emptyTuple() };
}
