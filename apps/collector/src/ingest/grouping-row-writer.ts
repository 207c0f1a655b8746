import { createHash } from "node:crypto";
import { type ColumnSpec, completeHops } from "@hopline/batch";
import { Fault } from "@hopline/fault";
import { type InsertResult, STORED_DROP_COLUMNS, STORED_HOP_COLUMNS, type Store } from "@hopline/store";
import { type Table, tableFromIPC, tableToIPC } from "apache-arrow";
import type { Clock } from "../clock.js";
import type { CollectorMetrics } from "../metrics.js";
import type { StoreKeeper } from "../store-keeper.js";
import { stackTables } from "./combine-tables.js";
import { MAX_ROWS, MAX_SPAN_SECONDS } from "./hop-table.js";
import type { InsertJournal, JournalEntry } from "./insert-journal.js";
import type { RowWriter, StorableBatch } from "./row-writer.js";

export interface GroupingRowWriterOptions {
  /** What the batches hold; a writer has one kind. */
  readonly kind?: keyof typeof KINDS;
  readonly keeper: StoreKeeper;
  /** No other writer's. */
  readonly journal: InsertJournal;
  readonly clock: Clock;
  readonly metrics: CollectorMetrics;
}

interface Kind {
  readonly spec: ColumnSpec;
  readonly operation: string;
  /** INSERTs begin at least so far apart where many rows wait, and take half of the time at most. */
  readonly leastIntervalMs: number;
  /** So far where few do: most of what an INSERT costs, it costs for one row. */
  readonly companyIntervalMs: number;
  readonly insert: (store: Store, bytes: Uint8Array, token: string) => Promise<InsertResult>;
  /** What a collector of an earlier version may have written down, as it is written now. */
  readonly complete: (table: Table) => Table;
}

const KINDS = {
  hops: {
    spec: STORED_HOP_COLUMNS,
    operation: "insert_hops",
    leastIntervalMs: 300,
    companyIntervalMs: 1000,
    insert: (store, bytes, token) => store.insertHops(bytes, token),
    complete: completeHops,
  },
  drops: {
    spec: STORED_DROP_COLUMNS,
    operation: "insert_drops",
    // A denial is to be seen within seconds, by its drop as soon as by its hops.
    leastIntervalMs: 500,
    companyIntervalMs: 500,
    insert: (store, bytes, token) => store.insertDrops(bytes, token),
    complete: (table) => table,
  },
} as const satisfies Readonly<Record<string, Kind>>;

interface Waiting extends StorableBatch {
  readonly resolve: (result: InsertResult) => void;
  readonly reject: (thrown: unknown) => void;
}

/** An INSERT that failed, and may have been taken all the same. */
interface Unsettled extends JournalEntry {
  readonly bytes: Uint8Array;
}

const BUSY_SHARE = 2;
/** From so many rows on an INSERT costs more for its rows than for itself. */
const MANY_ROWS = 10_000;
const RETRY_MS = 2000;
/** So many batches are remembered to be stored: an agent repeats what it sent last, not what it sent long ago. */
const REMEMBERED_BATCHES = 20_000;

/**
 * Stores what has come meanwhile, of whichever agents, in one INSERT. In the embedded engine an INSERT costs some
 * hundred milliseconds of a core for the statement alone, however few its rows are; agents send two or three a second. So
 * what is little waits, for up to a second since the last.
 *
 * An acknowledged batch is stored, and a repeated one counts once, also after a crash: see {@link InsertJournal}. The
 * embedded store belongs to one collector, so that no other needs to know.
 */
export class GroupingRowWriter implements RowWriter {
  readonly #options: GroupingRowWriterOptions;
  readonly #kind: Kind;
  readonly #ready: Waiting[] = [];
  readonly #stored = new Set<string>();
  readonly #stopping = new AbortController();
  #unsettled: Unsettled | undefined;
  #failure: unknown;
  #failedAtMs = 0;
  #running: Promise<void> | undefined;
  #startedAtMs = 0;
  #nextAtMs = 0;
  #recovered = false;

  constructor(options: GroupingRowWriterOptions) {
    this.#options = options;
    this.#kind = KINDS[options.kind ?? "hops"];
  }

  /** Before anything is written: settles what was under way when the collector before this one ended. */
  async recover(store: Store): Promise<void> {
    const { journal } = this.#options;
    const { batches, unsettled } = await journal.open();
    for (const { token, bytes } of unsettled) {
      const table = this.#kind.complete(tableFromIPC(bytes));
      await this.#kind.insert(store, tableToIPC(table, "stream"), token);
      await journal.settle(token);
    }
    this.#remember(batches);
    this.#recovered = true;
  }

