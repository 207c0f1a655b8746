import type { Pod } from "@hopline/policy";
import { objectKey } from "./cluster-object.js";
import { backendPort, type DialableService, isBackend, servicePort } from "./dialable-service.js";
import { type EndpointSlice, usedEndpoints } from "./endpoint-slice.js";
import type { Side } from "./epoch-judge.js";
import type { ObjectVersion, ObjectVersions } from "./object-versions.js";

/** Who took connections to a Service's port, and where. */
export interface ServiceBackend {
  readonly side: Side;
  readonly port: number;
}

/**
 * The backends of a Service's port (or node port) at a time: those that its EndpointSlices name, where it has any then; else the
 * pods that its selector selects, ready or not.
 */
export function serviceBackendsAt(
  versions: ObjectVersions,
  service: DialableService,
  asked: { readonly protocol: number; readonly port: number },
  timeMs: number,
): ServiceBackend[] {
  const slices = slicesAt(versions, service, timeMs);
  const named = usedEndpoints(slices).flatMap(({ slice, endpoint }): ServiceBackend[] => {
    const port = portIn(slice, service, asked);
    const side = sideOf(versions, slice, endpoint, timeMs);
    return port === undefined || side === undefined ? [] : [{ side, port }];
  });
  return named.length > 0 ? named : selectedAt(versions, service, asked, timeMs);
}

function slicesAt(versions: ObjectVersions, service: DialableService, timeMs: number): EndpointSlice[] {
  return [...versions.inNamespaceAt("EndpointSlice", service.namespace, timeMs)].flatMap(
    ({ state: { object } }) =>
      object.family === "slice" && object.slice.service === service.name ? [object.slice] : [],
  );
}

function portIn(
  slice: EndpointSlice,
  service: DialableService,
  { protocol, port }: { readonly protocol: number; readonly port: number },
): number | undefined {
  const dialled = servicePort(service, protocol, port);
  if (dialled === undefined) return undefined;
  return slice.ports.find((each) => each.protocol === protocol && each.name === dialled.name)?.port;
}

/** A pod by its name, or by its address alone; a node; or what lies outside. undefined for a pod that was not heard of. */
function sideOf(
  versions: ObjectVersions,
  slice: EndpointSlice,
  { address, pod }: EndpointSlice["endpoints"][number],
  timeMs: number,
): Side | undefined {
  const version =
    pod === ""
      ? podAt(versions, address, timeMs)
      : versions.at(objectKey({ kind: "Pod", namespace: slice.namespace, name: pod }), timeMs);
  if (version !== undefined || pod !== "") return version && podSide(version, address);
  for (const { state } of versions.inNamespaceAt("Node", "", timeMs)) {
    const { object } = state;
    if (object.family === "node" && object.node.addresses.includes(address))
      return { kind: "node", name: object.node.name, address };
  }
  return { kind: "external", address };
}

function podAt(versions: ObjectVersions, address: string, timeMs: number): ObjectVersion | undefined {
  for (const namespace of versions.namespacesOf("Pod"))
    for (const version of versions.inNamespaceAt("Pod", namespace, timeMs))
      if (isPodAt(version, address)) return version;
  return undefined;
}

function isPodAt({ state: { object } }: ObjectVersion, address: string): boolean {
  return object.family === "pod" && !object.pod.hostNetwork && object.pod.addresses.includes(address);
}

function podSide(version: ObjectVersion, address: string): Side | undefined {
  const { object } = version.state;
  return object.family === "pod" ? { kind: "pod", version, pod: object.pod, address } : undefined;
}

function selectedAt(
  versions: ObjectVersions,
  service: DialableService,
  { protocol, port }: { readonly protocol: number; readonly port: number },
  timeMs: number,
): ServiceBackend[] {
  if (service.selector === undefined) return [];
  return [...versions.inNamespaceAt("Pod", service.namespace, timeMs)].flatMap((version) => {
    const { object } = version.state;
    if (object.family !== "pod" || !isBackend(service, object.pod)) return [];
    const at = backendPort(service, object.pod, protocol, port);
    const side = podSide(version, addressOf(object.pod));
    return at === undefined || side === undefined ? [] : [{ side, port: at }];
  });
}

function addressOf({ addresses }: Pod): string {
  return addresses[0] ?? "";
}
