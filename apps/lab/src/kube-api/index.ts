export { AccessRules, type TokenGrant } from "./access.js";
export { KubeApi, type KubeApiOptions, type ServerTls, startKubeApi } from "./kube-api.js";
export type { KubeObject, ObjectEvent, ObjectMeta, OwnerReference } from "./kube-object.js";
export { ObjectStore, type ObjectStoreOptions } from "./object-store.js";
export { RESOURCE_TYPES, type ResourceType } from "./resource-types.js";
