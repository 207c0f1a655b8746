import { AddressAtoms } from "./address-atoms.js";
import { type ClusterState, NAMESPACE_NAME_LABEL, type Namespace, type Node, type Pod } from "./cluster.js";
import { CompiledPeers } from "./compiled-peers.js";
import { type CompiledPolicy, compilePolicy, type PolicyParts } from "./compiled-policy.js";
import { SelectionTable } from "./compiled-selection.js";
import type { Connection, Party } from "./connection.js";
import { decide, undetermined } from "./decide.js";
import { type IpAddress, parseAddress } from "./ip-address.js";
import { type LabelSet, LabelSets, type Labels } from "./label-set.js";
import { PeerMatrix } from "./peer-matrix.js";
import { type PeerView, PeerViews } from "./peer-view.js";
import { type PodClass, PodClasses } from "./pod-class.js";
import type { Policy } from "./policy.js";
import { PolicyIndex } from "./policy-index.js";
import { type PolicyStackPair, PolicyStacks } from "./policy-stack.js";
import { PortLists, type PortQuestion } from "./port-lists.js";
import type { DirectionVerdict, Exemption, PolicyName, Verdict } from "./verdict.js";

const MAX_VIEWS = 20_000;
const MAX_EXTERNAL_ADDRESSES = 200_000;

/** A pod; it is a side of a connection itself, where that does not say which address is in use. */
class PodRecord implements Side {
  podClass: PodClass;
  /** As a peer, untranslated, as of `viewEpoch`; made when first asked for. */
  view: PeerView | undefined;
  viewEpoch = 0;
  readonly record: PodRecord | undefined;
  readonly nodeName: string | undefined;
  readonly address: string | undefined;
  readonly pod: Pod;
  readonly addresses: readonly IpAddress[];

  constructor(pod: Pod, podClass: PodClass) {
    this.podClass = podClass;
    this.pod = pod;
    this.addresses = pod.addresses.flatMap((address) => parseAddress(address) ?? []);
    const { record, nodeName, address } = this.sideAt(undefined);
    this.record = record;
    this.nodeName = nodeName;
    this.address = address;
  }

  sideAt(address: string | undefined): Side {
    const { hostNetwork, node, addresses } = this.pod;
    if (!hostNetwork) return { record: this, nodeName: undefined, address };
    return { record: undefined, nodeName: node ?? "", address: address ?? addresses[0] };
  }
}

interface NodeRecord {
  readonly node: Node;
  readonly labels: LabelSet;
  readonly addresses: readonly IpAddress[];
}

/** One side of a connection, looked up. */
interface Side {
  /** undefined for everything but pods; pods on their node's network are their node. */
  readonly record: PodRecord | undefined;
  /** The node that it is: a node's own name, or that of a pod on its node's network. */
  readonly nodeName: string | undefined;
  readonly address: string | undefined;
}

export interface JudgeOptions {
  /**
   * How networks in rules match a pod whose addresses are not known: `doubt` (they may), or `never`. Workloads in
   * a manifest have no addresses yet, and tools that list their connections count networks as outside of the cluster.
   */
  readonly unknownAddresses?: "doubt" | "never";
}

/**
 * Judges connections by the policies, labels and owners as they are now. Pods that no policy can tell apart share
 * their decisions; a change forgets only the decisions of pods that the changed policy selects.
 */
export class Judge {
  readonly #labelSets = new LabelSets();
  readonly #selections = new SelectionTable();
  readonly #atoms = new AddressAtoms();
  readonly #ports = new PortLists();
  readonly #peers = new CompiledPeers(this.#selections, this.#atoms);
  readonly #matrix = new PeerMatrix(this.#peers);
  readonly #parts: PolicyParts = { selections: this.#selections, peers: this.#peers, ports: this.#ports };
  readonly #views = new PeerViews(this.#atoms);
  readonly #classes = new PodClasses();
  readonly #policies = new PolicyIndex();
  readonly #namespaces = new Map<string, LabelSet>();
  readonly #pods = new Map<string, Map<string, PodRecord>>();
  readonly #nodes = new Map<string, NodeRecord>();
  readonly #externalViews = new Map<string, PeerView>();
  readonly #isUnknownNowhere: boolean;
  #externalEpoch = 0;
  #podCount = 0;
  readonly #stacks = new PolicyStacks();
  #compiled = 0;

  constructor(options: JudgeOptions = {}) {
    this.#isUnknownNowhere = options.unknownAddresses === "never";
  }

