import { matchesSelector } from "../objects/label-selector.js";
import type { Namespace, NetworkPolicy, Pod, PolicyPeer, PolicyPorts } from "../objects/schemas.js";
import { subtractRanges } from "./ipv4-range.js";

/** What one direction of one pod lets pass, in addresses and port numbers. */
export interface Allowance {
  /** Undefined: any address. */
  readonly cidr: string | undefined;
  /** Undefined: any protocol and port. */
  readonly ports: readonly AllowedPort[] | undefined;
}

export interface AllowedPort {
  readonly protocol: "TCP" | "UDP";
  /** Undefined: any port. */
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/** A pod that at least one policy isolates in a direction: what is not allowed is dropped. */
export interface Isolation {
  readonly direction: "ingress" | "egress";
  readonly address: string;
  readonly pod: string;
  /** Where it runs, and where its policies are enforced. */
  readonly node: string | undefined;
  /** The policies that isolate it, as `namespace/name`, sorted. */
  readonly policies: readonly string[];
  readonly allowances: readonly Allowance[];
}

export interface PolicyInput {
  readonly pods: readonly Pod[];
  readonly namespaces: readonly Namespace[];
  readonly policies: readonly NetworkPolicy[];
}

/**
 * What the NetworkPolicies say about each pod with an address (networking.k8s.io/v1): a pod is isolated in
 * a direction when a policy of its namespace selects it for that direction, and then lets in or out what any of
 * these policies allows. Ordered by pod, ingress before egress.
 */
export function isolatedPods(input: PolicyInput): Isolation[] {
  const isolations: Isolation[] = [];
  for (const pod of input.pods) {
    const address = pod.status?.podIP;
    if (address === undefined) continue;
    for (const direction of ["ingress", "egress"] as const) {
      const policies = input.policies.filter(
        (policy) =>
          policy.metadata.namespace === pod.metadata.namespace &&
          policyDirections(policy).includes(direction) &&
          matchesSelector(policy.spec.podSelector, pod.metadata.labels),
      );
      if (policies.length === 0) continue;
      isolations.push({
        direction,
        address,
        pod: `${pod.metadata.namespace}/${pod.metadata.name}`,
        node: pod.spec.nodeName,
        policies: policies.map((policy) => `${policy.metadata.namespace}/${policy.metadata.name}`).sort(),
        allowances: policies.flatMap((policy) => allowancesOf(policy, direction, pod, input)),
      });
    }
  }
  return isolations;
}

/** Ingress always, and Egress where there are egress rules, unless policyTypes says it. */
function policyDirections(policy: NetworkPolicy): ("ingress" | "egress")[] {
  const { policyTypes, egress } = policy.spec;
  if (policyTypes === undefined) return egress === undefined ? ["ingress"] : ["ingress", "egress"];
  return policyTypes.map((type) => (type === "Ingress" ? "ingress" : "egress"));
}

function allowancesOf(
  policy: NetworkPolicy,
  direction: "ingress" | "egress",
  pod: Pod,
  input: PolicyInput,
): Allowance[] {
  const rules =
    direction === "ingress"
      ? (policy.spec.ingress ?? []).map((rule) => ({ peers: rule.from, ports: rule.ports }))
      : (policy.spec.egress ?? []).map((rule) => ({ peers: rule.to, ports: rule.ports }));
  return rules.flatMap((rule) => {
    const servers = direction === "ingress" ? [pod] : undefined;
    if (rule.peers === undefined || rule.peers.length === 0) {
      return anyPeerAllowances(rule.ports, servers ?? input.pods, servers !== undefined);
    }
    return rule.peers.flatMap((peer) => peerAllowances(peer, rule.ports, policy, servers, input));
  });
}

function peerAllowances(
  peer: PolicyPeer,
  ports: PolicyPorts,
  policy: NetworkPolicy,
  servers: readonly Pod[] | undefined,
  input: PolicyInput,
): Allowance[] {
  if (peer.ipBlock !== undefined) {
    const allowed = allowedPorts(ports, servers ?? []);
    if (allowed !== undefined && allowed.length === 0) return [];
    return subtractRanges(peer.ipBlock.cidr, peer.ipBlock.except ?? []).map((cidr) => ({
      cidr,
      ports: allowed,
    }));
  }
  return input.pods.flatMap((other) => {
    const address = other.status?.podIP;
    if (address === undefined || !isPeer(peer, other, policy, input.namespaces)) return [];
    const allowed = allowedPorts(ports, servers ?? [other]);
    if (allowed !== undefined && allowed.length === 0) return [];
    return [{ cidr: `${address}/32`, ports: allowed }];
  });
}

/** A rule without peers; where its ports have names, each destination pod resolves them for itself. */
function anyPeerAllowances(ports: PolicyPorts, servers: readonly Pod[], serverIsSelf: boolean): Allowance[] {
  if (serverIsSelf) return withPorts(undefined, allowedPorts(ports, servers));
  const named = (ports ?? []).filter((port) => typeof port.port === "string");
  if (named.length === 0) return withPorts(undefined, allowedPorts(ports, []));
  const numbered = (ports ?? []).filter((port) => typeof port.port !== "string");
  return [
    ...(numbered.length === 0 ? [] : withPorts(undefined, allowedPorts(numbered, []))),
    ...servers.flatMap((server) =>
      server.status?.podIP === undefined
        ? []
        : withPorts(`${server.status.podIP}/32`, allowedPorts(named, [server])),
    ),
  ];
}

function withPorts(cidr: string | undefined, ports: AllowedPort[] | undefined): Allowance[] {
  return ports !== undefined && ports.length === 0 ? [] : [{ cidr, ports }];
}

function isPeer(
  peer: PolicyPeer,
  pod: Pod,
  policy: NetworkPolicy,
  namespaces: readonly Namespace[],
): boolean {
  if (peer.podSelector !== undefined && !matchesSelector(peer.podSelector, pod.metadata.labels)) return false;
  if (peer.namespaceSelector === undefined) return pod.metadata.namespace === policy.metadata.namespace;
  const namespace = namespaces.find((candidate) => candidate.metadata.name === pod.metadata.namespace);
  return namespace !== undefined && matchesSelector(peer.namespaceSelector, namespace.metadata.labels);
}

/** Undefined: every port. A name counts for those of the servers that have a port of that name and protocol. */
function allowedPorts(ports: PolicyPorts, servers: readonly Pod[]): AllowedPort[] | undefined {
  if (ports === undefined || ports.length === 0) return undefined;
  return ports.flatMap(({ port, endPort, protocol }): AllowedPort[] => {
    if (typeof port !== "string") return [{ protocol, from: port, to: endPort ?? port }];
    return servers
      .flatMap((server) => server.spec.containers.flatMap((container) => container.ports))
      .filter((candidate) => candidate.name === port && candidate.protocol === protocol)
      .map(({ containerPort }) => ({ protocol, from: containerPort, to: containerPort }));
  });
}
