export { type CommandRunner, runCommand } from "./command-runner.js";
export {
  EMPTY_DESCRIPTION,
  kindOf,
  type Link,
  type NodeDescription,
  nodeDescriptionSchema,
  type Route,
  type Rule,
} from "./description.js";
export { type DescriptionFile, loadDescription, saveDescription } from "./description-file.js";
export { describeInferred } from "./inferred-description.js";
export {
  type InferenceFacts,
  type InferredInterface,
  inferRoles,
  type KnownOwner,
} from "./inferred-roles.js";
export { type AddressSightings, InterfaceEvidence } from "./interface-evidence.js";
export { readDescription } from "./read-description.js";
export { decideRoles, ROLES, type Role, type RoleDecision, type RoleOptions } from "./roles.js";
export { type NodeInterface, Topology, type TopologyOptions, type TunnelPorts } from "./topology.js";
export {
  TopologyWatcher,
  type TopologyWatcherOptions,
  type WatcherCounters,
  type WatcherState,
} from "./topology-watcher.js";