  putPolicy(policy: Policy): void {
    const before = this.#policies.get(policy);
    if (before !== undefined) this.#policies.remove(before);
    const knownKeys = this.#selections.keys.size;
    const after = compilePolicy(policy, this.#compiled++, this.#parts);
    if (this.#selections.keys.size > knownKeys)
      for (const namespace of this.#pods.keys()) this.#reclassify(namespace);
    this.#policies.put(after);
    this.#forget(before === undefined ? [after] : [before, after]);
  }

  removePolicy(name: PolicyName): void {
    const before = this.#policies.get(name);
    if (before === undefined) return;
    this.#policies.remove(before);
    this.#forget([before]);
  }

  putNamespace({ name, labels }: Namespace): void {
    this.#namespaces.set(name, this.#namespaceLabels(name, labels));
    this.#reclassify(name);
  }

  /** Its pods stay until they are removed themselves; they are then in a namespace with no labels but its name. */
  removeNamespace(name: string): void {
    this.#namespaces.delete(name);
    this.#reclassify(name);
  }

  putPod(pod: Pod): void {
    let neighbours = this.#pods.get(pod.namespace);
    if (neighbours === undefined) {
      neighbours = new Map();
      this.#pods.set(pod.namespace, neighbours);
    }
    if (!neighbours.has(pod.name)) this.#podCount++;
    neighbours.set(pod.name, new PodRecord(pod, this.#classOf(pod)));
    // Labels come and go with every rollout; classes that nobody is in any more go all at once.
    if (this.#classes.size > 1000 + 4 * this.#podCount) this.#startAfresh();
  }

  removePod({ namespace, name }: Pick<Pod, "namespace" | "name">): void {
    if (this.#pods.get(namespace)?.delete(name)) this.#podCount--;
  }

  putNode(node: Node): void {
    this.#nodes.set(node.name, {
      node,
      labels: this.#labelSets.of(node.labels),
      addresses: node.addresses.flatMap((address) => parseAddress(address) ?? []),
    });
  }

  removeNode(name: string): void {
    this.#nodes.delete(name);
  }

  /** The same text for pods that no policy can tell apart at present; undefined for a pod that is not known. */
  likeness({ namespace, name }: Pick<Pod, "namespace" | "name">): string | undefined {
    const record = this.#pods.get(namespace)?.get(name);
    const side = this.#sideOf({ kind: "pod", namespace, name });
    if (record === undefined || side === undefined) return undefined;
    const view = this.#viewOf(side, undefined, "translated-destination");
    return `${record.podClass.id}/${view.id}/${record.pod.hostNetwork}/${record.pod.node}`;
  }

  judge(connection: Connection): Verdict {
    const source = this.#sideOf(connection.source);
    const destination = this.#sideOf(connection.destination);
    if (source === undefined || destination === undefined) return UNKNOWN_POD;
    const { dialledAddress, seenSourceAddress } = connection;
    if (source.record !== undefined && source.record === destination.record && dialledAddress === undefined)
      return SELF;
    const { protocol, port } = connection;
    const asked = { protocol, port, namedPorts: destination.record?.podClass.namedPorts };
    return combine(
      this.#judgeEgress(source, destination, dialledAddress, asked),
      this.#judgeIngress(source, destination, seenSourceAddress, asked),
    );
  }

  #judgeEgress(
    source: Side,
    destination: Side,
    dialledAddress: string | undefined,
    port: PortQuestion,
  ): DirectionVerdict {
    const { record } = source;
    if (record === undefined) return NOT_A_POD;
    const view = this.#viewOf(destination, dialledAddress, "translated-destination");
    const isToOwnNode = destination.nodeName !== undefined && destination.nodeName === record.pod.node;
    return decide(this.#stacksOf(record.podClass).egress, {
      peers: this.#matrix,
      row: this.#matrix.rowOf(view),
      ports: this.#ports,
      port,
      exemption: isToOwnNode ? "own-node" : undefined,
    });
  }

  #judgeIngress(
    source: Side,
    destination: Side,
    seenSourceAddress: string | undefined,
    port: PortQuestion,
  ): DirectionVerdict {
    const { record } = destination;
    if (record === undefined) return NOT_A_POD;
    if (source.nodeName !== undefined && source.nodeName === record.pod.node) return OWN_NODE;
    const view = this.#viewOf(source, seenSourceAddress, "translated-source");
    // Masqueraded by its own node, it may pass for the node.
    const isFromOwnNode =
      seenSourceAddress !== undefined &&
      this.#nodes.get(record.pod.node ?? "")?.node.addresses.includes(seenSourceAddress);
    return decide(this.#stacksOf(record.podClass).ingress, {
      peers: this.#matrix,
      row: this.#matrix.rowOf(view),
      ports: this.#ports,
      port,
      exemption: isFromOwnNode ? "translated-source" : undefined,
    });
  }

  #stacksOf(podClass: PodClass): PolicyStackPair {
    podClass.stacks ??= this.#stacks.of(this.#policies.selecting(podClass));
    return podClass.stacks;
  }

