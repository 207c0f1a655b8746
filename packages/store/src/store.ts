import type {
  ConnectionDetail,
  connectionDetailQuerySchema,
  DnsAnswer,
  DnsQuery,
  EdgeSeries,
  EndpointsAnswer,
  edgeSeriesQuerySchema,
  endpointsQuerySchema,
  FlowsAnswer,
  FlowsQuery,
  LossQuery,
  MapAnswer,
  MapQuery,
  Summary,
  summaryQuerySchema,
} from "@hopline/api";
import type { z } from "zod";
import { Database } from "./database.js";
import { evictOldest } from "./eviction.js";
import { InFlightInserts } from "./in-flight-inserts.js";
import { insertArrow } from "./insert-arrow.js";
import { insertEndpoints } from "./insert-endpoints.js";
import { migrate } from "./migrate.js";
import { connectionDetail } from "./queries/connection-detail.js";
import { connectionWindows } from "./queries/connection-windows.js";
import { diskSpace } from "./queries/disk-space.js";
import { dns } from "./queries/dns.js";
import { edgeSeries } from "./queries/edge-series.js";
import { endpointsHistory } from "./queries/endpoints-history.js";
import { flows } from "./queries/flows.js";
import { liveConnections } from "./queries/live-connections.js";
import { lossVolumes } from "./queries/loss-volumes.js";
import { map } from "./queries/map.js";
import { openEndpoints } from "./queries/open-endpoints.js";
import type { QueryContext } from "./queries/query-context.js";
import { storeStatus } from "./queries/status.js";
import { summary } from "./queries/summary.js";
import { tableSizes } from "./queries/table-sizes.js";
import { translations } from "./queries/translations.js";
import type {
  ConnectionWindows,
  DiskSpace,
  EndpointInterval,
  EvictionResult,
  InsertResult,
  LiveBatch,
  LiveCursor,
  LossVolumes,
  StoreStatus,
  TableSize,
  Translation,
} from "./records.js";
import { applyRetention, DEFAULT_RETENTION, type RetentionSettings } from "./retention.js";
import type { StoreOptions } from "./store-options.js";

/**
 * Everything that Hopline keeps. Does nothing before {@link Store.start}.
 *
 * Every method rejects with a `Fault`: `STORE_DIR_TAKEN`, `STORE_DIR_UNUSABLE`, `STORE_ENGINE` (embedded),
 * `STORE_UNREACHABLE`, `STORE_CREDENTIALS`, `STORE_DENIED`, `STORE_TOO_OLD` (server), `STORE_NEWER` (written by a later
 * Hopline), `STORE_BUSY` (another collector's migration does not end), `STORE_FULL` (disk or memory),
 * `STORE_BATCH_REJECTED` (columns are missing or of a wrong type), `STORE_QUERY` (anything else that ClickHouse says),
 * `STORE_CLOSED`, `QUERY_INVALID` and `CURSOR_INVALID`.
 */
export class Store {
  readonly #options: StoreOptions;
  readonly #now: () => number;
  readonly #retention: RetentionSettings;
  readonly #database: Database;
  readonly #inFlight: InFlightInserts;

  constructor(options: StoreOptions) {
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

  map(query: MapQuery): Promise<MapAnswer> {
    return map(this.#context(), query);
  }

  edgeSeries(query: z.output<typeof edgeSeriesQuerySchema>): Promise<EdgeSeries> {
    return edgeSeries(this.#context(), query);
  }

  /** One page; the cursor holds the range and the moment, so that further pages read as if nothing had arrived since. */
  flows(query: FlowsQuery): Promise<FlowsAnswer> {
    return flows(this.#context(), query);
  }

  /** `null` where no row of the connection lies in the range. */
  connectionDetail(
    id: string,
    query: z.output<typeof connectionDetailQuerySchema>,
  ): Promise<ConnectionDetail | null> {
    return connectionDetail(this.#context(), id, query);
  }

  /** One connection window by window, with the completeness of its nodes: what a path is made of; `null` as above. */
  connectionWindows(
    id: string,
    query: z.output<typeof connectionDetailQuerySchema>,
  ): Promise<ConnectionWindows | null> {
    return connectionWindows(this.#context(), id, query);
  }

  /** What the segments between nodes took in and let out, over windows that are complete at both. */
  lossVolumes(query: LossQuery): Promise<LossVolumes> {
    return lossVolumes(this.#context(), query);
  }

  /** Who asked for which names, and how it went. */
  dns(query: DnsQuery): Promise<DnsAnswer> {
    return dns(this.#context(), query);
  }

  summary(query: z.output<typeof summaryQuerySchema>): Promise<Summary> {
    return summary(this.#context(), query);
  }

  /**
   * Connections that began or moved since the last call, from every collector on this store; poll it each second.
   *
   * @param cursor of the last call; absent on the first, which gives nothing but a cursor.
   * @param limit how many connections at most.
   */
  liveConnections(cursor?: LiveCursor, limit = 500): Promise<LiveBatch> {
    return liveConnections(this.#context(), cursor, limit);
  }

  /** What is known of the original tuples of these connections (16 hexadecimal digits each), by id. */
  translations(connectionIds: readonly string[]): Promise<Map<string, Translation>> {
    return translations(this.#database, connectionIds);
  }

  endpointsHistory(query: z.output<typeof endpointsQuerySchema>): Promise<EndpointsAnswer> {
    return endpointsHistory(this.#context(), query);
  }

  /** Intervals that nobody has ended: a collector that starts ends those that are no longer true. */
  openEndpoints(): Promise<EndpointInterval[]> {
    return openEndpoints(this.#database);
  }

  status(): Promise<StoreStatus> {
    return storeStatus(this.#context());
  }

  tableSizes(): Promise<TableSize[]> {
    return tableSizes(this.#database);
  }

  /** Of the disk that the tables lie on. */
  disk(): Promise<DiskSpace> {
    return diskSpace(this.#database);
  }

  /** Drops oldest partitions, raw hops first, until all tables together take `maxBytes` or less. */
  evict(maxBytes: number): Promise<EvictionResult> {
    return evictOldest(this.#database, maxBytes);
  }

  #context(): QueryContext {
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
