/** What a {@link Fault} is made of. */
export interface FaultDetails {
  /** Stable and machine-readable, e.g. `CAPTURE_PERMISSION`. Code decides on this, never on message text. */
  readonly code: string;
  /** One sentence: what went wrong, and where (file, line, field, address). */
  readonly message: string;
  /** One sentence: what the reader can do about it. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/**
 * The one error class that a user is meant to see. Anything else that reaches a top level is a bug,
 * and is reported as one.
 */
export class Fault extends Error {
  readonly code: string;
  readonly hint: string | undefined;

  constructor(details: FaultDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "Fault";
    this.code = details.code;
    this.hint = details.hint;
  }

  /** The message and, where there is one, the hint: a single line fit for a terminal or a log. */
  get sentence(): string {
    return this.hint === undefined ? this.message : `${this.message} ${this.hint}`;
  }
}

/** The text of anything that was thrown, on one line, without a stack. */
export function describe(thrown: unknown): string {
  if (thrown instanceof Fault) return thrown.sentence;
  if (thrown instanceof AggregateError && thrown.message === "")
    return thrown.errors.map(describe).join("; ");
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text.replaceAll(/\s*\n\s*/g, " ").trim();
}

/** `error.code` of a Node system error (`ENOENT`, `EADDRINUSE`, …), or undefined. */
export function systemCode(thrown: unknown): string | undefined {
  if (typeof thrown === "object" && thrown !== null && "code" in thrown && typeof thrown.code === "string")
    return thrown.code;
  return undefined;
}

/** Why a file that was named cannot be read, in words: `there is no such file`. */
export function whyUnreadable(thrown: unknown): string {
  switch (systemCode(thrown)) {
    case "ENOENT":
      return "there is no such file";
    case "EISDIR":
      return "it is a folder";
    case "ENOTDIR":
      return "what should be a folder on the way is a file";
    case "EACCES":
    case "EPERM":
      return "this user may not read it";
    default:
      return describe(thrown);
  }
}
