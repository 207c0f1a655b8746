export { type Advice, type AdviceScope, advise, adviseInSteps } from "./advise.js";
export type { ClusterState, NamedPort, Namespace, Node, Pod, Workload } from "./cluster.js";
export type { Connection, Party } from "./connection.js";
export { Connectivity, type ConnectivityPeer, type ConnectivityRow, peerText } from "./connectivity.js";
export { connectionList } from "./connlist.js";
export { deciderText } from "./decider-text.js";
export { type DropPrefix, type Enforcer, parseDropPrefix } from "./drop-prefix.js";
export type { FieldIssue, Parsed } from "./field-issue.js";
export { type AddressRange, addressText, parseAddress } from "./ip-address.js";
export { compile, Judge, type JudgeOptions } from "./judge.js";
export type { LabelRequirement, LabelSelector } from "./label-selector.js";
export type { Labels } from "./label-set.js";
export type { LeftOut, Unadvised } from "./left-out.js";
export type { ManifestFile } from "./manifest-objects.js";
export { parseNamespace, parseNode, parsePod } from "./parse-cluster.js";
export { isPolicy, parsePolicy } from "./parse-policy.js";
export {
  type Action,
  type Direction,
  type Peer,
  type PodSelection,
  type Policy,
  type PolicyKind,
  type PortMatch,
  policyKey,
  type Rule,
  type Tier,
} from "./policy.js";
export { PortSet } from "./port-set.js";
export { fieldText, type Problem, problemText } from "./problem.js";
export { PROTOCOL_NAMES, PROTOCOL_NUMBERS, type ProtocolName } from "./protocol.js";
export { type Manifests, readManifests } from "./read-manifests.js";
export { type ProposedPolicies, readProposal } from "./read-proposal.js";
export { ruleText } from "./rule-text.js";
export { SelectedPods } from "./selected-pods.js";
export { type TrafficEnd, type TrafficPeer, type TrafficRow, trafficPeerText } from "./traffic.js";
export { type TrafficDoubt, type TrafficVerdict, trafficDoubtText } from "./traffic-judge.js";
export { type TriedPolicy, triedPolicies } from "./tried-policies.js";
export {
  type Decider,
  type DirectionVerdict,
  type Doubt,
  doubtText,
  type Exemption,
  type PolicyName,
  type Verdict,
  type Word,
} from "./verdict.js";
export {
  type DirectionRecord,
  decodeVerdict,
  encodeVerdict,
  type PolicyRecord,
  type RecordedDoubt,
  recordedDoubtText,
  recordedWord,
  toVerdictRecord,
  undecidedRecord,
  type VerdictRecord,
  verdictRecordSchema,
} from "./verdict-record.js";
export {
  groupWhatIf,
  type Proposal,
  type WhatIf,
  type WhatIfChange,
  type WhatIfGroup,
  WhatIfJudge,
  type WhatIfRow,
  whatIf,
} from "./what-if.js";
