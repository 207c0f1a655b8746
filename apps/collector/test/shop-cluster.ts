import type { KubeObject } from "@hopline/kube";

/** When every object of the cluster began: 2026-11-20. */
const CREATED = "2026-11-20T00:00:00Z";

export function node(name: string, address: string, podCIDR: string): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, uid: `node-${name}`, creationTimestamp: CREATED },
    spec: { podCIDR, podCIDRs: [podCIDR] },
    status: { addresses: [{ type: "InternalIP", address }] },
  };
}

export function pod(
  namespace: string,
  name: string,
  nodeName: string,
  podIP: string,
  startTime = CREATED,
): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { namespace, name, uid: `pod-${namespace}-${name}`, creationTimestamp: startTime },
    spec: { nodeName, containers: [] },
    status: { phase: "Running", podIP, podIPs: [{ ip: podIP }], startTime },
  };
}

export function service(
  namespace: string,
  name: string,
  clusterIP: string,
  port: number,
  nodePort?: number,
): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { namespace, name, uid: `svc-${namespace}-${name}`, creationTimestamp: CREATED },
    spec: {
      clusterIP,
      clusterIPs: [clusterIP],
      ports: [{ name: "http", port, protocol: "TCP", ...(nodePort === undefined ? {} : { nodePort }) }],
    },
  };
}

/** One shop's names and networks: several may stand side by side in one cluster, told apart by their number. */
export interface Shop {
  readonly number: number;
  readonly namespace: string;
  readonly node1: string;
  readonly node2: string;
  /** The first two bytes of its pods' addresses, the first three of its nodes' and its Services'. */
  readonly pods: string;
  readonly nodes: string;
  readonly services: string;
  /** Of the Service api. */
  readonly nodePort: number;
}

export function shop(number = 0): Shop {
  const suffix = number === 0 ? "" : String(number);
  return {
    number,
    namespace: `shop${suffix}`,
    node1: `node1${suffix && `-${suffix}`}`,
    node2: `node2${suffix && `-${suffix}`}`,
    pods: `10.${244 - number}`,
    nodes: `192.168.${50 + number}`,
    services: `10.96.${number}`,
    nodePort: 30090 + number,
  };
}

/** Two nodes; web and client on the first, api on the second; a Service in front of each, one of them with a NodePort. */
export function shopObjects(number = 0): KubeObject[] {
  const { namespace, node1, node2, pods, nodes, services, nodePort } = shop(number);
  return [
    node(node1, `${nodes}.1`, `${pods}.1.0/24`),
    node(node2, `${nodes}.2`, `${pods}.2.0/24`),
    pod(namespace, "client", node1, `${pods}.1.5`),
    pod(namespace, "web", node1, `${pods}.1.6`),
    pod(namespace, "api", node2, `${pods}.2.7`),
    service(namespace, "web", `${services}.10`, 80),
    service(namespace, "api", `${services}.20`, 8080, nodePort),
  ];
}

export const SHOP: readonly KubeObject[] = shopObjects();
