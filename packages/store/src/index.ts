export { appendColumns } from "./append-columns.js";
export {
  COMPLETENESS_IDENTITY_COLUMNS,
  type CompletenessIdentityColumns,
  DNS_IDENTITY_COLUMNS,
  type DnsIdentityColumns,
  HOP_IDENTITY_COLUMNS,
  type HopIdentityColumns,
  STORED_COMPLETENESS_COLUMNS,
  STORED_DNS_COLUMNS,
  STORED_HOP_COLUMNS,
} from "./hop-identity.js";
export type {
  CompletenessWindow,
  ConnectionWindows,
  DiskSpace,
  EndpointInterval,
  Eviction,
  EvictionResult,
  HopWindow,
  InsertResult,
  LiveBatch,
  LiveCursor,
  LossVolume,
  LossVolumes,
  StoreStatus,
  TableSize,
  Translation,
} from "./records.js";
export { DEFAULT_RETENTION, KEEP_EVERYTHING, type RetentionSettings } from "./retention.js";
export { openStore, Store } from "./store.js";
export type { EmbeddedStoreOptions, ServerStoreOptions, StoreOptions } from "./store-options.js";
