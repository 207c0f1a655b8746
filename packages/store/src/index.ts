export { appendColumns } from "./append-columns.js";
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
export { protocolName } from "./queries/protocol-name.js";
export type {
  AuditPage,
  AuditRecord,
  AuditSnapshot,
  CompletenessWindow,
  ConnectionFailures,
  ConnectionWindows,
  DiskSpace,
  DnsServerFigures,
  EndpointInterval,
  Eviction,
  EvictionResult,
  HopWindow,
  InsertResult,
  LiveBatch,
  LiveCursor,
  LossCounts,
  LossVolume,
  LossVolumes,
  NodeFigures,
  NodeStateReading,
  PairRoundTrips,
  PolicyDecision,
  PolicyDecisions,
  PolicyDropRate,
  PolicyTraffic,
  PolicyTrafficEnd,
  PolicyTrafficRow,
  StoredAlert,
  StoreStatus,
  TableSize,
  Translation,
  UnenforcedEdge,
} from "./records.js";
export { DEFAULT_RETENTION, KEEP_EVERYTHING, type RetentionSettings } from "./retention.js";
export { openStore, Store } from "./store.js";
export type { EmbeddedStoreOptions, ServerStoreOptions, StoreOptions } from "./store-options.js";
