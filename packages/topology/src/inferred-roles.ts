import type { AddressSightings, InterfaceEvidence } from "./interface-evidence.js";
import { meaningOfName } from "./interface-names.js";
import type { Role, RoleDecision } from "./roles.js";

/** Who has an address, as far as it is known from elsewhere (a dump of the cluster's objects). */
export interface KnownOwner {
  readonly kind: "pod" | "node";
  /** Node on which the pod runs, or which this is. */
  readonly node: string;
}

export interface InferenceFacts {
  /** The node that was captured on. */
  readonly node: string;
  readonly ownerOf: (address: string) => KnownOwner | undefined;
}

/** What an interface is taken for, of which only a capture is there. */
export interface InferredInterface extends RoleDecision {
  readonly name: string;
  /** Role `pod`: the addresses behind it. */
  readonly attachedAddresses: readonly string[];
}

/**
 * The role of each interface of one node's capture, where nothing describes the node: by its name, by whom the dump knows
 * the addresses to be, and by the traffic itself. What cannot be told is `unknown`.
 */
export function inferRoles(
  interfaces: readonly InterfaceEvidence[],
  facts: InferenceFacts,
): InferredInterface[] {
  const nobody = new NodeKnowledge(facts, interfaces, []);
  const first = interfaces.map((evidence) => inferOne(evidence, nobody));
  // Pods found by their own interfaces tell their bridge and tunnel from the others.
  const podAddresses = first.flatMap((one) => one.attachedAddresses);
  const knowledge = new NodeKnowledge(facts, interfaces, podAddresses);
  const second = interfaces.map((evidence, at) =>
    first[at]!.role === "unknown" ? inferOne(evidence, knowledge) : first[at]!,
  );
  const [only] = interfaces;
  return interfaces.length === 1 && only!.hasDirections && meaningOfName(only!.name) === undefined
    ? [allInOne(only!, second[0]!, knowledge)]
    : withSpokesman(interfaces, second);
}

/** All of a node's interfaces without telling them apart: packets count where they come in from pods. */
function allInOne(
  evidence: InterfaceEvidence,
  inferred: InferredInterface,
  node: NodeKnowledge,
): InferredInterface {
  const hasPods = [...evidence.addresses].some(([address, seen]) => node.isPod(address) && seen.beyond > 0);
  if (inferred.role === "pod" || (inferred.role === "uplink" && !hasPods)) return inferred;
  return decision(
    evidence,
    hasPods ? "pod" : "uplink",
    "all interfaces in one; counts where packets come in",
  );
}

/** Whose counters speak for connections where no pod's own interface was captured: what sees most of them first. */
const SPOKESMEN: readonly Role[] = ["bridge", "uplink", "tunnel", "unknown"];

/**
 * In a capture without directions an `unknown` interface stands for all points of its node, as if it were the only one
 * (reporter-rule.ts of the collector). So there must be exactly one where no pod's interface was captured, and else none.
 */
function withSpokesman(
  interfaces: readonly InterfaceEvidence[],
  inferred: readonly InferredInterface[],
): InferredInterface[] {
  const hasPod = inferred.some(({ role }) => role === "pod");
  const packetsOf = (at: number): number => interfaces[at]!.packets;
  const candidates = [...inferred.keys()]
    .filter((at) => !hasPod && !interfaces[at]!.hasDirections && SPOKESMEN.includes(inferred[at]!.role))
    .sort(
      (a, b) =>
        SPOKESMEN.indexOf(inferred[a]!.role) - SPOKESMEN.indexOf(inferred[b]!.role) ||
        packetsOf(b) - packetsOf(a),
    );
  return inferred.map((one, at) => {
    if (at === candidates[0] && one.role !== "unknown") {
      return { ...one, role: "unknown", because: `${one.because}; it stands for all points of the node` };
    }
    if (one.role !== "unknown" || at === candidates[0] || interfaces[at]!.hasDirections) return one;
    return { ...one, role: "bridge", because: `${one.because}: a point on the way` };
  });
}

function inferOne(evidence: InterfaceEvidence, node: NodeKnowledge): InferredInterface {
  const byName = meaningOfName(evidence.name);
  const pod = podBehind(evidence, node);
  if (byName?.role === "pod") return podInterface(evidence, byName.because, pod === undefined ? [] : [pod]);
  if (byName !== undefined && byName.role !== "nic") return decision(evidence, byName.role, byName.because);
  if (evidence.tunnelled > 0) return decision(evidence, "uplink", "its packets carry others in a tunnel");
  // Network cards of pods are named like those of nodes.
  if (pod !== undefined && (byName === undefined || node.isPod(pod))) {
    return podInterface(evidence, `${pod} alone is behind it`, [pod]);
  }
  if (byName !== undefined) return decision(evidence, "uplink", byName.because);
  return byTraffic(evidence, node);
}

