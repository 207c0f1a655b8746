export { appendColumns } from "./append-columns.js";
export type { Eviction, EvictionResult } from "./eviction.js";
export {
  COMPLETENESS_IDENTITY_COLUMNS,
  type CompletenessIdentityColumns,
  DNS_IDENTITY_COLUMNS,
  type DnsIdentityColumns,
  DROP_IDENTITY_COLUMNS,
  type DropIdentityColumns,
  HOP_IDENTITY_COLUMNS,
  type HopIdentityColumns,
  STORED_COMPLETENESS_COLUMNS,
  STORED_DNS_COLUMNS,
  STORED_DROP_COLUMNS,
  STORED_HOP_COLUMNS,
} from "./hop-identity.js";
export type { ClusterObjectVersion } from "./insert-cluster-objects.js";
export type { ConnectionFailures } from "./queries/alerts-connections.js";
export type { DnsServerFigures } from "./queries/alerts-dns.js";
export type { NodeFigures } from "./queries/alerts-nodes.js";
export type { PolicyDropRate, UnenforcedEdge } from "./queries/alerts-policy.js";
export type { PairRoundTrips } from "./queries/alerts-round-trips.js";
export type { AuditPage } from "./queries/audit.js";
export type { AuditRecord } from "./queries/audit-record.js";
export type { AuditSnapshot } from "./queries/audit-snapshot.js";
export type { DiskSpace } from "./queries/disk-space.js";
export type { LiveBatch, LiveCursor } from "./queries/live-connections.js";
export type { LossCounts, LossVolume, LossVolumes } from "./queries/loss-counts.js";
export type { PolicyDecision, PolicyDecisions } from "./queries/policy-decisions.js";
export type { PolicyTraffic, PolicyTrafficEnd, PolicyTrafficRow } from "./queries/policy-traffic.js";
export { protocolName } from "./queries/protocol-name.js";
export type { StoreStatus } from "./queries/status.js";
export type { TableSize } from "./queries/table-sizes.js";
export type { Translation } from "./queries/translations.js";
export type {
  CompletenessWindow,
  ConnectionWindows,
  EndpointInterval,
  HopWindow,
  InsertResult,
  NodeStateReading,
  SentNodeStateReading,
  StoredAlert,
} from "./records.js";
export { DEFAULT_RETENTION, KEEP_EVERYTHING, type RetentionSettings } from "./retention.js";
export { openStore, Store } from "./store.js";
export type { EmbeddedStoreOptions, ServerStoreOptions, StoreOptions } from "./store-options.js";
