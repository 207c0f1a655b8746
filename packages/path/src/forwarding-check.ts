import type { Evidence } from "./evidence.js";
import type { InterfaceState, NodeReading, NodeState } from "./node-state.js";
import { lookUpRoute } from "./route-lookup.js";

/** What is asked of a node's state: would it send these packets on, and by which interfaces? */
export interface ForwardingQuestion {
  /** The address that the packets go to. */
  readonly target: string;
  /** Whether the address is a pod's. */
  readonly isPod: boolean;
  /** Layer-3 bytes of the largest packets; they must not be fragmented. */
  readonly packetBytes: number;
  /** Earlier readings of the same node: what was managed there before. */
  readonly earlier: readonly NodeReading[];
}

export interface ForwardingFindings {
  readonly evidence: readonly Evidence[];
  /** Interfaces on which the packets would leave, the outermost last. */
  readonly devices: readonly string[];
}

/** What a VXLAN tunnel puts around a packet: outer IP, UDP, VXLAN and the inner Ethernet header (RFC 7348). */
const VXLAN_BYTES = { ipv4: 20 + 8 + 8 + 14, ipv6: 40 + 8 + 8 + 14 };
const ANY_MAC = "00:00:00:00:00:00";

/** Walks a packet through a node's routes, neighbours, tunnel entries and MTUs; a tunnel's outer packet once more. */
export function checkForwarding(
  { node, state }: NodeReading,
  question: ForwardingQuestion,
): ForwardingFindings {
  const walk = new Walk(node, state, question.earlier);
  walk.pass(question.target, question.isPod, question.packetBytes);
  return { evidence: walk.evidence, devices: walk.devices };
}

class Walk {
  readonly evidence: Evidence[] = [];
  readonly devices: string[] = [];
  readonly #node: string;
  readonly #state: NodeState;
  readonly #earlier: readonly NodeReading[];

  constructor(node: string, state: NodeState, earlier: readonly NodeReading[]) {
    this.#node = node;
    this.#state = state;
    this.#earlier = earlier;
  }

  pass(target: string, isPod: boolean, packetBytes: number, depth = 0): void {
    const node = this.#node;
    const answer = lookUpRoute(this.#state, target);
    if (answer.kind === "unknown") return;
    if (answer.kind === "none") {
      if (!this.#state.cut) this.evidence.push({ kind: "no-route", node, target, route: null });
      return;
    }
    const { route, prefixLength } = answer;
    if (route.type === "local") return;
    if (route.type !== "unicast") {
      const why = { kind: "no-route", node, target, route: `${route.type} ${route.destination}` } as const;
      this.evidence.push(why);
      return;
    }
    // In an overlay the default route leads out of the cluster: that a pod's packets take it means that their own is missing.
    if (isPod && prefixLength === 0 && this.#hasTunnel() && !this.#state.cut)
      this.evidence.push({ kind: "no-route", node, target, route: "default" });
    for (const { device: name, gateway } of route.nextHops) {
      const device = this.#state.interfaces.find((one) => one.name === name);
      if (device === undefined) continue;
      this.devices.push(name);
      if (!device.up) this.evidence.push({ kind: "interface-down", node, interface: name });
      const mtu = Math.min(device.mtu, route.mtu ?? device.mtu);
      if (packetBytes > mtu) this.evidence.push({ kind: "mtu", node, interface: name, mtu, packetBytes });
      this.#passDevice(device, gateway ?? target, packetBytes, depth);
    }
  }

  #passDevice(device: InterfaceState, nextHop: string, packetBytes: number, depth: number): void {
    const node = this.#node;
    const entry = this.#state.neighbours.find(
      ({ address, device: name }) => address === nextHop && name === device.name,
    );
    const state = entry === undefined ? "missing" : entry.state;
    const isMissing = state === "missing" && this.#isManaged(device, nextHop);
    if (isMissing || state === "failed" || state === "incomplete") {
      this.evidence.push({ kind: "no-neighbour", node, target: nextHop, interface: device.name, state });
      return;
    }
    if (device.kind !== "vxlan" || device.isPointed || entry?.mac == null || depth > 0) return;
    const entries = this.#state.forwarding.filter((one) => one.device === device.name);
    const remotes = [entry.mac.toLowerCase(), ANY_MAC]
      .map((mac) => entries.filter((one) => one.mac.toLowerCase() === mac))
      .find((found) => found.length > 0);
    if (remotes === undefined) {
      if (!this.#state.cut) {
        const about = { target: nextHop, interface: device.name, mac: entry.mac };
        this.evidence.push({ kind: "no-forwarding-entry", node, ...about });
      }
      return;
    }
    for (const { remote } of remotes) {
      const overhead = remote.includes(":") ? VXLAN_BYTES.ipv6 : VXLAN_BYTES.ipv4;
      this.pass(remote, false, packetBytes + overhead, depth + 1);
    }
  }

  /** An idle node has no neighbour entries; those of a tunnel that a network plugin keeps are always there. */
  #isManaged(device: InterfaceState, address: string): boolean {
    if (device.kind !== "vxlan" || device.isPointed || this.#state.cut) return false;
    const isPermanent = (state: NodeState, of: (address: string) => boolean) =>
      state.neighbours.some(
        (one) => one.device === device.name && one.state === "permanent" && of(one.address),
      );
    return (
      isPermanent(this.#state, () => true) ||
      this.#earlier.some(({ state }) => isPermanent(state, (one) => one === address))
    );
  }

  #hasTunnel(): boolean {
    return this.#state.interfaces.some(({ role, up }) => role === "tunnel" && up);
  }
}
