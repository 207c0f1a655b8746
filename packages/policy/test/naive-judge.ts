import ipaddr from "ipaddr.js";
import type { Pod } from "../src/cluster.js";
import type { Connection, Party } from "../src/connection.js";

/** Kubernetes objects as they are written, and pods as the judge takes them. */
export interface NaiveCluster {
  readonly policies: readonly RawPolicy[];
  /** Labels by name. */
  readonly namespaces: Readonly<Record<string, Record<string, string>>>;
  readonly nodes: readonly { name: string; labels: Record<string, string>; addresses: readonly string[] }[];
  readonly pods: readonly Pod[];
}

interface RawSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/** A peer or a subject of any of the kinds. */
interface RawPeer {
  readonly podSelector?: RawSelector;
  readonly namespaceSelector?: RawSelector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
  readonly namespaces?: RawSelector;
  readonly pods?: { readonly namespaceSelector?: RawSelector; readonly podSelector?: RawSelector };
  readonly networks?: readonly string[];
  readonly nodes?: RawSelector;
  readonly domainNames?: readonly string[];
}

interface RawDestination {
  readonly destinationPort?: {
    readonly number?: number;
    readonly range?: { readonly start: number; readonly end: number };
  };
}

/** A port of any of the kinds. */
interface RawPort {
  readonly protocol?: string;
  readonly port?: number | string;
  readonly endPort?: number;
  readonly portNumber?: { readonly protocol?: string; readonly port: number };
  readonly portRange?: { readonly protocol?: string; readonly start: number; readonly end: number };
  readonly namedPort?: string;
  readonly tcp?: RawDestination;
  readonly udp?: RawDestination;
  readonly sctp?: RawDestination;
  readonly destinationNamedPort?: string;
}

interface RawRule {
  readonly action?: string;
  readonly from?: readonly RawPeer[];
  readonly to?: readonly RawPeer[];
  readonly ports?: readonly RawPort[];
  readonly protocols?: readonly RawPort[];
}

/** What the four kinds have in their spec. */
export interface RawSpec {
  readonly podSelector?: RawSelector;
  readonly policyTypes?: readonly string[];
  readonly tier?: string;
  readonly priority?: number;
  readonly subject?: RawPeer;
  readonly ingress?: readonly RawRule[];
  readonly egress?: readonly RawRule[];
}

export interface RawPolicy {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: RawSpec;
}

/** Tells which of several things that nobody can know is so in one world. */
type Choose = (count: number) => number;

const PROTOCOLS: Record<number, string> = { 6: "TCP", 17: "UDP", 132: "SCTP" };
const NAME_LABEL = "kubernetes.io/metadata.name";

/**
 * Judges by trying out every world: what is not known is decided one way and the other, equal priorities go in every
 * order, and where the worlds disagree the verdict is undetermined. Nothing is indexed, shared or remembered.
 */
export function naiveVerdict(cluster: NaiveCluster, connection: Connection): string {
  return verdictOf(worlds((choose) => new World(cluster, connection, choose).isAllowed()));
}

function verdictOf(outcomes: ReadonlySet<boolean>): string {
  if (outcomes.size > 1) return "undetermined";
  return outcomes.has(true) ? "allowed" : "denied";
}

/** Everything that `run` can give, over all its choices. */
function worlds<Outcome>(run: (choose: Choose) => Outcome): Set<Outcome> {
  const outcomes = new Set<Outcome>();
  const path: { taken: number; count: number }[] = [];
  for (;;) {
    let at = 0;
    outcomes.add(
      run((count) => {
        if (at === path.length) path.push({ taken: 0, count });
        return path[at++]!.taken;
      }),
    );
    while (path.length > 0 && path.at(-1)!.taken + 1 === path.at(-1)!.count) path.pop();
    if (path.length === 0) return outcomes;
    path.at(-1)!.taken++;
  }
}

class World {
  readonly #cluster: NaiveCluster;
  readonly #connection: Connection;
  readonly #choose: Choose;

  constructor(cluster: NaiveCluster, connection: Connection, choose: Choose) {
    this.#cluster = cluster;
    this.#connection = connection;
    this.#choose = choose;
  }

  isAllowed(): boolean {
    const { source, destination, dialledAddress } = this.#connection;
    const from = this.#podOf(source);
    const to = this.#podOf(destination);
    if (from !== undefined && from === to && !from.hostNetwork && dialledAddress === undefined) return true;
    // Both directions are always asked, so that a doubt in one is tried out beside a denial in the other.
    const isOut = from === undefined || from.hostNetwork || this.#passes("egress", from, destination);
    const isIn = to === undefined || to.hostNetwork || this.#passes("ingress", to, source);
    return isOut && isIn;
  }

