import type { Pod } from "../src/cluster.js";
import type { Connection, Party } from "../src/connection.js";
import type { RawPolicy } from "./naive-judge.js";
import { pod } from "./shop-cluster.js";

const NAMESPACES = ["red", "green", "blue"];
const NODES = ["n1", "n2"];
const KEYS = ["app", "tier"];
const VALUES = ["a", "b", "c"];
const PORTS = [80, 81, 443, 8080];
const PORT_NAMES = ["web", "admin"];
const PROTOCOLS = ["TCP", "UDP", "SCTP"];
const NUMBERS: Record<string, number> = { TCP: 6, UDP: 17, SCTP: 132 };
const NETWORKS = [
  "10.0.0.0/8",
  "10.1.0.0/16",
  "10.1.0.0/30",
  "192.168.0.0/24",
  "0.0.0.0/0",
  "fd00::/16",
  "::/0",
];
const OUTSIDE = ["10.1.0.77", "10.200.0.1", "192.168.0.9", "8.8.8.8", "fd00::99", "2001:db8::1"];
const VIRTUAL = ["10.96.0.1", "192.168.0.50"];
export const NODE_ADDRESSES: Readonly<Record<string, string>> = { n1: "192.168.0.1", n2: "192.168.0.2" };

/** Random parts of clusters, the same for the same seed. */
export class RandomCluster {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** Mulberry32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  pick<Value>(values: readonly Value[]): Value {
    return values[this.below(values.length)]!;
  }

  labels(): Record<string, string> {
    return Object.fromEntries(KEYS.filter(() => this.chance(0.7)).map((key) => [key, this.pick(VALUES)]));
  }

  namespaces(): Record<string, Record<string, string>> {
    return Object.fromEntries(NAMESPACES.map((name) => [name, this.labels()]));
  }

  pod(index: number): Pod {
    const hostNetwork = this.chance(0.12);
    const node = this.chance(0.9) ? this.pick(NODES) : undefined;
    const address = hostNetwork ? NODE_ADDRESSES[node ?? "n1"]! : `10.${this.below(2)}.0.${index + 1}`;
    const second = !hostNetwork && this.chance(0.2) ? [`fd00::${index + 1}`] : [];
    return pod(`${NAMESPACES[index % NAMESPACES.length]}/p${index}`, {
      labels: this.labels(),
      addresses: this.chance(0.1) ? [] : [address, ...second],
      node,
      hostNetwork,
      namedPorts: PORT_NAMES.filter(() => this.chance(0.6)).map((name) => ({
        name,
        protocol: NUMBERS[this.pick(PROTOCOLS)]!,
        port: this.pick(PORTS),
      })),
    });
  }

  policy(index: number): RawPolicy {
    const kind = this.pick([
      "NetworkPolicy",
      "NetworkPolicy",
      "AdminNetworkPolicy",
      "ClusterNetworkPolicy",
      "Baseline",
    ]);
    if (kind === "NetworkPolicy") return this.#networkPolicy(`np${index}`);
    if (kind === "AdminNetworkPolicy")
      return this.#adminPolicy(kind, `anp${index}`, ["Allow", "Deny", "Pass"]);
    if (kind === "ClusterNetworkPolicy") return this.#clusterPolicy(`cnp${index}`);
    return this.#adminPolicy("BaselineAdminNetworkPolicy", "default", ["Allow", "Deny"]);
  }

  connection(pods: readonly Pod[]): Connection {
    const protocol = this.chance(0.05) ? 1 : NUMBERS[this.pick(["TCP", "TCP", ...PROTOCOLS])]!;
    return {
      source: this.#party(pods),
      destination: this.#party(pods),
      protocol,
      port: protocol === 1 ? 0 : this.pick(PORTS),
      ...(this.chance(0.15) ? { dialledAddress: this.pick(VIRTUAL) } : {}),
      ...(this.chance(0.1)
        ? { seenSourceAddress: this.pick([...Object.values(NODE_ADDRESSES), "192.168.0.77"]) }
        : {}),
    };
  }

