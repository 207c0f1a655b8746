import type {
  AlertsAnswer,
  AlertsQuery,
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
import type { ClusterObjectVersion } from "./insert-cluster-objects.js";
import { alerts, openAlerts } from "./queries/alerts.js";
import { type ConnectionFailures, connectionFailures } from "./queries/alerts-connections.js";
import { type DnsServerFigures, dnsServerFigures } from "./queries/alerts-dns.js";
import { type NodeFigures, nodeFigures } from "./queries/alerts-nodes.js";
import {
  type PolicyDropRate,
  policyDropRates,
  type UnenforcedEdge,
  unenforcedEdges,
} from "./queries/alerts-policy.js";
import { type PairRoundTrips, pairRoundTrips } from "./queries/alerts-round-trips.js";
import { type AuditPage, audit } from "./queries/audit.js";
import { auditLog } from "./queries/audit-log.js";
import { type AuditRecord, auditRecord } from "./queries/audit-record.js";
import { type AuditSnapshot, withAuditSnapshot } from "./queries/audit-snapshot.js";
import { type ClusterObjectScope, clusterObjects } from "./queries/cluster-objects.js";
import { connectionDetail } from "./queries/connection-detail.js";
import { connectionWindows } from "./queries/connection-windows.js";
import { type DiskSpace, diskSpace } from "./queries/disk-space.js";
import { dns } from "./queries/dns.js";
import { drops, type StoredDrops } from "./queries/drops.js";
import { edgeSeries } from "./queries/edge-series.js";
import { endpointsHistory } from "./queries/endpoints-history.js";
import { flows } from "./queries/flows.js";
import { latency } from "./queries/latency.js";
import { type LiveBatch, type LiveCursor, liveConnections } from "./queries/live-connections.js";
import type { LossVolumes } from "./queries/loss-counts.js";
import { lossVolumes } from "./queries/loss-volumes.js";
import { map } from "./queries/map.js";
import { type Backend, nodeStates, usedBackends } from "./queries/node-states.js";
import { openEndpoints } from "./queries/open-endpoints.js";
import { type PolicyDecisions, policyDecisions } from "./queries/policy-decisions.js";
import { type PolicyTraffic, type PolicyTrafficQuery, policyTraffic } from "./queries/policy-traffic.js";
import type { QueryContext } from "./queries/query-context.js";
import { type StoreStatus, storeStatus } from "./queries/status.js";
import { summary } from "./queries/summary.js";
import { type TableSize, tableSizes } from "./queries/table-sizes.js";
import { type Translation, translations } from "./queries/translations.js";
import { activeWatches } from "./queries/watches.js";
import type { ConnectionWindows, EndpointInterval, NodeStateReading, StoredAlert } from "./records.js";

/** Every question that the store answers; one file each in queries/. */
export abstract class StoreQueries {
  /** As of now. */
  protected abstract context(): QueryContext;

  alerts(query: AlertsQuery): Promise<AlertsAnswer> {
    return alerts(this.context(), query);
  }

  /** Those that are pending or firing, and those that were resolved since, whichever collector raised them. */
  openAlerts(resolvedSinceMs: number): Promise<StoredAlert[]> {
    return openAlerts(this.context(), resolvedSinceMs);
  }

  /** Edges with TCP connections that began in this time and were not answered, or reset; the worst first. */
  connectionFailures(begun: TimeRange): Promise<ConnectionFailures[]> {
    return connectionFailures(this.context(), begun);
  }

  /** Of the minutes that the range touches. */
  pairRoundTrips(range: TimeRange): Promise<PairRoundTrips[]> {
    return pairRoundTrips(this.context(), range);
  }

  dnsServerFigures(range: TimeRange): Promise<DnsServerFigures[]> {
    return dnsServerFigures(this.context(), range);
  }

  /** Edges with connections that policy denies and that came through; the most first. */
  unenforcedEdges(range: TimeRange): Promise<UnenforcedEdge[]> {
    return unenforcedEdges(this.context(), range);
  }

  /** What rules of policies dropped, now against the past. */
  policyDropRates(now: TimeRange, past: TimeRange): Promise<PolicyDropRate[]> {
    return policyDropRates(this.context(), now, past);
  }

  /** Of every node that the cluster has and that reported within a day. */
  nodeFigures(lookBackMs: number): Promise<NodeFigures[]> {
    return nodeFigures(this.context(), lookBackMs);
  }

  map(query: MapQuery): Promise<MapAnswer> {
    return map(this.context(), query);
  }

  edgeSeries(query: z.output<typeof edgeSeriesQuerySchema>): Promise<EdgeSeries> {
    return edgeSeries(this.context(), query);
  }

  /** One page; the cursor holds the range and the moment, so that further pages read as if nothing had arrived since. */
  flows(query: FlowsQuery): Promise<FlowsAnswer> {
    return flows(this.context(), query);
  }

  /** `null` where no row of the connection lies in the range. */
  connectionDetail(
    id: string,
    query: z.output<typeof connectionDetailQuerySchema>,
  ): Promise<ConnectionDetail | null> {
    return connectionDetail(this.context(), id, query);
  }

  /** One connection window by window, with the completeness of its nodes: what a path is made of; `null` as above. */
  connectionWindows(
    id: string,
    query: z.output<typeof connectionDetailQuerySchema>,
  ): Promise<ConnectionWindows | null> {
    return connectionWindows(this.context(), id, query);
  }

  /** What these nodes' kernels were set to do, reading by reading, the oldest first. */
  nodeStates(nodes: readonly string[], range: TimeRange): Promise<NodeStateReading[]> {
    return nodeStates(this.context(), nodes, range);
  }

  /** Where connections were led to that dialled this address and port; of one client, where it is given. */
  usedBackends(dialled: Backend, range: TimeRange, client?: string): Promise<Backend[]> {
    return usedBackends(this.context(), dialled, range, client);
  }

  /** Connections that are to be captured at all interfaces, for as long as they are. */
  activeWatches(): Promise<Watch[]> {
    return activeWatches(this.context().database, this.context().nowMs);
  }

  /** What segments took in and let out, over windows that are complete at both of their ends; and who lost most on the chosen one. */
  lossVolumes(query: LossQuery): Promise<LossVolumes> {
    return lossVolumes(this.context(), query);
  }

  /** Round trips at the hops between nodes, and what each segment adds to them. */
  latency(query: LatencyQuery): Promise<LatencyAnswer> {
    return latency(this.context(), query);
  }

  /** What was dropped, by whom and whose it was. */
  drops(query: DropsQuery): Promise<StoredDrops> {
    return drops(this.context(), query);
  }

  /** Who asked for which names, and how it went. */
  dns(query: DnsQuery): Promise<DnsAnswer> {
    return dns(this.context(), query);
  }

  /** Who talked to whom, and how that agrees with policy; exact counts. */
  audit(query: AuditQuery): Promise<AuditPage> {
    return audit(this.context(), query);
  }

  /** How much of a range is on record. */
  auditRecord(range: Pick<AuditScope, "from" | "to">): Promise<AuditRecord> {
    return auditRecord(this.context(), range);
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
    return withAuditSnapshot(this.context(), scope, work);
  }

  auditLog(query: AuditLogQuery): Promise<AuditLogAnswer> {
    return auditLog(this.context(), query);
  }

  /** What policy decided about the connections of a range, and what became of them. */
  policyDecisions(query: PolicyQuery): Promise<PolicyDecisions> {
    return policyDecisions(this.context(), query);
  }

  /** What policies can be tried on: who talked to whom, pod by pod and port by port. */
  policyTraffic(query: PolicyTrafficQuery): Promise<PolicyTraffic> {
    return policyTraffic(this.context(), query);
  }

  summary(query: z.output<typeof summaryQuerySchema>): Promise<Summary> {
    return summary(this.context(), query);
  }

  /**
   * Connections that began or moved since the last call, from every collector on this store; poll it each second.
   *
   * @param cursor of the last call; absent on the first, which gives nothing but a cursor.
   * @param limit how many connections at most.
   */
  liveConnections(cursor?: LiveCursor, limit = 500): Promise<LiveBatch> {
    return liveConnections(this.context(), cursor, limit);
  }

  /** What is known of the original tuples of these connections (16 hexadecimal digits each), by id. */
  translations(connectionIds: readonly string[]): Promise<Map<string, Translation>> {
    return translations(this.context().database, connectionIds);
  }

  endpointsHistory(query: z.output<typeof endpointsQuerySchema>): Promise<EndpointsAnswer> {
    return endpointsHistory(this.context(), query);
  }

  /** What the cluster's objects were, in order of time. */
  clusterObjects(scope: ClusterObjectScope): Promise<ClusterObjectVersion[]> {
    return clusterObjects(this.context().database, scope);
  }

  /** Intervals that nobody has ended: a collector that starts ends those that are no longer true. */
  openEndpoints(): Promise<EndpointInterval[]> {
    return openEndpoints(this.context().database);
  }

  status(): Promise<StoreStatus> {
    return storeStatus(this.context());
  }

  tableSizes(): Promise<TableSize[]> {
    return tableSizes(this.context().database);
  }

  /** Of the disk that the tables lie on. */
  disk(): Promise<DiskSpace> {
    return diskSpace(this.context().database);
  }
}