  #podOf(party: Party): Pod | undefined {
    if (party.kind !== "pod") return undefined;
    return this.#cluster.pods.find((pod) => pod.namespace === party.namespace && pod.name === party.name);
  }

  #nodeOf(party: Party): string | undefined {
    if (party.kind === "node") return party.name;
    const pod = this.#podOf(party);
    return pod?.hostNetwork ? pod.node : undefined;
  }

  #passes(direction: "ingress" | "egress", subject: Pod, peer: Party): boolean {
    const isOwnNode = this.#nodeOf(peer) !== undefined && this.#nodeOf(peer) === subject.node;
    if (direction === "ingress" && isOwnNode) return true;
    const admin = this.#tier("admin", direction, subject, peer);
    if (admin === "allow") return true;
    if (admin === "deny") return false;
    const own = this.#cluster.policies.filter(
      (policy) =>
        policy.kind === "NetworkPolicy" &&
        policy.metadata.namespace === subject.namespace &&
        selects(policy.spec.podSelector ?? {}, subject.labels) &&
        this.#isAbout(policy, direction),
    );
    if (own.length > 0) return this.#passesNetworkPolicies(own, direction, subject, peer, isOwnNode);
    return this.#tier("baseline", direction, subject, peer) !== "deny";
  }

  #passesNetworkPolicies(
    policies: readonly RawPolicy[],
    direction: "ingress" | "egress",
    subject: Pod,
    peer: Party,
    isOwnNode: boolean,
  ): boolean {
    const { protocol, seenSourceAddress } = this.#connection;
    if (PROTOCOLS[protocol] === undefined) return this.#choose(2) === 1;
    // Each element is asked once, for all that one match is enough: no choice may hide another's.
    const matches = policies.flatMap((policy) =>
      (policy.spec[direction] ?? []).map((rule) => {
        const peers = direction === "ingress" ? rule.from : rule.to;
        const isPort = !rule.ports?.length || rule.ports.some((port) => this.#isPort(port, direction));
        if (!isPort) return false;
        if (!peers?.length) return true;
        return peers.map((each) => this.#isPeer(each, policy, direction, peer)).includes(true);
      }),
    );
    if (matches.includes(true)) return true;
    if (direction === "egress" && isOwnNode) return this.#choose(2) === 1;
    const node = this.#cluster.nodes.find(({ name }) => name === subject.node);
    const isSeenAsOwnNode = seenSourceAddress !== undefined && node?.addresses.includes(seenSourceAddress);
    return direction === "ingress" && isSeenAsOwnNode ? this.#choose(2) === 1 : false;
  }

  #isAbout({ spec }: RawPolicy, direction: "ingress" | "egress"): boolean {
    if (spec.policyTypes?.length)
      return spec.policyTypes.includes(direction === "ingress" ? "Ingress" : "Egress");
    return direction === "ingress" || (spec.egress ?? []).length > 0;
  }

  /** What a tier of cluster-wide policies says; `pass` where nothing matches, too. */
  #tier(tier: "admin" | "baseline", direction: "ingress" | "egress", subject: Pod, peer: Party): string {
    const waiting = this.#cluster.policies
      .filter((policy) => tierOf(policy) === tier && this.#isSubject(policy.spec.subject ?? {}, subject))
      .filter((policy) => (policy.spec[direction] ?? []).length > 0);
    while (waiting.length > 0) {
      const least = Math.min(...waiting.map(({ spec }) => spec.priority ?? 0));
      const next = waiting.filter(({ spec }) => (spec.priority ?? 0) === least);
      const policy = next[next.length > 1 ? this.#choose(next.length) : 0]!;
      waiting.splice(waiting.indexOf(policy), 1);
      for (const rule of policy.spec[direction] ?? []) {
        const peers = (direction === "ingress" ? rule.from : rule.to) ?? [];
        const ports = rule.ports ?? rule.protocols;
        if (ports !== undefined && !ports.some((port) => this.#isPort(port, direction))) continue;
        if (!peers.map((each) => this.#isPeer(each, policy, direction, peer)).includes(true)) continue;
        return { Allow: "allow", Accept: "allow", Deny: "deny", Pass: "pass" }[String(rule.action)]!;
      }
    }
    return "pass";
  }

  #isSubject({ namespaces, pods }: RawPeer, subject: Pod): boolean {
    const labels = this.#labelsOf(subject.namespace);
    if (namespaces) return selects(namespaces, labels);
    return selects(pods?.namespaceSelector ?? {}, labels) && selects(pods?.podSelector ?? {}, subject.labels);
  }

  #labelsOf(namespace: string): Record<string, string> {
    return { ...this.#cluster.namespaces[namespace], [NAME_LABEL]: namespace };
  }

  #isPort(port: RawPort, direction: "ingress" | "egress"): boolean {
    const protocol = PROTOCOLS[this.#connection.protocol];
    const number = this.#connection.port;
    const isNamed = (name: string, wanted: string | undefined): boolean => {
      const target = this.#podOf(this.#connection.destination);
      const isThere = target?.namedPorts.some(
        (each) => each.name === name && each.port === number && PROTOCOLS[each.protocol] === protocol,
      );
      // On egress the destination may be on its node's network, where it has no ports of its own.
      const isReal = direction === "ingress" || !target?.hostNetwork;
      return Boolean(isThere) && isReal && (wanted === undefined || wanted === protocol);
    };
    const isWithin = (wanted: string, first: number, last: number) =>
      wanted === protocol && first <= number && number <= last;
    if (port.portNumber)
      return isWithin(port.portNumber.protocol ?? "TCP", port.portNumber.port, port.portNumber.port);
    if (port.portRange)
      return isWithin(port.portRange.protocol ?? "TCP", port.portRange.start, port.portRange.end);
    const name = port.namedPort ?? port.destinationNamedPort;
    if (name !== undefined) return isNamed(name, undefined);
    for (const word of ["tcp", "udp", "sctp"] as const) {
      if (port[word] === undefined) continue;
      const { number: one, range } = port[word].destinationPort ?? {};
      return isWithin(word.toUpperCase(), one ?? range?.start ?? 0, one ?? range?.end ?? 65535);
    }
    if (typeof port.port === "string") return isNamed(port.port, port.protocol ?? "TCP");
    return isWithin(port.protocol ?? "TCP", port.port ?? 0, port.endPort ?? port.port ?? 65535);
  }

  #isPeer(element: RawPeer, policy: RawPolicy, direction: "ingress" | "egress", party: Party): boolean {
    const networks = element.networks ?? (element.ipBlock && [element.ipBlock.cidr]);
    if (networks) {
      const except = element.ipBlock?.except ?? [];
      const answers = this.#addressesOf(party, direction).map(
        (address) => isIn(address, networks) && !isIn(address, except),
      );
      if (answers.length === 0 || (answers.includes(true) && answers.includes(false)))
        return this.#choose(2) === 1;
      return answers[0]!;
    }
    if (element.nodes) {
      const node = this.#cluster.nodes.find(({ name }) => name === this.#nodeOf(party));
      return this.#nodeOf(party) !== undefined && selects(element.nodes, node?.labels ?? {});
    }
    if (element.domainNames) return party.kind === "external" && this.#choose(2) === 1;
    const pod = this.#podOf(party);
    if (pod === undefined || pod.hostNetwork) return false;
    if (!this.#isSelected(element, policy, pod)) return false;
    const seen = direction === "ingress" ? this.#connection.seenSourceAddress : undefined;
    return seen === undefined || this.#choose(2) === 1;
  }

  #isSelected(element: RawPeer, { metadata, kind }: RawPolicy, pod: Pod): boolean {
    const labels = this.#labelsOf(pod.namespace);
    if (kind !== "NetworkPolicy") return this.#isSubject(element, pod);
    if (element.namespaceSelector === undefined && pod.namespace !== metadata.namespace) return false;
    return selects(element.namespaceSelector ?? {}, labels) && selects(element.podSelector ?? {}, pod.labels);
  }

  /** Where the party may be seen, in this direction. */
  #addressesOf(party: Party, direction: "ingress" | "egress"): string[] {
    const node = this.#cluster.nodes.find(({ name }) => name === this.#nodeOf(party));
    const pod = this.#podOf(party);
    const hostAddress = pod?.hostNetwork && pod.addresses.length > 0 ? pod.addresses.slice(0, 1) : undefined;
    const own =
      party.address !== undefined
        ? [party.address]
        : (hostAddress ?? (pod?.hostNetwork ? undefined : pod?.addresses) ?? node?.addresses ?? []);
    const { seenSourceAddress, dialledAddress } = this.#connection;
    const other = direction === "ingress" ? seenSourceAddress : dialledAddress;
    return own.length === 0 || other === undefined ? [...own] : [...own, other];
  }
}

function tierOf({ kind, spec }: RawPolicy): string {
  if (kind === "ClusterNetworkPolicy") return (spec.tier ?? "").toLowerCase();
  return { AdminNetworkPolicy: "admin", BaselineAdminNetworkPolicy: "baseline" }[kind] ?? "none";
}

function isIn(address: string, networks: readonly string[]): boolean {
  const parsed = ipaddr.parse(address);
  return networks.some((network) => {
    const [base, bits] = ipaddr.parseCIDR(network);
    return base.kind() === parsed.kind() && parsed.match(base, bits);
  });
}

function selects(
  { matchLabels = {}, matchExpressions = [] }: RawSelector,
  labels: Record<string, string>,
): boolean {
  for (const [key, value] of Object.entries(matchLabels)) if (labels[key] !== value) return false;
  for (const { key, operator, values } of matchExpressions) {
    const has = key in labels;
    const isListed = has && (values ?? []).includes(labels[key] ?? "");
    if (operator === "In" && !isListed) return false;
    if (operator === "NotIn" && isListed) return false;
    if (operator === "Exists" && !has) return false;
    if (operator === "DoesNotExist" && has) return false;
  }
  return true;
}
