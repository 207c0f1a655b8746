import { type BatchHeader, type DecodedBatch, decodeBatch, deduplicationToken } from "@hopline/batch";
import { Fault } from "@hopline/fault";
import {
  COMPLETENESS_IDENTITY_COLUMNS,
  DNS_IDENTITY_COLUMNS,
  DROP_IDENTITY_COLUMNS,
  HOP_IDENTITY_COLUMNS,
  type InsertResult,
} from "@hopline/store";
import { tableToIPC } from "apache-arrow";
import type { Clock } from "../clock.js";
import type { CollectorMetrics } from "../metrics.js";
import type { AddressBook } from "../naming/address-book.js";
import type { AgentPresence } from "../naming/agent-presence.js";
import { numberAddresses } from "../naming/batch-addresses.js";
import type { ConnectionJudge } from "../policy/connection-judge.js";
import type { StoreKeeper } from "../store-keeper.js";
import { withColumns } from "./combine-tables.js";
import { readCompletenessTable } from "./completeness-table.js";
import { readDnsTable } from "./dns-table.js";
import { readDropTable } from "./drop-table.js";
import { readHopTable } from "./hop-table.js";
import type { IngestCounts } from "./ingest-counts.js";
import type { NameWait } from "./name-wait.js";
import { readNodeStates } from "./node-state-table.js";
import { NodeStateWriter } from "./node-state-writer.js";
import type { RowWriter } from "./row-writer.js";

/** What an agent is told once a batch is in the store. */
export interface Receipt {
  /** The batch's sequence number: the agent may delete it. */
  readonly ack: number;
  /** It had been stored before; nothing was added. */
  readonly duplicate: boolean;
}

export interface BatchIntakeOptions {
  readonly keeper: StoreKeeper;
  readonly writer: RowWriter;
  readonly dropWriter: RowWriter;
  readonly book: AddressBook;
  readonly judge: ConnectionJudge;
  readonly nameWait: NameWait;
  readonly presence: AgentPresence;
  readonly counts: IngestCounts;
  readonly metrics: CollectorMetrics;
  readonly clock: Clock;
}

/** For so long after its start the collector refuses hop rows rather than store them without any knowledge of the cluster. */
const CLUSTER_WAIT_MS = 60_000;
/** And for so long rather than store them without a verdict. */
const POLICY_WAIT_MS = 15_000;

/** So many tokens of stored batches are remembered: an agent repeats what it sent last, not what it sent long ago. */
const REMEMBERED_TOKENS = 10_000;

/** Takes batches: decode, check, name, store, acknowledge. */
export class BatchIntake {
  readonly #options: BatchIntakeOptions;
  readonly #stopping = new AbortController();
  /** By token: a batch that is sent again while it is being stored waits for the same insert. */
  readonly #underWay = new Map<string, Promise<InsertResult>>();
  readonly #stored = new Set<string>();
  readonly #nodeStates: NodeStateWriter;
  #startedAtMs = 0;

  constructor(options: BatchIntakeOptions) {
    this.#options = options;
    this.#nodeStates = new NodeStateWriter(options);
  }

  start(): void {
    this.#startedAtMs = this.#options.clock.now();
  }

  /** Batches that wait for names are refused, to be sent again; inserts under way finish. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.allSettled(this.#underWay.values());
  }

  /**
   * @param bytes an Arrow IPC stream as packages/batch makes it.
   * @throws Fault `BATCH_INVALID`; `CLUSTER_UNKNOWN`, `STOPPING`, or the store's: then it was not stored.
   */
  async accept(bytes: Uint8Array): Promise<Receipt> {
    const { counts } = this.#options;
    try {
      const batch = decodeBatch(aligned(bytes));
      const { duplicate } = await this.#storeOnce(batch);
      counts.stored(batch.header.kind, batch.table.numRows, bytes.byteLength, duplicate);
      return { ack: batch.header.sequence, duplicate };
    } catch (thrown) {
      counts.refused(thrown instanceof Fault ? thrown.code : "INTERNAL");
      throw thrown;
    }
  }

  async #storeOnce(batch: DecodedBatch): Promise<InsertResult> {
    const token = deduplicationToken(batch.header);
    if (this.#stored.has(token)) return { duplicate: true };
    const underWay = this.#underWay.get(token);
    if (underWay !== undefined) {
      await underWay;
      return { duplicate: true };
    }
    const storing = this.#store(batch, token);
    this.#underWay.set(token, storing);
    try {
      const result = await storing;
      this.#remember(token);
      return result;
    } finally {
      this.#underWay.delete(token);
    }
  }

