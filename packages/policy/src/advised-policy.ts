import { dnsPortsAt, isClusterDns, portAt } from "./advised-ports.js";
import { type AdvisedPort, type AdvisedRule, AdvisedRules } from "./advised-rules.js";
import type { ClusterState, Node, Pod, Workload } from "./cluster.js";
import type { Party } from "./connection.js";
import { type IpAddress, parseAddress } from "./ip-address.js";
import type { Labels } from "./label-set.js";
import type { Direction } from "./policy.js";
import type { PresentParties } from "./present-parties.js";
import { protocolNameOf } from "./protocol.js";
import { type TrafficRow, trafficPeerText } from "./traffic.js";
import type { WorkloadSelector, WorkloadSelectors } from "./workload-selectors.js";

/** What one workload needs, before it is written down. */
export interface AdvisedPolicy {
  readonly namespace: string;
  readonly name: string;
  readonly workload: Workload;
  readonly labels: Labels;
  readonly ingress: readonly AdvisedRule[];
  readonly egress: readonly AdvisedRule[];
  /** Connections that it was made from. */
  readonly connections: number;
  /** What a reader should know, one sentence each, without full stops. */
  readonly notes: readonly string[];
}

/** What all policies of an advice are made with. */
interface AdviceGround {
  readonly state: ClusterState;
  readonly selectors: WorkloadSelectors;
  readonly present: PresentParties;
}

/** Takes up, row by row, what a workload's pods were seen to do. */
export class AdvisedPolicyBuilder {
  readonly #ground: AdviceGround;
  readonly #selector: WorkloadSelector;
  readonly #pods = new Map<string, Pod>();
  readonly #nodes: ReadonlyMap<string, Node>;
  readonly #rules: Readonly<Record<Direction, AdvisedRules>>;
  readonly #notes = new Set<string>();
  #connections = 0;

  constructor(ground: AdviceGround, selector: WorkloadSelector) {
    this.#ground = ground;
    this.#selector = selector;
    const { pods, nodes } = ground.state;
    for (const pod of pods) this.#pods.set(`${pod.namespace}/${pod.name}`, pod);
    this.#nodes = new Map(nodes.map((node) => [node.name, node]));
    const taken = [...pods, ...nodes].flatMap(({ addresses }) => addresses.flatMap(parsed));
    this.#rules = { ingress: new AdvisedRules(taken), egress: new AdvisedRules(taken) };
  }

  get isEmpty(): boolean {
    return this.#connections === 0;
  }

  note(sentence: string): void {
    this.#notes.add(sentence);
  }

  /** @returns why it can't be allowed by a rule; undefined where it now is */
  add(row: TrafficRow, direction: Direction): string | undefined {
    const protocol = protocolNameOf(row.protocol);
    if (protocol === undefined) return "NetworkPolicy knows TCP, UDP and SCTP only";
    const peerEnd = direction === "ingress" ? row.source : row.destination;
    const peers = this.#ground.present.of(peerEnd);
    if (peers.length === 0) return `${trafficPeerText(peerEnd.peer)} has no pods at present`;
    if (
      peers.some(
        (party) => this.#podOf(party)?.hostNetwork !== false && this.#addressesOf(party).length === 0,
      )
    )
      return `the address of ${trafficPeerText(peerEnd.peer)} is not known`;
    for (const party of peers) this.#addPeer(row, direction, party);
    this.#connections += row.connections;
    return undefined;
  }

  build(name: string): AdvisedPolicy {
    const { namespace, workload, labels } = this.#selector;
    return {
      namespace,
      name,
      workload,
      labels,
      ingress: this.#rules.ingress.rules(),
      egress: this.#rules.egress.rules(),
      connections: this.#connections,
      notes: [...this.#notes],
    };
  }

  #addPeer(row: TrafficRow, direction: Direction, party: Party): void {
    const rules = this.#rules[direction];
    const protocol = protocolNameOf(row.protocol) ?? "TCP";
    const pod = this.#podOf(party);
    // No selector finds pods on their node's network, nor are port names resolved at a node.
    const selector =
      pod?.hostNetwork === false ? this.#ground.selectors.of(pod.namespace, pod.workload) : undefined;
    const servers = direction === "ingress" ? this.#selector.pods : (selector?.pods ?? []);
    const isDns = direction === "egress" && isClusterDns(servers, row.port);
    const ports = isDns ? dnsPortsAt(servers, row.port) : [portAt(servers, protocol, row.port)];
    if (selector !== undefined) {
      this.#addPods(rules, selector, ports, isDns);
    } else {
      const note = party.kind === "external" ? "" : addressNote(party, pod);
      for (const address of this.#addressesOf(party)) rules.addAddress(address, note, ports);
    }
    // Which of its addresses a network plugin sees is not defined; a rule for either is for both.
    const other = this.#otherAddress(row, direction, selector !== undefined);
    if (other !== undefined) {
      const what = direction === "ingress" ? "seen as the source of" : "dialled for";
      const note = `${what} ${trafficPeerText((direction === "ingress" ? row.source : row.destination).peer)}`;
      for (const address of parsed(other)) rules.addAddress(address, note, ports);
    }
  }

  /** The address that stands for the peer on the other side of a translation, where a rule may see that one. */
  #otherAddress(row: TrafficRow, direction: Direction, isPod: boolean): string | undefined {
    if (direction === "ingress") return row.seenSourceAddress;
    // Behind a Service's address, pods are found by their labels.
    return isPod ? undefined : row.dialledAddress;
  }

  #addPods(
    rules: AdvisedRules,
    { namespace, workload, labels, others }: WorkloadSelector,
    ports: readonly AdvisedPort[],
    isDns: boolean,
  ): void {
    const own = this.#selector.namespace;
    const name = trafficPeerText({ kind: "workload", namespace, workload });
    const note = `${name}${alsoText(labels, others)}`;
    rules.addPods(
      { kind: "pods", namespace: namespace === own ? undefined : namespace, labels, note },
      ports,
      isDns,
    );
  }

  #addressesOf(party: Party): IpAddress[] {
    switch (party.kind) {
      case "external":
        return parsed(party.address);
      case "node":
        return party.address === undefined
          ? (this.#nodes.get(party.name)?.addresses ?? []).flatMap(parsed)
          : parsed(party.address);
      case "pod": {
        if (party.address !== undefined) return parsed(party.address);
        const pod = this.#podOf(party);
        const own = (pod?.addresses ?? []).flatMap(parsed);
        return own.length > 0 ? own : (this.#nodes.get(pod?.node ?? "")?.addresses ?? []).flatMap(parsed);
      }
    }
  }

  #podOf(party: Party): Pod | undefined {
    return party.kind === "pod" ? this.#pods.get(`${party.namespace}/${party.name}`) : undefined;
  }
}

function alsoText(labels: Labels, others: readonly string[]): string {
  if (Object.keys(labels).length === 0) return " (its pods share no stable label, so the whole namespace)";
  return others.length === 0 ? "" : ` (the same labels select ${others.join(" and ")} too)`;
}

function addressNote(party: Party, pod: Pod | undefined): string {
  if (party.kind === "node") return `node ${party.name}`;
  const { namespace, workload } = pod ?? { namespace: "", workload: { kind: "", name: "" } };
  const name = trafficPeerText({ kind: "workload", namespace, workload });
  return `${name} on the network of node ${pod?.node ?? "unknown"}`;
}

function parsed(address: string): IpAddress[] {
  const known = parseAddress(address);
  return known === undefined ? [] : [known];
}
