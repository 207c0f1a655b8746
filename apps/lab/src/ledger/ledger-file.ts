import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import type { ConversationOutcome, LedgerEntry } from "./ledger-entry.js";

/** Sums over the conversations that have ended. */
export interface LedgerTotals {
  conversations: number;
  byOutcome: Record<ConversationOutcome, number>;
  /** Attempts of what policies deny, however they ended. */
  deniedAttempts: number;
  sentBytes: number;
  receivedBytes: number;
}

/** Writes what workloads report, a JSON line each, in the order in which conversations end. */
export class LedgerFile {
  readonly path: string;
  readonly totals: LedgerTotals = {
    conversations: 0,
    byOutcome: { ok: 0, refused: 0, timeout: 0, reset: 0, unreachable: 0 },
    deniedAttempts: 0,
    sentBytes: 0,
    receivedBytes: 0,
  };
  #stream: WriteStream | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** Begins an empty ledger. @throws the system's error where the file cannot be written. */
  async open(): Promise<void> {
    this.#stream = createWriteStream(this.path, { flags: "w", mode: 0o644 });
    await once(this.#stream, "open");
  }

  append(entry: LedgerEntry): void {
    this.#stream?.write(`${JSON.stringify(entry)}\n`);
    if (entry.endedUs === null) return;
    this.totals.conversations += 1;
    this.totals.byOutcome[entry.outcome] += 1;
    this.totals.sentBytes += entry.sentBytes;
    this.totals.receivedBytes += entry.receivedBytes;
    if (entry.expect === "denied") this.totals.deniedAttempts += 1;
  }

  /** Settles when everything appended so far can be read from the file. */
  flush(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#stream === undefined) return resolve();
      this.#stream.write("", (error) => (error ? reject(error) : resolve()));
    });
  }

  async close(): Promise<void> {
    const stream = this.#stream;
    if (stream === undefined) return;
    this.#stream = undefined;
    await new Promise<void>((resolve) => stream.end(resolve));
  }
}