  #store(batch: DecodedBatch, token: string): Promise<InsertResult> {
    switch (batch.header.kind) {
      case "hops":
        return this.#storeHops(batch, token);
      case "dns":
        return this.#storeDns(batch, token);
      case "drops":
        return this.#storeDrops(batch, token);
      case "completeness":
        return this.#storeCompleteness(batch, token);
      case "node-state":
        return this.#storeNodeState(batch);
    }
  }

  async #storeHops(batch: DecodedBatch, token: string): Promise<InsertResult> {
    const { writer, nameWait, presence, counts, clock } = this.#options;
    const table = readHopTable(batch, clock.now());
    if (table.count === 0) return { duplicate: false };
    this.#requireCluster(batch.header);
    presence.heard(batch.header.node, table.lastWindow);
    const addresses = numberAddresses(table);
    const named = await nameWait.name(table, addresses, this.#stopping.signal);
    for (const [node, windows] of named.absences) {
      for (const window of windows) presence.decideAbsent(node, window);
    }
    const result = await writer.write({
      token,
      table: withColumns(table.table, HOP_IDENTITY_COLUMNS, named.identity),
      firstWindow: table.firstWindow,
      lastWindow: table.lastWindow,
    });
    if (!result.duplicate) counts.unnamed(named.unnamedRows);
    return result;
  }

  async #storeDns(batch: DecodedBatch, token: string): Promise<InsertResult> {
    const { keeper, nameWait, counts, clock } = this.#options;
    const table = readDnsTable(batch, clock.now());
    if (table.count === 0) return { duplicate: false };
    this.#requireCluster(batch.header);
    const named = await nameWait.nameDns(table, this.#stopping.signal);
    const stream = tableToIPC(withColumns(table.table, DNS_IDENTITY_COLUMNS, named.identity), "stream");
    const result = await keeper.use("insert_dns", (store) => store.insertDns(stream, token));
    if (!result.duplicate) counts.unnamed(named.unnamedRows);
    return result;
  }

  async #storeDrops(batch: DecodedBatch, token: string): Promise<InsertResult> {
    const { dropWriter, nameWait, counts, clock } = this.#options;
    const table = readDropTable(batch, clock.now());
    counts.notDrops(table.notDrops);
    if (table.count === 0) return { duplicate: false };
    this.#requireCluster(batch.header);
    const named = await nameWait.nameDrops(table, this.#stopping.signal);
    const result = await dropWriter.write({
      token,
      table: withColumns(table.table, DROP_IDENTITY_COLUMNS, named.identity),
      firstWindow: table.firstWindow,
      lastWindow: table.lastWindow,
    });
    if (!result.duplicate) counts.unnamed(named.unnamedRows);
    return result;
  }

  async #storeCompleteness(batch: DecodedBatch, token: string): Promise<InsertResult> {
    const { keeper, presence, clock } = this.#options;
    const table = readCompletenessTable(batch, clock.now());
    if (table.count === 0) return { duplicate: false };
    presence.heard(batch.header.node, table.lastWindow);
    const stream = tableToIPC(
      withColumns(table.table, COMPLETENESS_IDENTITY_COLUMNS, table.identity),
      "stream",
    );
    return await keeper.use("insert_completeness", (store) => store.insertCompleteness(stream, token));
  }

  async #storeNodeState(batch: DecodedBatch): Promise<InsertResult> {
    const readings = readNodeStates(batch, this.#options.clock.now());
    await this.#nodeStates.write(readings, this.#stopping.signal);
    return { duplicate: false };
  }

  #requireCluster(header: BatchHeader): void {
    const { book, judge, clock } = this.#options;
    const sinceStartMs = clock.now() - this.#startedAtMs;
    const isNamed = book.isReady || sinceStartMs >= CLUSTER_WAIT_MS;
    const isJudged = judge.isReady || sinceStartMs >= POLICY_WAIT_MS;
    if (isNamed && isJudged) return;
    throw new Fault({
      code: "CLUSTER_UNKNOWN",
      message: `The collector has not read the cluster's objects yet and cannot name what ${header.node} saw.`,
      hint: "Send the batch again in some seconds.",
    });
  }

  #remember(token: string): void {
    this.#stored.add(token);
    if (this.#stored.size <= REMEMBERED_TOKENS) return;
    for (const oldest of this.#stored) {
      this.#stored.delete(oldest);
      break;
    }
  }
}

/** Arrow's buffers are read in place, and doubles want addresses that are multiples of eight. */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
}
