import { appendFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, Fault } from "@hopline/fault";
import { z } from "zod";

/** One INSERT: the token under which ClickHouse knows it, and the batches in it. */
export interface JournalEntry {
  readonly token: string;
  /** Deduplication tokens of the batches. */
  readonly batches: readonly string[];
}

export interface Recovered {
  /** Every batch that the journal speaks of, the oldest first. */
  readonly batches: readonly string[];
  /** Inserts of which it is not known whether they were taken: repeated under their tokens, they count once. */
  readonly unsettled: readonly (JournalEntry & { readonly bytes: Uint8Array })[];
}

const lineSchema = z.object({
  token: z.string().regex(/^[0-9a-f]{32}$/),
  /** Empty: what was said of this token before does not hold. */
  batches: z.array(z.string()),
});

/** Two files of this size at most; at two inserts a second they reach back some hours. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;

/**
 * What makes it safe to store batches of several agents in one INSERT. ClickHouse knows the INSERT by one token, so that
 * somebody must know which batches were in it when one of them is sent again after a crash: this is written down before
 * the INSERT, together with its very bytes until it is known to have been taken.
 *
 * Files: `inserts.ndjson` (a line for each INSERT), the one before as `inserts.old.ndjson`, and `TOKEN.arrow`. A process
 * that is killed loses nothing of them; they are not forced to the disk, as little as ClickHouse's own parts are.
 */
export class InsertJournal {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws Fault `JOURNAL_UNUSABLE` */
  async open(): Promise<Recovered> {
    try {
      await mkdir(this.#folder, { recursive: true });
      // Ends a line that a crash cut off: its INSERT never began, and the next line is not to be lost with it.
      await appendFile(join(this.#folder, "inserts.ndjson"), "\n");
      const lines = [...(await this.#read("inserts.old.ndjson")), ...(await this.#read("inserts.ndjson"))];
      const entries = [...new Map(lines.map((entry) => [entry.token, entry])).values()];
      const unsettled = [];
      for (const name of await readdir(this.#folder)) {
        if (!name.endsWith(".arrow")) continue;
        const path = join(this.#folder, name);
        const entry = entries.find(({ token }) => name === `${token}.arrow`);
        // Without a line its INSERT never began.
        if (entry === undefined || entry.batches.length === 0) await rm(path);
        else unsettled.push({ ...entry, bytes: new Uint8Array(await readFile(path)) });
      }
      return { batches: entries.flatMap(({ batches }) => batches), unsettled };
    } catch (thrown) {
      throw this.#unusable(thrown);
    }
  }

  /**
   * Before the INSERT.
   *
   * @throws Fault `JOURNAL_UNUSABLE`
   */
  async begin({ token, batches }: JournalEntry, bytes: Uint8Array): Promise<void> {
    try {
      await writeFile(this.#content(token), bytes);
      await this.#rotate();
      await this.#append({ token, batches });
    } catch (thrown) {
      throw this.#unusable(thrown);
    }
  }

  /** It was refused, and none of it is stored. */
  async cancel(token: string): Promise<void> {
    await this.#append({ token, batches: [] });
    await this.settle(token);
  }

  /** After it was taken. */
  async settle(token: string): Promise<void> {
    await rm(this.#content(token), { force: true });
  }

  #unusable(thrown: unknown): Fault {
    return new Fault({
      code: "JOURNAL_UNUSABLE",
      message: `The collector's journal ${this.#folder} cannot be used: ${describe(thrown)}.`,
      hint: "Check that the data directory may be written and that its disk is not full.",
      cause: thrown,
    });
  }

  async #append(entry: JournalEntry): Promise<void> {
    await appendFile(join(this.#folder, "inserts.ndjson"), `${JSON.stringify(entry)}\n`);
  }

  #content(token: string): string {
    return join(this.#folder, `${token}.arrow`);
  }

  async #rotate(): Promise<void> {
    const path = join(this.#folder, "inserts.ndjson");
    const size = await stat(path).then(
      (known) => known.size,
      () => 0,
    );
    if (size > MAX_FILE_BYTES) await rename(path, join(this.#folder, "inserts.old.ndjson"));
  }

  async #read(name: string): Promise<JournalEntry[]> {
    const text = await readFile(join(this.#folder, name), "utf8").catch(() => "");
    return text.split("\n").flatMap((line) => {
      const parsed = lineSchema.safeParse(parseJson(line));
      return parsed.success ? [parsed.data] : [];
    });
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
