export {
  AGENT_REPORT_HEADER,
  type AgentReport,
  type AgentTrouble,
  formatAgentReport,
  parseAgentReport,
} from "./agent-report.js";
export {
  BATCH_CONTENT_TYPE,
  type BatchHeader,
  type BatchKind,
  deduplicationToken,
  headerFromSchema,
  headerToMetadata,
} from "./batch-header.js";
export {
  type DecodedBatch,
  decodeBatch,
  encodeCompleteness,
  encodeDns,
  encodeDrops,
  encodeHops,
  encodeNodeState,
} from "./codec.js";
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
  AGENT_LATE_INTERFACE,
  AGENT_LOST_BATCHES,
  AGENT_STARTED,
  AGENT_STOPPED,
  type AgentEvent,
  agentEvents,
  COMPLETENESS_COLUMNS,
  type CompletenessColumns,
} from "./completeness-batch.js";
export { DNS_COLUMNS, type DnsColumns } from "./dns-batch.js";
export { DROP_COLUMNS, DROPPED_PACKET_BYTES, type DropColumns } from "./drops-batch.js";
export { ADDED_HOP_COLUMNS, HOP_COLUMNS, type HopColumns } from "./hop-batch.js";
export { MOST_STATE_ENTRIES, type NodeState, nodeStateSchema } from "./node-state.js";
export { NODE_STATE_COLUMNS, type NodeStateColumns } from "./node-state-batch.js";
export {
  type NodeStateDifference,
  nodeStateDifference,
  type SentNodeState,
  sentNodeStateSchema,
  withDifference,
} from "./node-state-difference.js";
export { parseOrders, type WatchOrder, watchOrderSchema } from "./orders.js";
