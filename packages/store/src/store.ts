import type {
  AlertsAnswer,
  AlertsQuery,
  AuditEntry,
  AuditLogAnswer,
  AuditLogQuery,
  AuditQuery,
  AuditScope,
  ConnectionDetail,
  connectionDetailQuerySchema,
  DnsAnswer,
  DnsQuery,
  DropsQuery,
  EdgeSeries,
  EndpointsAnswer,
  edgeSeriesQuerySchema,
  endpointsQuerySchema,
  FlowsAnswer,
  FlowsQuery,
  LatencyAnswer,
  LatencyQuery,
  LossQuery,
  MapAnswer,
  MapQuery,
  PolicyQuery,
  Summary,
  summaryQuerySchema,
  TimeRange,
  Watch,
} from "@hopline/api";
import type { z } from "zod";
import { Database } from "./database.js";
import { evictOldest } from "./eviction.js";
import { InFlightInserts } from "./in-flight-inserts.js";
import { insertAlerts } from "./insert-alerts.js";
import { insertArrow } from "./insert-arrow.js";
import { insertAuditEntry } from "./insert-audit-entry.js";
import { type ClusterObjectVersion, insertClusterObjects } from "./insert-cluster-objects.js";
import { insertEndpoints } from "./insert-endpoints.js";
import { insertNodeStates } from "./insert-node-states.js";
import { migrate } from "./migrate.js";
import { alerts, openAlerts } from "./queries/alerts.js";
import { connectionFailures } from "./queries/alerts-connections.js";
import { dnsServerFigures } from "./queries/alerts-dns.js";
import { nodeFigures } from "./queries/alerts-nodes.js";
import { policyDropRates, unenforcedEdges } from "./queries/alerts-policy.js";
import { pairRoundTrips } from "./queries/alerts-round-trips.js";
import { audit } from "./queries/audit.js";
import { auditLog } from "./queries/audit-log.js";
import { auditRecord } from "./queries/audit-record.js";
import { withAuditSnapshot } from "./queries/audit-snapshot.js";
import { clusterObjects } from "./queries/cluster-objects.js";
import { connectionDetail } from "./queries/connection-detail.js";
import { connectionWindows } from "./queries/connection-windows.js";
import { diskSpace } from "./queries/disk-space.js";
import { dns } from "./queries/dns.js";
import { drops, type StoredDrops } from "./queries/drops.js";
import { edgeSeries } from "./queries/edge-series.js";
import { endpointsHistory } from "./queries/endpoints-history.js";
import { flows } from "./queries/flows.js";
import { latency } from "./queries/latency.js";
import { liveConnections } from "./queries/live-connections.js";
import { lossVolumes } from "./queries/loss-volumes.js";
import { map } from "./queries/map.js";
import { type Backend, nodeStates, usedBackends } from "./queries/node-states.js";
import { openEndpoints } from "./queries/open-endpoints.js";
import { policyDecisions } from "./queries/policy-decisions.js";
import { type PolicyTrafficQuery, policyTraffic } from "./queries/policy-traffic.js";
import type { QueryContext } from "./queries/query-context.js";
import { storeStatus } from "./queries/status.js";
import { summary } from "./queries/summary.js";
import { tableSizes } from "./queries/table-sizes.js";
import { translations } from "./queries/translations.js";
import { activeWatches, insertWatch } from "./queries/watches.js";
import type {
  AuditPage,
  AuditRecord,
  AuditSnapshot,
  ConnectionFailures,
  ConnectionWindows,
  DiskSpace,
  DnsServerFigures,
  EndpointInterval,
  EvictionResult,
  InsertResult,
  LiveBatch,
  LiveCursor,
  LossVolumes,
  NodeFigures,
  NodeStateReading,
  PairRoundTrips,
  PolicyDecisions,
  PolicyDropRate,
  PolicyTraffic,
  StoredAlert,
  StoreStatus,
  TableSize,
  Translation,
  UnenforcedEdge,
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

  insertNodeStates(rows: readonly NodeStateReading[]): Promise<void> {
    return this.#inFlight.run((stampUs) => insertNodeStates(this.#database, rows, stampUs));
  }

  /** The same alert again (its id) replaces what was known of it. */
  insertAlerts(rows: readonly StoredAlert[]): Promise<void> {
    return this.#inFlight.run((stampUs) => insertAlerts(this.#database, rows, stampUs));
  }

  alerts(query: AlertsQuery): Promise<AlertsAnswer> {
    return alerts(this.#context(), query);
  }

  /** Those that are pending or firing, and those that were resolved since, whichever collector raised them. */
  openAlerts(resolvedSinceMs: number): Promise<StoredAlert[]> {
    return openAlerts(this.#context(), resolvedSinceMs);
  }

  /** Edges with TCP connections that began in this time and were not answered, or reset; the worst first. */
  connectionFailures(begun: TimeRange): Promise<ConnectionFailures[]> {
    return connectionFailures(this.#context(), begun);
  }

  /** Of the minutes that the range touches. */
  pairRoundTrips(range: TimeRange): Promise<PairRoundTrips[]> {
    return pairRoundTrips(this.#context(), range);
  }

  dnsServerFigures(range: TimeRange): Promise<DnsServerFigures[]> {
    return dnsServerFigures(this.#context(), range);
  }

  /** Edges with connections that policy denies and that came through; the most first. */
  unenforcedEdges(range: TimeRange): Promise<UnenforcedEdge[]> {
    return unenforcedEdges(this.#context(), range);
  }

  /** What rules of policies dropped, now against the past. */
  policyDropRates(now: TimeRange, past: TimeRange): Promise<PolicyDropRate[]> {
    return policyDropRates(this.#context(), now, past);
  }

  /** Of every node that the cluster has and that reported within a day. */
  nodeFigures(lookBackMs: number): Promise<NodeFigures[]> {
    return nodeFigures(this.#context(), lookBackMs);
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

  /** What these nodes' kernels were set to do, reading by reading, the oldest first. */
  nodeStates(nodes: readonly string[], range: TimeRange): Promise<NodeStateReading[]> {
    return nodeStates(this.#context(), nodes, range);
  }

  /** Where connections were led to that dialled this address and port; of one client, where it is given. */
  usedBackends(dialled: Backend, range: TimeRange, client?: string): Promise<Backend[]> {
    return usedBackends(this.#context(), dialled, range, client);
  }

  insertWatch(watch: Watch): Promise<void> {
    return insertWatch(this.#database, watch);
  }

  /** Connections that are to be captured at all interfaces, for as long as they are. */
  activeWatches(): Promise<Watch[]> {
    return activeWatches(this.#database, this.#now());
  }

  /** What segments took in and let out, over windows that are complete at both of their ends; and who lost most on the chosen one. */
  lossVolumes(query: LossQuery): Promise<LossVolumes> {
    return lossVolumes(this.#context(), query);
  }

  /** Round trips at the hops between nodes, and what each segment adds to them. */
  latency(query: LatencyQuery): Promise<LatencyAnswer> {
    return latency(this.#context(), query);
  }

  /** What was dropped, by whom and whose it was. */
  drops(query: DropsQuery): Promise<StoredDrops> {
    return drops(this.#context(), query);
  }

  /** Who asked for which names, and how it went. */
  dns(query: DnsQuery): Promise<DnsAnswer> {
    return dns(this.#context(), query);
  }

  /** Who talked to whom, and how that agrees with policy; exact counts. */
  audit(query: AuditQuery): Promise<AuditPage> {
    return audit(this.#context(), query);
  }

  /** How much of a range is on record. */
  auditRecord(range: Pick<AuditScope, "from" | "to">): Promise<AuditRecord> {
    return auditRecord(this.#context(), range);
  }

  /**
   * Freezes an audit while `work` makes files of it.
   *
   * @throws Fault `AUDIT_TOO_LARGE` too.
   */
  withAuditSnapshot<Result>(
    scope: AuditScope,
    work: (snapshot: AuditSnapshot) => Promise<Result>,
  ): Promise<Result> {
    return withAuditSnapshot(this.#context(), scope, work);
  }

  insertAuditEntry(entry: AuditEntry): Promise<void> {
    return this.#inFlight.run(() => insertAuditEntry(this.#database, entry));
  }

  auditLog(query: AuditLogQuery): Promise<AuditLogAnswer> {
    return auditLog(this.#context(), query);
  }

  /** What policy decided about the connections of a range, and what became of them. */
  policyDecisions(query: PolicyQuery): Promise<PolicyDecisions> {
    return policyDecisions(this.#context(), query);
  }

  /** What policies can be tried on: who talked to whom, pod by pod and port by port. */
  policyTraffic(query: PolicyTrafficQuery): Promise<PolicyTraffic> {
    return policyTraffic(this.#context(), query);
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

  /** The same version again (kind, namespace, name, `fromMs`, version) replaces what was known of it. */
  insertClusterObjects(rows: readonly ClusterObjectVersion[]): Promise<void> {
    return this.#inFlight.run((stampUs) => insertClusterObjects(this.#database, rows, stampUs));
  }

  /** What the cluster's objects were, as far as it lasted at a time or after it, in order of time. */
  clusterObjects(sinceMs: number): Promise<ClusterObjectVersion[]> {
    return clusterObjects(this.#database, sinceMs);
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
