import { z } from "zod";
import { entitySchema } from "./entity.js";
import { timeMsSchema, timeRangeQuerySchema, timeRangeSchema } from "./time-range.js";

/** The 64-bit connection id as 16 hexadecimal digits. */
export const connectionIdSchema = z
  .string()
  .regex(/^[0-9a-f]{16}$/, "it is no connection id of 16 hexadecimal digits");

export const protocolSchema = z.enum(["tcp", "udp", "icmp", "icmpv6", "sctp", "other"]);

/** What policy says (docs/design.md, words). */
export const verdictSchema = z.enum(["allowed", "denied", "undetermined"]);

/** A policy that decided, in the version that it had then (packages/policy, PolicyRecord). */
export const policyRecordSchema = z.object({
  kind: z.enum(["NetworkPolicy", "AdminNetworkPolicy", "BaselineAdminNetworkPolicy", "ClusterNetworkPolicy"]),
  /** Empty for the kinds that belong to no namespace. */
  namespace: z.string(),
  name: z.string(),
  /** The first 8 hexadecimal digits of the SHA-256 of its spec; empty where that is not known. */
  version: z.string(),
  /** From 0, in the policy's list of this direction. */
  rule: z.int().min(0).optional(),
  /** From 0, in the rule's `from` or `to`. */
  peer: z.int().min(0).optional(),
  ruleName: z.string().optional(),
});

/** What decided for one direction. */
export const directionRecordSchema = z.object({
  verdict: verdictSchema,
  by: z.enum(["exemption", "no-policy", "default-deny", "rule", "doubt"]),
  exemption: z.string().optional(),
  tier: z.enum(["admin", "networkPolicy", "baseline"]).optional(),
  action: z.string().optional(),
  /** Of a default deny, those that isolate the pod; of a rule, its policy; of a doubt, all that could decide. */
  policies: z.array(policyRecordSchema),
});

/** Why a verdict is what it is (packages/policy, VerdictRecord). */
export const verdictRecordSchema = z.object({
  /** Why it is `undetermined`, in a word. */
  doubt: z.string().nullable(),
  egress: directionRecordSchema,
  ingress: directionRecordSchema,
});
export type VerdictRecord = z.output<typeof verdictRecordSchema>;

/** What was seen. */
export const outcomeSchema = z.enum(["delivered", "refused", "dropped", "unanswered", "unknown"]);

/** Whether what policy says and what happened agree. */
export const conformanceSchema = z.enum([
  /** Allowed, and delivered or refused by the receiver itself. */
  "allowed",
  /** Denied, and somebody says that it was dropped. */
  "denied-observed",
  /** Denied; the client's pod sent, and nothing came to the server's while its node's agent captured. */
  "denied-inferred",
  /** Denied, and delivered or at least seen at the server's pod: nobody enforces the policy. */
  "unenforced",
  /** Allowed, and dropped or unanswered. */
  "undelivered",
  "undetermined",
]);
export type Conformance = z.output<typeof conformanceSchema>;

/** Where the two ends of a connection are. */
export const scopeSchema = z.enum(["same-node", "cross-node", "external", "unknown"]);

/** One end of a connection. */
export const endSchema = z.object({
  entity: entitySchema,
  /** Textual IP address. */
  address: z.string(),
  /** Of ICMP: the echo identifier at both ends, or 0 at the client and type << 8 | code at the server. */
  port: z.number().int(),
  /** Pod name, empty where the end is no pod. */
  pod: z.string(),
  /** Node on which the end lives, empty where not known. */
  node: z.string(),
});
export type End = z.output<typeof endSchema>;

/** One direction's counters, as the connection's reporting hop counted them. */
export const flowCountersSchema = z.object({
  packets: z.number(),
  /** Layer-3 bytes. */
  bytes: z.number(),
  /** Layer-4 payload bytes. */
  payloadBytes: z.number(),
  retransmittedBytes: z.number(),
  /** Payload bytes that came late and filled a gap. */
  outOfOrderBytes: z.number(),
});

/** An ICMP error that quoted a packet of a connection (RFC 792, RFC 4443). */
export const icmpErrorSchema = z.object({
  /** Who sent it, as text: ICMP where it is an IPv4 address, ICMPv6 where not. */
  source: z.string(),
  type: z.number().int(),
  code: z.number().int(),
  /** Next-hop MTU of "fragmentation needed" and "packet too big", where it was said. */
  mtu: z.number().int().nullable(),
});
export type IcmpError = z.output<typeof icmpErrorSchema>;