  #sideOf(party: Party): Side | undefined {
    switch (party.kind) {
      case "external":
        return { record: undefined, nodeName: undefined, address: party.address };
      case "node":
        return { record: undefined, nodeName: party.name, address: party.address };
      case "pod": {
        const record = this.#pods.get(party.namespace)?.get(party.name);
        return party.address === undefined ? record : record?.sideAt(party.address);
      }
    }
  }

  #viewOf(
    side: Side,
    translated: string | undefined,
    translation: "translated-source" | "translated-destination",
  ): PeerView {
    if (this.#views.size > MAX_VIEWS) this.#startAfresh();
    const { record, nodeName, address } = side;
    const epoch = this.#atoms.epoch;
    const isPlain = translated === undefined && address === undefined;
    if (isPlain && record?.view !== undefined && record.viewEpoch === epoch) return record.view;
    if (translated === undefined && address !== undefined && record === undefined && nodeName === undefined)
      return this.#externalView(address);
    const node = nodeName === undefined ? undefined : this.#nodes.get(nodeName);
    const own = address === undefined ? undefined : parseAddress(address);
    const other = translated === undefined ? undefined : parseAddress(translated);
    const addresses = (own === undefined ? (record ?? node)?.addresses : [own]) ?? [];
    const isUnknown = addresses.length === 0;
    const isTranslated =
      other !== undefined && (isUnknown || !addresses.every((each) => isSame(each, other)));
    const view = this.#views.of({
      podClass: record?.podClass,
      nodeLabels: nodeName === undefined ? undefined : (node?.labels ?? this.#labelSets.of({})),
      addresses: isTranslated && !isUnknown ? [...addresses, other] : addresses,
      translation: isTranslated ? translation : undefined,
      isDisguised: isTranslated && translation === "translated-source",
      isNowhere: isUnknown && this.#isUnknownNowhere,
    });
    if (isPlain && record !== undefined) {
      record.view = view;
      record.viewEpoch = epoch;
    }
    return view;
  }

  #externalView(address: string): PeerView {
    if (this.#externalEpoch !== this.#atoms.epoch || this.#externalViews.size > MAX_EXTERNAL_ADDRESSES) {
      this.#externalViews.clear();
      this.#externalEpoch = this.#atoms.epoch;
    }
    let view = this.#externalViews.get(address);
    if (view === undefined) {
      const parsed = parseAddress(address);
      view = this.#views.of({
        podClass: undefined,
        nodeLabels: undefined,
        addresses: parsed === undefined ? [] : [parsed],
        translation: undefined,
        isDisguised: false,
        isNowhere: false,
      });
      this.#externalViews.set(address, view);
    }
    return view;
  }

  #namespaceLabels(name: string, labels: Labels = {}): LabelSet {
    return this.#labelSets.of({ ...labels, [NAMESPACE_NAME_LABEL]: name });
  }

  #classOf(pod: Pod): PodClass {
    const { namespace, labels, namedPorts } = pod;
    const ownLabels = pod.namespaceLabels === undefined ? this.#namespaces.get(namespace) : undefined;
    const namespaceLabels = ownLabels ?? this.#namespaceLabels(namespace, pod.namespaceLabels);
    // Labels that no selector asks for (template hashes, pod names) would put every pod in a class of its own.
    const { keys } = this.#selections;
    const asked = Object.fromEntries(Object.entries(labels).filter(([key]) => keys.has(key)));
    return this.#classes.of({ namespace, namespaceLabels, labels: this.#labelSets.of(asked), namedPorts });
  }

  /** Gives a namespace's pods (or all pods) the class that they belong to now. */
  #reclassify(namespace: string): void {
    for (const record of this.#pods.get(namespace)?.values() ?? []) {
      record.podClass = this.#classOf(record.pod);
      record.view = undefined;
    }
  }

  /** Forgets what was decided for the pods that these policies select. */
  #forget(policies: readonly CompiledPolicy[]): void {
    for (const compiled of policies) {
      const { policy, subject } = compiled;
      this.#stacks.forget(compiled);
      const namespace = policy.tier === "networkPolicy" ? policy.namespace : undefined;
      for (const podClass of this.#classes.in(namespace)) {
        if (!subject.selects(podClass)) continue;
        podClass.stacks = undefined;
      }
    }
  }

  /** Forgets all that can be worked out again. */
  #startAfresh(): void {
    this.#classes.clear();
    this.#views.clear();
    this.#matrix.clear();
    this.#externalViews.clear();
    for (const namespace of this.#pods.keys()) this.#reclassify(namespace);
  }
}

/** A judge for a cluster as it is. */
export function compile(state: ClusterState, options?: JudgeOptions): Judge {
  const judge = new Judge(options);
  for (const namespace of state.namespaces) judge.putNamespace(namespace);
  for (const node of state.nodes) judge.putNode(node);
  for (const policy of state.policies) judge.putPolicy(policy);
  for (const pod of state.pods) judge.putPod(pod);
  return judge;
}

function isSame(a: IpAddress, b: IpAddress): boolean {
  return a.family === b.family && a.value === b.value;
}

function exempt(exemption: Exemption): DirectionVerdict {
  return { verdict: "allowed", by: { kind: "exemption", exemption }, doubt: undefined };
}

const NOT_A_POD = exempt("not-a-pod");
const OWN_NODE = exempt("own-node");
const SELF = combine(exempt("self"), exempt("self"));
const UNKNOWN_POD = combine(undetermined("pod-unknown", []), undetermined("pod-unknown", []));

function combine(egress: DirectionVerdict, ingress: DirectionVerdict): Verdict {
  if (egress.verdict === "denied" || ingress.verdict === "denied")
    return { verdict: "denied", doubt: undefined, egress, ingress };
  const doubt = egress.doubt ?? ingress.doubt;
  return { verdict: doubt === undefined ? "allowed" : "undetermined", doubt, egress, ingress };
}