  write(batch: StorableBatch): Promise<InsertResult> {
    // It may be in an INSERT that the collector before this one left unsettled: under another token it would count twice.
    if (!this.#recovered) return Promise.reject(notRecovered());
    if (this.#stored.has(batch.token)) return Promise.resolve({ duplicate: true });
    // While the store refuses, a batch is better kept by its agent than here.
    if (this.#unsettled !== undefined && this.#options.clock.now() - this.#failedAtMs < RETRY_MS)
      return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#ready.push({ ...batch, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock } = this.#options;
    const { leastIntervalMs, companyIntervalMs } = this.#kind;
    while (this.#ready.length > 0) {
      await this.#sleepUntil(this.#nextAtMs);
      if (this.#rowsReady() < MANY_ROWS) await this.#sleepUntil(this.#startedAtMs + companyIntervalMs);
      const startedMs = clock.now();
      this.#startedAtMs = startedMs;
      await this.#insertGroup();
      const tookMs = clock.now() - startedMs;
      this.#nextAtMs = startedMs + Math.max(leastIntervalMs, tookMs * BUSY_SHARE);
    }
    this.#running = undefined;
  }

  /** Not at all once it is to stop. */
  async #sleepUntil(timeMs: number): Promise<void> {
    const { clock } = this.#options;
    await clock.sleep(Math.max(timeMs - clock.now(), 0), this.#stopping.signal);
  }

  #rowsReady(): number {
    return this.#ready.reduce((rows, { table }) => rows + table.numRows, 0);
  }

  async #insertGroup(): Promise<void> {
    const group: Waiting[] = [];
    try {
      await this.#settle();
      group.push(...this.#takeGroup());
      const result = await this.#insert(group);
      for (const { resolve } of group) resolve(result);
    } catch (thrown) {
      this.#failure = thrown;
      this.#failedAtMs = this.#options.clock.now();
      // What waits behind them would fail as well.
      const failed = this.#unsettled === undefined ? group : [...group, ...this.#ready.splice(0)];
      for (const { reject } of failed) reject(thrown);
    }
  }

  /** As many as make one block: by rows, and by the hours that ClickHouse cuts the table by. */
  #takeGroup(): Waiting[] {
    const group: Waiting[] = [];
    let rows = 0;
    let first = Number.POSITIVE_INFINITY;
    let last = 0;
    while (this.#ready.length > 0) {
      const next = this.#ready[0] as Waiting;
      rows += next.table.numRows;
      first = Math.min(first, next.firstWindow);
      last = Math.max(last, next.lastWindow);
      if (group.length > 0 && (rows > MAX_ROWS || last - first > MAX_SPAN_SECONDS)) break;
      this.#ready.shift();
      // Sent again while the INSERT that has it was failing, and settled since.
      if (this.#stored.has(next.token)) next.resolve({ duplicate: true });
      else group.push(next);
    }
    return group;
  }

  async #insert(group: readonly Waiting[]): Promise<InsertResult> {
    if (group.length === 0) return { duplicate: false };
    const { journal, metrics } = this.#options;
    const batches = group.map(({ token }) => token);
    const token = createHash("sha256").update(batches.join("\n")).digest("hex").slice(0, 32);
    const table = stackTables(
      group.map((batch) => batch.table),
      this.#kind.spec,
    );
    const bytes = tableToIPC(table, "stream");
    await journal.begin({ token, batches }, bytes);
    // From here on these batches are stored by this INSERT or by none.
    this.#unsettled = { token, batches, bytes };
    metrics.batchesPerInsert.observe(group.length);
    return await this.#settle();
  }

  /** Repeats the last INSERT until it is known to have been taken. Nothing else is stored before. */
  async #settle(): Promise<InsertResult> {
    const { keeper, journal } = this.#options;
    const unsettled = this.#unsettled;
    if (unsettled === undefined) return { duplicate: false };
    const { token, batches, bytes } = unsettled;
    try {
      const { operation, insert } = this.#kind;
      const result = await keeper.use(operation, (store) => insert(store, bytes, token));
      this.#remember(batches);
      this.#unsettled = undefined;
      await journal.settle(token);
      return result;
    } catch (thrown) {
      // Refused for its content, before any of it was stored: there is nothing to repeat.
      if (thrown instanceof Fault && thrown.code === "STORE_BATCH_REJECTED") {
        this.#unsettled = undefined;
        await journal.cancel(token);
      }
      throw thrown;
    }
  }

  #remember(batches: readonly string[]): void {
    for (const batch of batches) this.#stored.add(batch);
    for (const oldest of this.#stored) {
      if (this.#stored.size <= REMEMBERED_BATCHES) break;
      this.#stored.delete(oldest);
    }
  }
}

function notRecovered(): Fault {
  return new Fault({
    code: "STORE_UNAVAILABLE",
    message: "The store is not open yet.",
    hint: "Try again in some seconds.",
  });
}
