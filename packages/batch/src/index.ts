export {
  BATCH_CONTENT_TYPE,
  type BatchHeader,
  type BatchKind,
  deduplicationToken,
  headerFromSchema,
  headerToMetadata,
} from "./batch-header.js";
export { type DecodedBatch, decodeBatch, encodeCompleteness, encodeHops } from "./codec.js";
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
export {
  AGENT_LOST_BATCHES,
  AGENT_STARTED,
  AGENT_STOPPED,
  COMPLETENESS_COLUMNS,
  type CompletenessColumns,
} from "./completeness-batch.js";
export { HOP_COLUMNS, type HopColumns } from "./hop-batch.js";
