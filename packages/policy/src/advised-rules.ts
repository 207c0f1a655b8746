import { type AddressGroup, groupAddresses } from "./address-groups.js";
import { addressText, type IpAddress } from "./ip-address.js";
import type { Labels } from "./label-set.js";
import { PROTOCOL_NUMBERS, type ProtocolName } from "./protocol.js";

/** A destination port, by the name that the container gives it where it has one. */
export interface AdvisedPort {
  readonly protocol: ProtocolName;
  readonly port: number | string;
}

/** Who a rule is for, with what a reader should know of it. */
export type AdvisedPeer =
  | {
      readonly kind: "pods";
      /** undefined: the policy's own namespace. */
      readonly namespace: string | undefined;
      readonly labels: Labels;
      readonly note: string;
    }
  | { readonly kind: "network"; readonly group: AddressGroup; readonly note: string };

/** One rule of a NetworkPolicy, either direction. */
export interface AdvisedRule {
  readonly peers: readonly AdvisedPeer[];
  readonly ports: readonly AdvisedPort[];
  readonly isDns: boolean;
}

/** Networks of a rule, if it can be. */
const MOST_NETWORKS = 8;

type PodsPeer = Extract<AdvisedPeer, { kind: "pods" }>;
type Ports = Map<string, AdvisedPort>;

/** Collects what was seen in one direction of a workload, and makes the fewest rules of it. */
export class AdvisedRules {
  readonly #pods = new Map<string, { peer: PodsPeer; ports: Ports; isDns: boolean }>();
  readonly #addresses = new Map<string, { address: IpAddress; note: string; ports: Ports }>();
  readonly #taken: readonly IpAddress[];

  /** @param taken addresses of the cluster's pods and nodes, which no network for others may cover */
  constructor(taken: readonly IpAddress[]) {
    this.#taken = taken;
  }

  addPods(peer: PodsPeer, ports: readonly AdvisedPort[], isDns: boolean): void {
    const key = JSON.stringify([peer.namespace, peer.labels, isDns]);
    const known = this.#pods.get(key) ?? { peer, ports: new Map<string, AdvisedPort>(), isDns };
    known.peer = { ...known.peer, note: bothNotes(known.peer.note, peer.note) };
    this.#pods.set(key, known);
    addPorts(known.ports, ports);
  }

  /** @param note of an address that is somebody's, which is then not grouped with others; empty for one outside */
  addAddress(address: IpAddress, note: string, ports: readonly AdvisedPort[]): void {
    const key = addressText(address);
    const known = this.#addresses.get(key) ?? { address, note, ports: new Map<string, AdvisedPort>() };
    known.note = bothNotes(known.note, note);
    this.#addresses.set(key, known);
    addPorts(known.ports, ports);
  }

  /** Peers of the same ports are one rule; DNS comes first, then pods, then networks. */
  rules(): AdvisedRule[] {
    const byPorts = new Map<string, { peers: AdvisedPeer[]; ports: AdvisedPort[]; isDns: boolean }>();
    const add = (peers: readonly AdvisedPeer[], ports: Ports, isDns: boolean) => {
      const key = `${isDns}|${portsKey(ports)}`;
      const rule = byPorts.get(key) ?? { peers: [], ports: sortedPorts(ports), isDns };
      rule.peers.push(...peers);
      byPorts.set(key, rule);
    };
    const pods = [...this.#pods.values()].sort(
      (one, other) => Number(other.isDns) - Number(one.isDns) || compare(one.peer.note, other.peer.note),
    );
    for (const { peer, ports, isDns } of pods) add([peer], ports, isDns);
    for (const { ports, addresses } of this.#addressesByPorts()) add(this.#networks(addresses), ports, false);
    return [...byPorts.values()];
  }

  #addressesByPorts() {
    const groups = new Map<string, { ports: Ports; addresses: { address: IpAddress; note: string }[] }>();
    for (const [, { address, note, ports }] of [...this.#addresses].sort(([a], [b]) => compare(a, b))) {
      const key = portsKey(ports);
      const group = groups.get(key) ?? { ports, addresses: [] };
      group.addresses.push({ address, note });
      groups.set(key, group);
    }
    return groups.values();
  }

  #networks(addresses: readonly { address: IpAddress; note: string }[]): AdvisedPeer[] {
    const owned = addresses.filter(({ note }) => note !== "");
    const outside = addresses.filter(({ note }) => note === "").map(({ address }) => address);
    return [
      ...owned.map(({ address, note }): AdvisedPeer => {
        const prefix = address.family === 4 ? 32 : 128;
        return {
          kind: "network",
          group: { cidr: `${addressText(address)}/${prefix}`, except: [], addresses: 1 },
          note,
        };
      }),
      ...groupAddresses(outside, MOST_NETWORKS, this.#taken).map((group): AdvisedPeer => {
        const note = group.addresses === 1 ? "" : `${group.addresses} addresses that were seen`;
        return { kind: "network", group, note };
      }),
    ];
  }
}

function bothNotes(one: string, other: string): string {
  if (one === "" || other === "") return one + other;
  return one.split(", ").includes(other) ? one : `${one}, ${other}`;
}

function addPorts(ports: Ports, more: readonly AdvisedPort[]): void {
  for (const port of more) ports.set(`${port.protocol}/${port.port}`, port);
}

function portsKey(ports: Ports): string {
  return [...ports.keys()].sort().join();
}

/** By protocol as IANA numbers them, then numbers before names. */
function sortedPorts(ports: Ports): AdvisedPort[] {
  return [...ports.values()].sort(
    (one, other) =>
      PROTOCOL_NUMBERS[one.protocol] - PROTOCOL_NUMBERS[other.protocol] ||
      Number(typeof one.port === "string") - Number(typeof other.port === "string") ||
      (typeof one.port === "number" && typeof other.port === "number"
        ? one.port - other.port
        : compare(String(one.port), String(other.port))),
  );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
