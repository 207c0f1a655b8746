export {
  type Connection,
  type ConnectionDetail,
  connectionDetailQuerySchema,
  connectionDetailSchema,
  connectionIdSchema,
  connectionSchema,
  type End,
  endSchema,
  flowCountersSchema,
  type Hop,
  hopSchema,
  type IcmpError,
  icmpErrorSchema,
  outcomeSchema,
  protocolSchema,
  scopeSchema,
  verdictSchema,
} from "./connection.js";
export {
  type BrokenPlace,
  brokenPlaceSchema,
  type ConnectionPath,
  connectionPathQuerySchema,
  connectionPathSchema,
  type LossFigure,
  lossFigureSchema,
  type PathDirection,
  type PathHop,
  type PathSegment,
  pathDirectionSchema,
  pathHopSchema,
  pathSegmentSchema,
  reasonSchema,
  type SegmentLoss,
  segmentKindSchema,
  segmentLossSchema,
} from "./connection-path.js";
export {
  DNS_UNANSWERED,
  type DnsAnswer,
  type DnsName,
  type DnsQuery,
  dnsAnswerSchema,
  dnsCodeText,
  dnsNameSchema,
  dnsQuerySchema,
  dnsSortSchema,
  dnsTypeText,
} from "./dns.js";
export {
  type EndpointsAnswer,
  endpointSchema,
  endpointsAnswerSchema,
  endpointsQuerySchema,
} from "./endpoints.js";
export {
  type Entity,
  type EntityKind,
  entityId,
  entityIdSchema,
  entityKindSchema,
  entitySchema,
  parseEntityId,
} from "./entity.js";
export {
  type ConnectionFilter,
  connectionFilterSchema,
  type FlowsAnswer,
  type FlowsQuery,
  flowSortSchema,
  flowStreamQuerySchema,
  flowsAnswerSchema,
  flowsQuerySchema,
  streamStatusSchema,
} from "./flows.js";
export { icmpErrorText, icmpMessageText, icmpPortText } from "./icmp.js";
export {
  type LossAnswer,
  type LossCell,
  type LossPoint,
  type LossQuery,
  lossAnswerSchema,
  lossCellSchema,
  lossPointSchema,
  lossQuerySchema,
} from "./loss.js";
export {
  type EdgeSeries,
  edgeSeriesQuerySchema,
  edgeSeriesSchema,
  type MapAnswer,
  type MapEdge,
  type MapNode,
  type MapQuery,
  mapAnswerSchema,
  mapEdgeSchema,
  mapNodeSchema,
  mapPortSchema,
  mapQuerySchema,
} from "./map.js";
export { PATHS } from "./paths.js";
export {
  type Problem,
  problemSchema,
} from "./problem.js";
export {
  type AgentStatus,
  agentStateSchema,
  agentStatusSchema,
  type Status,
  type Summary,
  statusSchema,
  summaryQuerySchema,
  summarySchema,
  watchStatusSchema,
} from "./status.js";
export {
  DEFAULT_RANGE_MS,
  type TimeRange,
  timeMsSchema,
  timeRangeQuerySchema,
  timeRangeSchema,
} from "./time-range.js";
