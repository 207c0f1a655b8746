export {
  BATCH_CONTENT_TYPE,
  type BatchHeader,
  type BatchKind,
  deduplicationToken,
  headerFromSchema,
  headerToMetadata,
} from "./batch-header.js";
export { type DecodedBatch, decodeBatch, encodeCompleteness, encodeDns, encodeHops } from "./codec.js";
export {
  type ColumnArrays,
  type ColumnKind,
  type ColumnSpec,
  type ColumnsOf,
  type StringColumn,
  StringColumnBuilder,
  stringVector,
  toVector,
} from "./columns.js";
export { completeHops } from "./complete-hops.js";
export {
  AGENT_LOST_BATCHES,
  AGENT_STARTED,
  AGENT_STOPPED,
  COMPLETENESS_COLUMNS,
  type CompletenessColumns,
} from "./completeness-batch.js";
export { DNS_COLUMNS, type DnsColumns } from "./dns-batch.js";
export { ADDED_HOP_COLUMNS, HOP_COLUMNS, type HopColumns } from "./hop-batch.js";
