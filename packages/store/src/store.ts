import type { AuditEntry, Watch } from "@hopline/api";
import { Database } from "./database.js";
import { type EvictionResult, evictOldest } from "./eviction.js";
import { InFlightInserts } from "./in-flight-inserts.js";
import { insertAlerts } from "./insert-alerts.js";
import { insertArrow } from "./insert-arrow.js";
import { insertAuditEntry } from "./insert-audit-entry.js";
import { type ClusterObjectVersion, insertClusterObjects } from "./insert-cluster-objects.js";
import { insertEndpoints } from "./insert-endpoints.js";
import { insertNodeStates } from "./insert-node-states.js";
import { migrate } from "./migrate.js";
import type { QueryContext } from "./queries/query-context.js";
import { insertWatch } from "./queries/watches.js";
import type { EndpointInterval, InsertResult, SentNodeStateReading, StoredAlert } from "./records.js";
import { applyRetention, DEFAULT_RETENTION, type RetentionSettings } from "./retention.js";
import type { StoreOptions } from "./store-options.js";
import { StoreQueries } from "./store-queries.js";

/**
 * Everything that Hopline keeps. Does nothing before {@link Store.start}.
 *
 * Every method rejects with a `Fault`: `STORE_DIR_TAKEN`, `STORE_DIR_UNUSABLE`, `STORE_ENGINE` (embedded),
 * `STORE_UNREACHABLE`, `STORE_CREDENTIALS`, `STORE_DENIED`, `STORE_TOO_OLD` (server), `STORE_NEWER` (written by a later
 * Hopline), `STORE_BUSY` (another collector's migration does not end), `STORE_FULL` (disk or memory),
 * `STORE_BATCH_REJECTED` (columns are missing or of a wrong type), `STORE_QUERY` (anything else that ClickHouse says),
 * `STORE_CLOSED`, `QUERY_INVALID` and `CURSOR_INVALID`.
 */
export class Store extends StoreQueries {
  readonly #options: StoreOptions;
  readonly #now: () => number;
  readonly #retention: RetentionSettings;
  readonly #database: Database;
  readonly #inFlight: InFlightInserts;

  constructor(options: StoreOptions) {
    super();
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#retention = options.retention ?? DEFAULT_RETENTION;
    this.#database = new Database(options);
    this.#inFlight = new InFlightInserts(this.#now);
  }

  get kind(): "embedded" | "server" {
    return this.#options.kind;
  }

  /** ClickHouse's own version; empty before {@link start}. */
  get engineVersion(): string {
    return this.#database.engineVersion;
  }

  /** Opens or connects, migrates, and sets how long rows are kept. A store that failed to start may be started again. */
  async start(): Promise<void> {
    await this.#database.open();
    try {
      await migrate(this.#database);
      await applyRetention(this.#database, this.#retention);
    } catch (thrown) {
      await this.#database.close();
      throw thrown;
    }
  }

  /** Waits for what is under way, then closes. */
  async stop(): Promise<void> {
    await this.#inFlight.settled();
    await this.#database.close();
  }

  /**
   * Stores one batch of hop rows, all or nothing, once for each token.
   *
   * @param batch Arrow IPC stream with the columns of `STORED_HOP_COLUMNS`.
   * @param token `deduplicationToken` of the batch; with a suffix where the collector stores it in parts.
   */
  insertHops(batch: Uint8Array, token: string): Promise<InsertResult> {
    return this.#inFlight.run((ingestedAtUs) =>
      insertArrow(this.#database, "hops", batch, token, ingestedAtUs),
    );
  }

  /** @param batch Arrow IPC stream with the columns of `STORED_DNS_COLUMNS`. */
  insertDns(batch: Uint8Array, token: string): Promise<InsertResult> {
    return this.#inFlight.run((ingestedAtUs) =>
      insertArrow(this.#database, "dns", batch, token, ingestedAtUs),
    );
  }

  /** @param batch Arrow IPC stream with the columns of `STORED_DROP_COLUMNS`. */
  insertDrops(batch: Uint8Array, token: string): Promise<InsertResult> {
    return this.#inFlight.run((ingestedAtUs) =>
      insertArrow(this.#database, "drops", batch, token, ingestedAtUs),
    );
  }

  /** @param batch Arrow IPC stream with the columns of `STORED_COMPLETENESS_COLUMNS`. */
  insertCompleteness(batch: Uint8Array, token: string): Promise<InsertResult> {
    return this.#inFlight.run((ingestedAtUs) =>
      insertArrow(this.#database, "completeness", batch, token, ingestedAtUs),
    );
  }

  /** The same interval again (address, entity, pod, `fromMs`) replaces what was known of it. */
  insertEndpoints(rows: readonly EndpointInterval[]): Promise<void> {
    return this.#inFlight.run((stampUs) => insertEndpoints(this.#database, rows, stampUs));
  }

  insertNodeStates(rows: readonly SentNodeStateReading[]): Promise<void> {
    return this.#inFlight.run((stampUs) => insertNodeStates(this.#database, rows, stampUs));
  }

  /** The same alert again (its id) replaces what was known of it. */
  insertAlerts(rows: readonly StoredAlert[]): Promise<void> {
    return this.#inFlight.run((stampUs) => insertAlerts(this.#database, rows, stampUs));
  }

  insertWatch(watch: Watch): Promise<void> {
    return insertWatch(this.#database, watch);
  }

  insertAuditEntry(entry: AuditEntry): Promise<void> {
    return this.#inFlight.run(() => insertAuditEntry(this.#database, entry));
  }

  /** The same version again (kind, namespace, name, `fromMs`, version) replaces what was known of it. */
  insertClusterObjects(rows: readonly ClusterObjectVersion[]): Promise<void> {
    return this.#inFlight.run((stampUs) => insertClusterObjects(this.#database, rows, stampUs));
  }

  /** Drops oldest partitions, raw hops first, until all tables together take `maxBytes` or less. */
  evict(maxBytes: number): Promise<EvictionResult> {
    return evictOldest(this.#database, maxBytes);
  }

  protected override context(): QueryContext {
    return {
      database: this.#database,
      retention: this.#retention,
      nowMs: this.#now(),
      settledBeforeUs: this.#inFlight.settledBeforeUs(),
      insertedSince: (stampUs) => this.#inFlight.begunSince(stampUs),
    };
  }
}

/** An inert {@link Store}: nothing is opened before `start()`. */
export function openStore(options: StoreOptions): Store {
  return new Store(options);
}
