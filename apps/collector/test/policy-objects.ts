import {
  BACKEND_RESOURCES,
  ENDPOINT_RESOURCES,
  type KubeObject,
  POLICY_RESOURCES,
  type Resource,
} from "@hopline/kube";

/** When every object here was made: 2026-11-20. */
export const CREATED_MS = Date.parse("2026-11-20T00:00:00Z");

export function resourceOf(kind: string): Resource {
  const found = [...ENDPOINT_RESOURCES, ...POLICY_RESOURCES, ...BACKEND_RESOURCES].find(
    (resource) => resource.kind === kind,
  );
  if (found === undefined) throw new Error(`${kind} is not watched`);
  return found;
}

export function networkPolicy(
  namespace: string,
  name: string,
  spec: object,
  metadata: Partial<KubeObject["metadata"]> = {},
): KubeObject {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { namespace, name, creationTimestamp: at(CREATED_MS), ...metadata },
    spec,
  };
}

export function namespace(name: string, labels: Record<string, string> = {}): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name, labels, creationTimestamp: at(CREATED_MS) },
  };
}

export function labelledPod(path: string, labels: Record<string, string>, address: string): KubeObject {
  const [ns = "", name = ""] = path.split("/");
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { namespace: ns, name, uid: path, labels, creationTimestamp: at(CREATED_MS) },
    spec: {
      nodeName: "node1",
      containers: [{ ports: [{ name: "http", containerPort: 8080 }] }],
    },
    status: { phase: "Running", podIP: address, podIPs: [{ ip: address }], startTime: at(CREATED_MS) },
  };
}

/** Only pods labelled `app: client` get in, on the port named http. */
export const GUARDED = {
  podSelector: { matchLabels: { app: "server" } },
  ingress: [{ from: [{ podSelector: { matchLabels: { app: "client" } } }], ports: [{ port: "http" }] }],
};
/** Nobody gets in. */
export const CLOSED = { podSelector: { matchLabels: { app: "server" } }, ingress: [] };

/** A namespace with a client, a stranger, and a server behind a Service. */
export const TOWN: readonly KubeObject[] = [
  namespace("town"),
  labelledPod("town/client", { app: "client" }, "10.244.1.1"),
  labelledPod("town/stranger", { app: "stranger" }, "10.244.1.2"),
  labelledPod("town/server", { app: "server" }, "10.244.1.3"),
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { namespace: "town", name: "server", creationTimestamp: at(CREATED_MS) },
    spec: {
      clusterIP: "10.96.0.3",
      selector: { app: "server" },
      ports: [{ port: 80, targetPort: "http" }],
    },
  },
];

export function at(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}