/** The one address behind an interface that every packet comes from or goes to, where it can be a pod's. */
function podBehind(evidence: InterfaceEvidence, node: NodeKnowledge): string | undefined {
  const all = evidence.constantAddresses();
  const constant = all.filter((address) => !node.isNode(address));
  const local = constant.filter((address) => node.isPod(address));
  if (local.length === 1) return local[0];
  // Whoever talks to the node alone may be anybody.
  if (local.length > 1 || constant.length < all.length) return undefined;
  // Unknown addresses: only directions tell on which side of the interface the one is.
  const beyond = constant.filter((address) => isBeyond(evidence.addresses.get(address)));
  return beyond.length === 1 && !node.isElsewhere(beyond[0]!) ? beyond[0] : undefined;
}

function byTraffic(evidence: InterfaceEvidence, node: NodeKnowledge): InferredInterface {
  const addresses = [...evidence.addresses];
  const own = addresses.find(([address]) => node.isOwnNode(address));
  if (own !== undefined && !isBeyond(own[1])) {
    return decision(evidence, "uplink", `packets of the node's own address ${own[0]} pass it`);
  }
  const pods = addresses.filter(([address]) => node.isPod(address));
  // Between two of its pods, a bridge has each on both sides.
  if (pods.length > 0 && pods.every(([, seen]) => seen.beyond > 0)) {
    return decision(evidence, "bridge", `${pods.length} pods of the node are behind it`);
  }
  if (pods.some(([, seen]) => isNear(seen))) {
    return node.encapsulates
      ? decision(
          evidence,
          "tunnel",
          "pods of the node send over it, before another interface wraps their packets",
        )
      : decision(evidence, "uplink", "pods of the node send over it");
  }
  return decision(evidence, "unknown", "neither its name nor its traffic tells");
}

function isBeyond(seen: AddressSightings | undefined): boolean {
  return seen !== undefined && seen.beyond > 0 && seen.near === 0;
}

function isNear(seen: AddressSightings): boolean {
  return seen.near > 0 && seen.beyond === 0;
}

function podInterface(
  { name }: InterfaceEvidence,
  because: string,
  attachedAddresses: readonly string[],
): InferredInterface {
  return { name, role: "pod", because, attachedAddresses };
}

function decision(
  { name }: InterfaceEvidence,
  role: InferredInterface["role"],
  because: string,
): InferredInterface {
  return { name, role, because, attachedAddresses: [] };
}

/** Who is who, seen from the node that was captured on. */
class NodeKnowledge {
  /** Packets of pods leave the node inside others. */
  readonly encapsulates: boolean;
  readonly #facts: InferenceFacts;
  readonly #podAddresses: ReadonlySet<string>;
  /** Whoever is beyond an interface whose packets carry others, is on another node or outside. */
  readonly #beyondUplink: ReadonlySet<string>;

  constructor(
    facts: InferenceFacts,
    interfaces: readonly InterfaceEvidence[],
    podAddresses: readonly string[],
  ) {
    const uplinks = interfaces.filter(({ tunnelled }) => tunnelled > 0);
    const beyond = uplinks.flatMap(({ addresses }) => [...addresses].filter(([, seen]) => isBeyond(seen)));
    this.encapsulates = uplinks.length > 0;
    this.#facts = facts;
    this.#podAddresses = new Set(podAddresses);
    this.#beyondUplink = new Set(beyond.map(([address]) => address));
  }

  isPod(address: string): boolean {
    const owner = this.#facts.ownerOf(address);
    if (owner !== undefined) return owner.kind === "pod" && owner.node === this.#facts.node;
    return this.#podAddresses.has(address);
  }

  isNode(address: string): boolean {
    return this.#facts.ownerOf(address)?.kind === "node";
  }

  isOwnNode(address: string): boolean {
    const owner = this.#facts.ownerOf(address);
    return owner?.kind === "node" && owner.node === this.#facts.node;
  }

  /** A pod of another node, or somebody outside. */
  isElsewhere(address: string): boolean {
    const owner = this.#facts.ownerOf(address);
    if (owner !== undefined) return owner.node !== this.#facts.node;
    return this.#beyondUplink.has(address);
  }
}
