import type { IcmpError } from "./hop-row.js";

/** A piece of what is known of a broken place. What rows do not tell is handed in by whoever knows it. */
export type Evidence =
  /** A rule dropped packets and said so by NFLOG. */
  | { readonly kind: "rule-drop"; readonly node: string; readonly rule: string; readonly packets: number }
  | { readonly kind: "icmp-error"; readonly node: string; readonly error: IcmpError }
  /** `route`: the one that is taken instead, such as `blackhole 10.1.2.0/24` or `default`; null where none fits. */
  | {
      readonly kind: "no-route";
      readonly node: string;
      readonly target: string;
      readonly route: string | null;
    }
  | {
      readonly kind: "no-neighbour";
      readonly node: string;
      /** The next hop's address. */
      readonly target: string;
      readonly interface: string;
      readonly state: "missing" | "incomplete" | "failed";
    }
  | {
      readonly kind: "no-forwarding-entry";
      readonly node: string;
      /** The next hop, and its hardware address, which the tunnel does not know. */
      readonly target: string;
      readonly interface: string;
      readonly mac: string;
    }
  | { readonly kind: "interface-down"; readonly node: string; readonly interface: string }
  /** `limit`: entries that the table has room for; 0 where not known. */
  | {
      readonly kind: "conntrack-full";
      readonly node: string;
      readonly droppedPackets: number;
      readonly limit: number;
    }
  | {
      readonly kind: "mtu";
      readonly node: string;
      readonly interface: string;
      readonly mtu: number;
      readonly packetBytes: number;
    }
  | {
      readonly kind: "interface-drops";
      readonly node: string;
      readonly interface: string;
      readonly frames: number;
    }
  /** Packets with payload do not come through where those without do. */
  | { readonly kind: "large-packets-lost"; readonly node: string; readonly packetBytes: number }
  /** `node` is where it was seen first, on its way from whoever sent it. */
  | {
      readonly kind: "reset";
      readonly node: string;
      readonly by: "receiver" | "network";
      readonly packets: number;
    }
  /** All that was looked at is as it should be: what is left is a rule that drops. */
  | { readonly kind: "place-in-order"; readonly node: string }
  | { readonly kind: "no-backend"; readonly service: string }
  /** The node's conntrack has the connection, so its rules let it through, and no packet came back to the node. */
  | { readonly kind: "conntrack-unreplied"; readonly node: string }
  | { readonly kind: "unanswered-syn"; readonly packets: number };

/** From what names a cause to what only says that there is one. */
const TELLING: readonly Evidence["kind"][] = [
  "rule-drop",
  "icmp-error",
  "no-route",
  "no-neighbour",
  "no-forwarding-entry",
  "interface-down",
  "conntrack-full",
  "mtu",
  "interface-drops",
  "large-packets-lost",
  "reset",
  "place-in-order",
  "no-backend",
  "conntrack-unreplied",
  "unanswered-syn",
];

/** The most telling first; the same again is left out. */
export function byTelling(evidence: readonly Evidence[]): Evidence[] {
  const distinct = new Map(evidence.map((one) => [JSON.stringify(one), one]));
  return [...distinct]
    .sort(
      ([a, one], [b, other]) => TELLING.indexOf(one.kind) - TELLING.indexOf(other.kind) || (a < b ? -1 : 1),
    )
    .map(([, one]) => one);
}

const DESTINATION_UNREACHABLE = 3;
const FRAGMENTATION_NEEDED = 4;
const ICMPV6_PACKET_TOO_BIG = 2;
/** RFC 1812 section 5.2.7.1: network, host and communication prohibited. */
const PROHIBITED_CODES: ReadonlySet<number> = new Set([9, 10, 13]);
const PORT_UNREACHABLE = 3;