/** A connection over the time asked for. */
export const connectionSchema = z.object({
  id: connectionIdSchema,
  protocol: protocolSchema,
  client: endSchema,
  server: endSchema,
  /** The Service through which the client came, where it dialled one. */
  service: z
    .object({
      namespace: z.string(),
      name: z.string(),
      portName: z.string(),
      address: z.string(),
      port: z.number().int(),
    })
    .nullable(),
  /** `none`, `dnat`, `snat`, `dnat+snat`, `untracked`. */
  translation: z.string(),
  scope: scopeSchema,
  firstSeen: timeMsSchema,
  lastSeen: timeMsSchema,
  forward: flowCountersSchema,
  reply: flowCountersSchema,
  /** Round trip of the TCP handshake at the hop nearest to the client, microseconds. */
  handshakeUs: z.number().nullable(),
  /** The last ICMP error about one of its packets, either direction. */
  icmpError: icmpErrorSchema.nullable(),
  /** The first that was given, as policy was when the connection began. */
  verdict: verdictSchema,
  /** Null where nothing was judged. */
  verdictBy: verdictRecordSchema.nullable(),
  /** Policy changed while it ran: it was allowed at one time and denied at another. */
  verdictChanged: z.boolean(),
  outcome: outcomeSchema,
  conformance: conformanceSchema,
  /** How many observation points saw it. */
  hops: z.number().int(),
});
export type Connection = z.output<typeof connectionSchema>;

/**
 * Whether the reporting hop's counters of a direction are there. The node at the other end may tell of it first, by a second
 * or so: until then nothing is known of packets and bytes, nor, of the client's, of the Service that it dialled.
 */
export function isCounted(
  connection: Pick<Connection, "forward" | "reply" | "hops" | "outcome">,
  direction: "forward" | "reply",
): boolean {
  const { forward, reply, hops, outcome } = connection;
  if (connection[direction].packets > 0 || hops === 0) return true;
  // What is delivered was seen both ways by some hop; of what is not, one way may be all there was.
  return outcome !== "delivered" && forward.packets + reply.packets > 0;
}

/** What one observation point counted for one direction: a row of the hop ledger. */
export const hopSchema = z.object({
  node: z.string(),
  interface: z.string(),
  role: z.string(),
  direction: z.enum(["ingress", "egress", "unknown"]),
  isReply: z.boolean(),
  packets: z.number(),
  bytes: z.number(),
  payloadBytes: z.number(),
  payloadPackets: z.number(),
  retransmittedBytes: z.number(),
  outOfOrderBytes: z.number(),
  outOfOrderPackets: z.number(),
  gapBytes: z.number(),
  /** Milliseconds since the Unix epoch, with fraction. */
  firstSeen: z.number(),
  lastSeen: z.number(),
  handshakeUs: z.number().nullable(),
  /** Mean round trip from data segments and their ACKs, microseconds. */
  dataRoundTripUs: z.number().nullable(),
  dataRoundTrips: z.number(),
  /** How many of them were told by the timestamp option (RFC 7323). */
  timestampRoundTrips: z.number(),
  /** GSO and GRO super-frames among the packets, and the segments that they stand for. */
  superFrames: z.number(),
  superFrameSegments: z.number(),
  /** Packets that were IP fragments. */
  fragments: z.number(),
  /** ICMP errors that quoted these packets, and the last of them. */
  icmpErrors: z.number(),
  icmpError: icmpErrorSchema.nullable(),
  /** TCP options seen: `mss`, `window-scale`, `sack-permitted`, `sack`, `timestamps`. */
  tcpOptions: z.array(z.string()),
  /** What this direction's SYN announced. */
  maximumSegmentSize: z.number().int().nullable(),
  windowScale: z.number().int().nullable(),
  /** What this direction did towards the end: `fin` sent the first FIN, `rst` reset the open connection. */
  closing: z.enum(["none", "fin", "rst"]),
  /** Sampling left packets out: the counters are a lower bound. */
  sampled: z.boolean(),
  /** `none`, `vxlan`, `geneve`, `wireguard`, … */
  encapsulation: z.string(),
  outerSource: z.string().nullable(),
  outerDestination: z.string().nullable(),
  vni: z.number().int().nullable(),
});
export type Hop = z.output<typeof hopSchema>;

export const connectionDetailQuerySchema = timeRangeQuerySchema;
export const connectionDetailSchema = z.object({
  range: timeRangeSchema,
  connection: connectionSchema,
  hops: z.array(hopSchema),
});
export type ConnectionDetail = z.output<typeof connectionDetailSchema>;
