import type { KubeObject } from "./kube-object.js";

/** One column of meta/v1 Table. Priority above 0 shows with `-o wide` only. */
export interface TableColumn {
  readonly name: string;
  readonly type: "string" | "integer";
  readonly priority: 0 | 1;
  readonly cell: (object: KubeObject, nowMs: number) => string | number;
}

const NAME = column("Name", (object) => object.metadata.name);
const AGE = column("Age", (object, nowMs) => age(object.metadata.creationTimestamp, nowMs));

const COLUMNS_BY_KIND: Readonly<Record<string, readonly TableColumn[]>> = {
  Node: [
    NAME,
    column("Status", (object) => nodeStatus(object)),
    column("Roles", (object) => nodeRoles(object)),
    AGE,
    column("Version", (object) => text(object, "status.nodeInfo.kubeletVersion")),
    wide("Internal-IP", (object) => nodeAddress(object, "InternalIP")),
    wide("External-IP", (object) => nodeAddress(object, "ExternalIP")),
  ],
  Namespace: [NAME, column("Status", (object) => text(object, "status.phase", "Active")), AGE],
  Pod: [
    NAME,
    column("Ready", (object) => readyContainers(object)),
    column("Status", (object) => podStatus(object)),
    { ...column("Restarts", (object) => restarts(object)), type: "integer" },
    AGE,
    wide("IP", (object) => text(object, "status.podIP")),
    wide("Node", (object) => text(object, "spec.nodeName")),
  ],
  Service: [
    NAME,
    column("Type", (object) => text(object, "spec.type", "ClusterIP")),
    column("Cluster-IP", (object) => text(object, "spec.clusterIP")),
    column("External-IP", (object) => externalAddresses(object)),
    column("Port(s)", (object) => servicePorts(object)),
    AGE,
    wide("Selector", (object) => pairs(at(object, "spec.selector"))),
  ],
  Deployment: [
    NAME,
    column("Ready", (object) => `${count(object, "status.readyReplicas")}/${count(object, "spec.replicas")}`),
    column("Up-to-date", (object) => count(object, "status.updatedReplicas")),
    column("Available", (object) => count(object, "status.availableReplicas")),
    AGE,
  ],
  ReplicaSet: [
    NAME,
    column("Desired", (object) => count(object, "spec.replicas")),
    column("Current", (object) => count(object, "status.replicas")),
    column("Ready", (object) => count(object, "status.readyReplicas")),
    AGE,
  ],
  EndpointSlice: [
    NAME,
    column("AddressType", (object) => text(object, "addressType")),
    column("Ports", (object) => joined(list(object, "ports").map((port) => text(port, "port")))),
    column("Endpoints", (object) =>
      joined(list(object, "endpoints").flatMap((one) => list(one, "addresses"))),
    ),
    AGE,
  ],
  NetworkPolicy: [
    NAME,
    column("Pod-Selector", (object) => pairs(at(object, "spec.podSelector.matchLabels"))),
    AGE,
  ],
};

/** What `kubectl get` shows of a kind; name and age where nothing more is known, as for custom resources. */
export function columnsOf(kind: string): readonly TableColumn[] {
  return COLUMNS_BY_KIND[kind] ?? [NAME, AGE];
}

function column(name: string, cell: TableColumn["cell"]): TableColumn {
  return { name, type: "string", priority: 0, cell };
}

function wide(name: string, cell: TableColumn["cell"]): TableColumn {
  return { name, type: "string", priority: 1, cell };
}

/** The value at a dotted path, or undefined. */
function at(value: unknown, path: string): unknown {
  let here: unknown = value;
  for (const step of path.split(".")) {
    here = typeof here === "object" && here !== null ? (here as Record<string, unknown>)[step] : undefined;
  }
  return here;
}

function text(value: unknown, path: string, absent = "<none>"): string {
  const found = at(value, path);
  return found === undefined || found === "" ? absent : String(found);
}

function count(value: unknown, path: string): number {
  return Number(at(value, path) ?? 0);
}

function list(value: unknown, path: string): readonly unknown[] {
  const found = at(value, path);
  return Array.isArray(found) ? found : [];
}

function joined(values: readonly unknown[]): string {
  if (values.length === 0) return "<unset>";
  const shown = values.slice(0, 3).join(",");
  return values.length > 3 ? `${shown} + ${values.length - 3} more...` : shown;
}

function pairs(value: unknown): string {
  const entries = Object.entries(value ?? {});
  return entries.length === 0 ? "<none>" : entries.map(([key, item]) => `${key}=${item}`).join(",");
}

function nodeStatus(node: KubeObject): string {
  const ready = list(node, "status.conditions").find((one) => at(one, "type") === "Ready");
  if (ready === undefined) return "Unknown";
  return at(ready, "status") === "True" ? "Ready" : "NotReady";
}

function nodeRoles(node: KubeObject): string {
  const prefix = "node-role.kubernetes.io/";
  const roles = Object.keys(node.metadata.labels ?? {}).filter((key) => key.startsWith(prefix));
  return roles.length === 0 ? "<none>" : roles.map((key) => key.slice(prefix.length)).join(",");
}

function nodeAddress(node: KubeObject, type: string): string {
  return text(
    list(node, "status.addresses").find((one) => at(one, "type") === type),
    "address",
  );
}

function readyContainers(pod: KubeObject): string {
  const ready = list(pod, "status.containerStatuses").filter((one) => at(one, "ready") === true).length;
  return `${ready}/${list(pod, "spec.containers").length}`;
}

function podStatus(pod: KubeObject): string {
  if (pod.metadata.deletionTimestamp !== undefined) return "Terminating";
  return text(pod, "status.phase", "Unknown");
}

function restarts(pod: KubeObject): number {
  return list(pod, "status.containerStatuses").reduce<number>(
    (sum, one) => sum + count(one, "restartCount"),
    0,
  );
}

function externalAddresses(service: KubeObject): string {
  const balancer = list(service, "status.loadBalancer.ingress").map(
    (one) => at(one, "ip") ?? at(one, "hostname"),
  );
  const addresses = [...balancer, ...list(service, "spec.externalIPs")];
  return addresses.length === 0 ? "<none>" : addresses.join(",");
}

function servicePorts(service: KubeObject): string {
  const ports = list(service, "spec.ports").map((port) => {
    const node = at(port, "nodePort");
    const numbers = node === undefined ? text(port, "port") : `${text(port, "port")}:${node}`;
    return `${numbers}/${text(port, "protocol", "TCP")}`;
  });
  return ports.length === 0 ? "<none>" : ports.join(",");
}

/** As kubectl writes ages: `45s`, `12m`, `5h3m`, `3d`. */
function age(created: string | undefined, nowMs: number): string {
  if (created === undefined) return "<unknown>";
  const seconds = Math.max(0, Math.floor((nowMs - Date.parse(created)) / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (seconds < 120) return `${seconds}s`;
  if (minutes < 10) return `${minutes}m${seconds % 60 === 0 ? "" : `${seconds % 60}s`}`;
  if (hours < 3) return `${minutes}m`;
  if (hours < 8) return `${hours}h${minutes % 60 === 0 ? "" : `${minutes % 60}m`}`;
  if (hours < 48) return `${hours}h`;
  return `${Math.floor(hours / 24)}d`;
}