/** What it means and what to do, as sentences. */
export function evidenceText(evidence: Evidence): string {
  switch (evidence.kind) {
    case "rule-drop":
      return `Rule "${evidence.rule}" on ${evidence.node} dropped ${count(evidence.packets, "packet")}: change the rule, or the policy that made it.`;
    case "icmp-error":
      return icmpText(evidence.error);
    case "no-route":
      return noRouteText(evidence);
    case "no-neighbour":
      return `${evidence.node} ${NEIGHBOUR_TEXTS[evidence.state]} ${evidence.target} on ${evidence.interface}: look at "ip neigh show ${evidence.target}" there, and at whether ${evidence.target} is up.`;
    case "no-forwarding-entry":
      return `${evidence.interface} on ${evidence.node} has no forwarding entry for ${evidence.mac}, the way to ${evidence.target}: look at "bridge fdb show dev ${evidence.interface}" there, and restart the network plugin's pod on it.`;
    case "interface-down":
      return `${evidence.interface} on ${evidence.node} is down: look at "ip link show ${evidence.interface}" there.`;
    case "conntrack-full":
      return conntrackText(evidence);
    case "mtu":
      return `${evidence.interface} on ${evidence.node} takes packets of up to ${evidence.mtu} bytes, and these may have ${evidence.packetBytes}: lower the pods' MTU or raise that of the interface.`;
    case "interface-drops":
      return `${evidence.interface} on ${evidence.node} dropped ${count(evidence.frames, "frame")}: look at "ip -s link show ${evidence.interface}" there.`;
    case "large-packets-lost":
      return `Packets with payload (up to ${evidence.packetBytes} bytes) are lost where small ones pass, as with an MTU that is too large: compare the MTU of the interfaces on both sides.`;
    case "reset":
      return evidence.by === "receiver"
        ? "The receiver itself refused it by RST: nothing listens on that port, or its queue is full."
        : `The RST was not sent by the receiver; it came from ${evidence.node}: look for a rule with REJECT there.`;
    case "place-in-order":
      return `Routes, neighbours, tunnel entries, MTUs and conntrack of ${evidence.node} are in order: what is left is a rule that drops; look at "nft list ruleset" and "iptables-save -c" there.`;
    case "no-backend":
      return `Service ${evidence.service} has no ready backend: look at its selector and at whether its pods are ready.`;
    case "conntrack-unreplied":
      return `${evidence.node}'s conntrack has it, unreplied: its rules let it through, and nothing came back to it.`;
    case "unanswered-syn":
      return `${count(evidence.packets, "SYN")} went unanswered.`;
  }
}

const NEIGHBOUR_TEXTS = {
  missing: "has no neighbour entry for",
  incomplete: "asks in vain for the neighbour",
  failed: "has asked in vain for the neighbour",
} as const;

function noRouteText({ node, target, route }: Extract<Evidence, { kind: "no-route" }>): string {
  const look = `look at "ip route get ${target}" there`;
  if (route === null) return `${node} has no route to ${target}: ${look}.`;
  if (route === "default")
    return `${node} has no route of its own to ${target} and sends it out of the cluster by its default route: ${look}, and restart the network plugin's pod on it.`;
  return `${node} has the route "${route}", which takes what is for ${target}: ${look}, and take that route away.`;
}

function conntrackText({
  node,
  droppedPackets,
  limit,
}: Extract<Evidence, { kind: "conntrack-full" }>): string {
  const size = limit === 0 ? "" : ` (${limit} entries)`;
  const dropped = droppedPackets === 0 ? "" : ` and dropped ${count(droppedPackets, "packet")}`;
  return `The conntrack table of ${node} is full${size}${dropped}, so new connections do not pass: raise net.netfilter.nf_conntrack_max there.`;
}

function icmpText({ source, type, code, mtu }: IcmpError): string {
  const isVersion6 = source.includes(":");
  const tooBig = isVersion6
    ? type === ICMPV6_PACKET_TOO_BIG
    : type === DESTINATION_UNREACHABLE && code === FRAGMENTATION_NEEDED;
  if (tooBig) {
    const limit = mtu === null ? "" : ` for a next hop that takes ${mtu} bytes`;
    return `${source} says that its packets are too large${limit}: lower the MTU of the sender's interface.`;
  }
  const message = `${source} answered with ICMP${isVersion6 ? "v6" : ""} type ${type} code ${code}`;
  if (type !== (isVersion6 ? 1 : DESTINATION_UNREACHABLE)) return `${message}.`;
  if (isVersion6 ? code === 1 : PROHIBITED_CODES.has(code))
    return `${message} (prohibited by a filter): look for the rule that rejects on ${source}.`;
  if (code === (isVersion6 ? 4 : PORT_UNREACHABLE))
    return `${message} (port unreachable): nothing listens there, or a rule rejects it.`;
  return `${message} (unreachable): look at the routes and neighbours of ${source}.`;
}

/** "1 packet", "3 packets". */
export function count(number: number, unit: string): string {
  return `${number} ${unit}${number === 1 ? "" : "s"}`;
}
