export { formatConnectionId, writeConnectionId } from "./connection-id.js";
export { FlowTable, type FlowTableCounters, type FlowTableOptions } from "./flow-table.js";
export {
  type FrameColumns,
  FrameCounter,
  type FrameCounterOptions,
  type FrameCounters,
} from "./frame-counter.js";
export { transferable } from "./hop-row-buffer.js";
export {
  type HopRows,
  INITIATOR_DESTINATION,
  INITIATOR_SOURCE,
  INITIATOR_UNKNOWN,
  ROW_EVICTED,
  ROW_FIRST,
  ROW_LAST,
  WINDOW_SECONDS,
} from "./hop-rows.js";
