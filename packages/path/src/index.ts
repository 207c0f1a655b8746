export { type BrokenPlace, hopText, type Missing } from "./broken-place.js";
export { Completeness, type CompletenessRow, type Doubt, doubtText } from "./completeness.js";
export { type Bound, wilsonBound } from "./confidence-bound.js";
export { diagnosePlace, type PlaceToDiagnose, placeToDiagnose } from "./diagnose-place.js";
export { type Evidence, evidenceText } from "./evidence.js";
export type { Crossing, ExpectedHop, SegmentKind } from "./expected-hops.js";
export { crossedRows, expectedHops } from "./expected-hops.js";
export type { Counters, HopRow, IcmpError, Role } from "./hop-row.js";
export { ROW_FIRST, ROW_SAMPLED } from "./hop-row.js";
export { type Quantiles, quantiles, type SegmentLatency } from "./latency.js";
export { type Loss, type LossFigure, lossFigure, type NoFigure, noFigureText, type Volume } from "./loss.js";
export type { NodeReading, NodeState } from "./node-state.js";
export {
  DEFAULT_FLOOR_PACKETS,
  DEFAULT_SETTLE_MS,
  type Path,
  type PathDirection,
  type PathOptions,
  tracePath,
} from "./path.js";
export type { Direction, EndKind, PathConnection, PathEnd } from "./path-connection.js";
export type { HopState, PathHop } from "./path-hop.js";
export type { Segment } from "./segment.js";