  #party(pods: readonly Pod[]): Party {
    if (this.chance(0.75)) {
      const { namespace, name, addresses } = this.pick(pods);
      const address = this.chance(0.5) ? addresses[0] : undefined;
      return { kind: "pod", namespace, name, ...(address === undefined ? {} : { address }) };
    }
    if (this.chance(0.3)) return { kind: "node", name: this.pick(NODES) };
    return { kind: "external", address: this.pick(OUTSIDE) };
  }

  #some<Value>(most: number, make: () => Value): Value[] {
    return Array.from({ length: this.below(most + 1) }, make);
  }

  #selector(): object {
    const selector: { matchLabels?: object; matchExpressions?: object[] } = {};
    if (this.chance(0.4)) selector.matchLabels = { [this.pick(KEYS)]: this.pick(VALUES) };
    if (this.chance(0.4)) selector.matchExpressions = [this.#requirement()];
    return selector;
  }

  #requirement(): object {
    const key = this.pick(KEYS);
    const operator = this.pick(["In", "NotIn", "Exists", "DoesNotExist"]);
    if (operator === "Exists" || operator === "DoesNotExist") return { key, operator };
    return { key, operator, values: this.chance(0.5) ? [this.pick(VALUES)] : ["a", "c"] };
  }

  #networkPolicy(name: string): RawPolicy {
    const spec: Record<string, unknown> = { podSelector: this.#selector() };
    if (this.chance(0.6)) spec.policyTypes = this.pick([["Ingress"], ["Egress"], ["Ingress", "Egress"], []]);
    if (this.chance(0.8)) spec.ingress = this.#some(2, () => this.#openRule("from"));
    if (this.chance(0.6)) spec.egress = this.#some(2, () => this.#openRule("to"));
    const metadata = { name, namespace: this.pick(NAMESPACES) };
    return { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata, spec };
  }

  #openRule(side: "from" | "to"): object {
    const rule: Record<string, unknown> = {};
    if (this.chance(0.8)) rule[side] = this.#some(2, () => this.#openPeer());
    if (this.chance(0.6)) rule.ports = this.#some(2, () => this.#openPort());
    return rule;
  }

  #openPeer(): object {
    if (this.chance(0.35)) {
      if (this.chance(0.3)) return { ipBlock: { cidr: "10.0.0.0/8", except: ["10.1.0.0/24"] } };
      return { ipBlock: { cidr: this.pick(NETWORKS) } };
    }
    if (this.chance(0.4)) return { podSelector: this.#selector() };
    if (this.chance(0.4)) return { namespaceSelector: this.#selector() };
    return { podSelector: this.#selector(), namespaceSelector: this.#selector() };
  }

  #openPort(): object {
    const protocol = this.chance(0.7) ? { protocol: this.pick(PROTOCOLS) } : {};
    if (this.chance(0.2)) return protocol;
    if (this.chance(0.3)) return { ...protocol, port: this.pick(PORT_NAMES) };
    const port = this.pick(PORTS);
    return this.chance(0.3) ? { ...protocol, port, endPort: port + this.below(400) } : { ...protocol, port };
  }

  #subject(): object {
    if (this.chance(0.5)) return { namespaces: this.#selector() };
    return { pods: { namespaceSelector: this.#selector(), podSelector: this.#selector() } };
  }

  #peers(direction: "ingress" | "egress"): object[] {
    return Array.from({ length: 1 + this.below(2) }, () => {
      if (direction === "egress" && this.chance(0.4)) {
        if (this.chance(0.2)) return { nodes: { matchLabels: { zone: this.pick(["a", "b"]) } } };
        if (this.chance(0.15)) return { domainNames: ["example.org"] };
        return { networks: [this.pick(NETWORKS), ...this.#some(1, () => this.pick(NETWORKS))] };
      }
      return this.#subject();
    });
  }

  #adminPolicy(kind: string, name: string, actions: readonly string[]): RawPolicy {
    const port = () => {
      const number = this.pick(PORTS);
      const protocol = this.pick(PROTOCOLS);
      if (this.chance(0.2)) return { namedPort: this.pick(PORT_NAMES) };
      if (this.chance(0.3))
        return { portRange: { protocol, start: number, end: number + 1 + this.below(400) } };
      return { portNumber: { protocol, port: number } };
    };
    const rule = (direction: "ingress" | "egress") => ({
      action: this.pick(actions),
      [direction === "ingress" ? "from" : "to"]: this.#peers(direction),
      ...(this.chance(0.5) ? { ports: [port(), ...this.#some(1, port)] } : {}),
    });
    const priority = kind === "AdminNetworkPolicy" ? { priority: this.below(3) } : {};
    const spec = { ...priority, subject: this.#subject(), ...this.#rules(rule) };
    return { apiVersion: "policy.networking.k8s.io/v1alpha1", kind, metadata: { name }, spec };
  }

  #clusterPolicy(name: string): RawPolicy {
    const protocol = () => {
      const number = this.pick(PORTS);
      if (this.chance(0.2)) return { destinationNamedPort: this.pick(PORT_NAMES) };
      const destinationPort = this.pick([
        { number },
        { range: { start: number, end: number + 5 } },
        undefined,
      ]);
      return {
        [this.pick(["tcp", "udp", "sctp"])]: destinationPort === undefined ? {} : { destinationPort },
      };
    };
    const rule = (direction: "ingress" | "egress") => ({
      action: this.pick(["Accept", "Deny", "Pass"]),
      [direction === "ingress" ? "from" : "to"]: this.#peers(direction),
      ...(this.chance(0.5) ? { protocols: [protocol(), ...this.#some(1, protocol)] } : {}),
    });
    const tier = this.pick(["Admin", "Baseline"]);
    const spec = { tier, priority: this.below(3), subject: this.#subject(), ...this.#rules(rule) };
    const apiVersion = "policy.networking.k8s.io/v1alpha2";
    return { apiVersion, kind: "ClusterNetworkPolicy", metadata: { name }, spec };
  }

  #rules(rule: (direction: "ingress" | "egress") => object): object {
    return {
      ...(this.chance(0.7) ? { ingress: this.#some(3, () => rule("ingress")) } : {}),
      ...(this.chance(0.7) ? { egress: this.#some(3, () => rule("egress")) } : {}),
    };
  }
}
