/** The cluster's address plan. All labs use the same addresses: each has network namespaces of its own. */

export const CLUSTER_CIDR = "10.244.0.0/16";
export const SERVICE_CIDR = "10.96.0.0/16";
export const UNDERLAY_CIDR = "172.31.0.0/24";
/** The host outside, as nodes and pods know it. */
export const OUTSIDE_ADDRESS = "203.0.113.10";
/** The same host as the underlay's router. */
export const OUTSIDE_GATEWAY = "172.31.0.1";
export const CLUSTER_DNS_ADDRESS = "10.96.0.10";
export const UNDERLAY_PREFIX_LENGTH = 24;
export const MAX_NODES = 200;

const FIRST_NODE_HOST = 10;
const FIRST_SERVICE = 100;

/** Where one node stands in the plan. */
export interface NodePlan {
  /** 1, 2, … */
  readonly index: number;
  /** `node1`, … */
  readonly name: string;
  /** On the underlay. */
  readonly address: string;
  readonly podCidr: string;
  /** Address of its VXLAN device: the network address of its pod range, as Flannel takes it. */
  readonly vtepAddress: string;
  readonly vtepMac: string;
}

export function nodePlan(index: number): NodePlan {
  const hex = index.toString(16).padStart(2, "0");
  return {
    index,
    name: `node${index}`,
    address: `172.31.0.${FIRST_NODE_HOST + index}`,
    podCidr: `10.244.${index}.0/24`,
    vtepAddress: `10.244.${index}.0`,
    vtepMac: `0a:f1:a0:e1:00:${hex}`,
  };
}

/** Virtual addresses for Services, in order: 10.96.0.100 and on. */
export function serviceAddress(ordinal: number): string {
  const host = FIRST_SERVICE + ordinal;
  return `10.96.${Math.floor(host / 256)}.${host % 256}`;
}
