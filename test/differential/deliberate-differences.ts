import { CUSTOM_VXLAN_PORT } from "../corpus/tunnel-captures.js";
import type { DeliberateDifference, Difference } from "./comparison.js";

const isOf =
  (...captures: readonly string[]) =>
  ({ capture }: Difference): boolean =>
    captures.some((name) => capture === name || capture.startsWith(`${name}, snap length `));
const isCut = ({ capture }: Difference): boolean => capture.includes(", snap length ");
const isRefused = ({ ours }: Difference): boolean => ours === "bad" || ours === "truncated";
const theyLookInside = ({ ourRecord, theirRecord }: Difference): boolean =>
  Number(theirRecord.encapsulationDepth ?? 0) > Number(ourRecord.encapsulationDepth ?? 0);

/** VXLAN, VXLAN-GPE and Geneve. */
const TUNNEL_PORTS = new Set([4789, 8472, 6784, CUSTOM_VXLAN_PORT, 4790, 6081]);

/** Where we and tshark disagree on a frame, and why we keep to our answer. */
export const DELIBERATE_FRAME_DIFFERENCES: readonly DeliberateDifference[] = [
  {
    reason: "IP over LLC and SNAP: no kernel's Ethernet device sends it; the frame is counted as not_ip.",
    matches: (difference) =>
      isOf("no IP")(difference) && difference.ours === "not_ip" && difference.where === 7,
  },
  {
    reason: "The EtherType says that it is ARP; no more of it is needed to count it as such.",
    matches: ({ ours, theirs }) => ours === "arp" && theirs === "truncated",
  },
  {
    reason:
      "The first fragment of a tunnel's packet: the rest of the inner packet comes in the next one, which counts as a fragment; tshark counts what is in this one.",
    matches: (difference) =>
      isOf("VXLAN, outer packet in fragments")(difference) && difference.entry === "payloadBytes",
  },
  {
    reason: "Weave's sleeve: tshark has no dissector for it; we name it by its port.",
    matches: (difference) => isOf("sleeve")(difference) && difference.ours === "sleeve",
  },
  {
    reason: "GRE of ERSPAN is a copy for monitoring: what is inside has been counted where it passed.",
    matches: (difference) => isOf("ERSPAN")(difference) && difference.ourRecord.protocol === 47,
  },
  {
    reason: "A third tunnel inside of two: we look two deep, and count what is within as plain UDP.",
    matches: (difference) => isOf("VXLAN three deep")(difference),
  },
  {
    reason:
      "VXLAN without its I flag has no VNI (RFC 7348 section 5 demands it): plain UDP; tshark does not look at the flag.",
    matches: (difference) => isOf("no tunnel, by its ports")(difference) && difference.where === 2,
  },
  {
    reason: "Only the destination port names a tunnel: a sender's port is chosen at random.",
    matches: (difference) =>
      isOf("no tunnel, by its ports")(difference) && difference.where === 3 && difference.ours === "counted",
  },
  {
    reason: "A tunnel's header that says a version that nobody has defined is no tunnel; tshark dissects on.",
    matches: (difference) =>
      isOf("tunnels that lie")(difference) && theyLookInside(difference) && difference.entry !== "status",
  },
  {
    reason: "Fewer bytes in a tunnel than an IP or ESP header has: counted as what carries it.",
    matches: (difference) =>
      isOf("other short headers")(difference) &&
      difference.entry !== "status" &&
      difference.ourRecord.encapsulation === undefined,
  },
  {
    reason:
      "Lengths that contradict each other or the wire: we refuse the packet by reason; tshark shows what it can.",
    matches: (difference) =>
      isOf(
        "IPv4 lengths that lie",
        "IPv6 lengths that lie",
        "UDP lengths that lie",
        "TCP lengths that lie",
        "other short headers",
        "tunnels that lie",
        "cut on the wire",
        "noise",
      )(difference) &&
      difference.entry === "status" &&
      isRefused(difference),
  },
  {
    reason:
      "SCTP chunks whose length is less than their header or more than the packet hold what is really there.",
    matches: (difference) => isOf("SCTP chunks that lie")(difference) && difference.entry === "payloadBytes",
  },
  {
    reason: "An SCTP chunk's length is enough for its user data; tshark wants the whole chunk captured.",
    matches: (difference) =>
      isCut(difference) &&
      difference.entry === "payloadBytes" &&
      difference.ourRecord.protocol === 132 &&
      difference.theirs === 0,
  },
  {
    reason:
      "NFLOG whose payload is cut: tshark gives up the attribute, we read what was captured of the packet.",
    matches: (difference) =>
      isOf("nflog", "layers by lot")(difference) &&
      difference.ours === "counted" &&
      difference.theirs === "truncated" &&
      difference.theirRecord.source === undefined,
  },
  {
    reason: "A TCP option that is cut is not there: both words of a timestamp, all of a SACK, or nothing.",
    matches: (difference) =>
      isCut(difference) &&
      /^(timestampValue|hasSack)$/.test(difference.entry) &&
      difference.ours === undefined,
  },
  {
    reason:
      "A datagram to a tunnel's port, cut behind its UDP header: what is inside cannot be told, and to count it as the tunnel's own would be wrong.",
    matches: (difference) =>
      isCut(difference) &&
      difference.ours === "truncated" &&
      difference.theirs === "counted" &&
      TUNNEL_PORTS.has(Number(difference.theirRecord.destinationPort)),
  },
  {
    reason: "A quoted IPv4 header whose options are cut still says whom the error is about.",
    matches: (difference) =>
      isCut(difference) && difference.entry.startsWith("quoted") && difference.theirs === undefined,
  },
];

/** The same for what is summed up of a flow. */
export const DELIBERATE_FLOW_DIFFERENCES: readonly DeliberateDifference[] = [
  {
    reason: "Frames on which we disagree one by one (above) add up to other flows.",
    matches: isOf("ERSPAN", "VXLAN three deep", "no tunnel, by its ports", "no IP"),
  },
  {
    reason: "The first fragment of a tunnel's packet, as above.",
    matches: (difference) =>
      isOf("VXLAN, outer packet in fragments")(difference) && difference.entry === "payloadBytes",
  },
  {
    reason:
      "Data that was lost before the observer and comes later is new to it and fills its gap; tshark guesses by the time that it is a retransmission.",
    matches: (difference) =>
      isOf("TCP loss before the observer")(difference) &&
      /^(retransmitted|outOfOrder)Packets$/.test(difference.entry),
  },
  {
    reason:
      "A SYN that is sent again carries no payload: it counts as another SYN, not as retransmitted data.",
    matches: (difference) =>
      isOf("TCP SYN sent again")(difference) && difference.entry === "retransmittedPackets",
  },
  {
    reason:
      "SCTP's INIT, INIT ACK, SHUTDOWN and ABORT count as SYN, SYN-ACK, FIN and RST; tshark keeps them apart.",
    matches: ({ capture, entry }) => capture === "SCTP" && /^(syn|synAck|fin|rst)Packets$/.test(entry),
  },
];
