export { addressText } from "./address-key.js";
export { type ClusterSource, readClusterConfig } from "./cluster-config.js";
export { ApiFault, type ApiFaultCode, ClusterConnection, type GetRequest } from "./cluster-connection.js";
export { ClusterWatch, type ClusterWatchOptions } from "./cluster-watch.js";
export type {
  Endpoint,
  EndpointInterval,
  ExternalEndpoint,
  NodeEndpoint,
  Owner,
  PodEndpoint,
  ServiceEndpoint,
  Workload,
} from "./endpoint.js";
export { type EndpointCounts, EndpointHistory, type EndpointHistoryOptions } from "./endpoint-history.js";
export { type KubeObject, kubeObjectSchema, type ObjectMeta, uidOf } from "./kube-object.js";
export { loadObjects, loadPlacedObjects, type PlacedObject } from "./object-file.js";
export { type ListOptions, listObjects, type ObjectList } from "./object-list.js";
export {
  DEFAULT_WATCH_TIMES,
  type ResourceEvent,
  type ResourceState,
  ResourceWatch,
  type ResourceWatchOptions,
  type RestartReason,
  type WatchTimes,
} from "./resource-watch.js";
export { BACKEND_RESOURCES, ENDPOINT_RESOURCES, POLICY_RESOURCES, type Resource } from "./resources.js";
export { type WatchEvent, WatchIdle, type WatchStreamRequest, watchStream } from "./watch-stream.js";
export { controllerOf, type OwnedObject, WorkloadIndex } from "./workload-index.js";
