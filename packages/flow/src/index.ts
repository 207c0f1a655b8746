export { formatConnectionId, writeConnectionId } from "./connection-id.js";
export { DNS_TIMEOUT_SECONDS, DNS_UNANSWERED, type DnsRows } from "./dns-rows.js";
export { FlowTable } from "./flow-table.js";
export type { FlowTableCounters } from "./flow-table-counters.js";
export { type FlowTableOptions, LARGEST_CAPACITY } from "./flow-table-options.js";
export type { FrameMemory } from "./frame-area.js";
export type { FrameColumns } from "./frame-columns.js";
export { FrameCounter, type FrameCounterOptions, type FrameCounters } from "./frame-counter.js";
export { transferable } from "./hop-row-buffer.js";
export type { HopRows } from "./hop-rows.js";
export {
  CLOSING_FIN,
  CLOSING_NONE,
  CLOSING_RST,
  INITIATOR_DESTINATION,
  INITIATOR_SOURCE,
  INITIATOR_UNKNOWN,
  ROW_EVICTED,
  ROW_FIRST,
  ROW_LAST,
  ROW_SAMPLED,
  WINDOW_SECONDS,
} from "./row-flags.js";
