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
/** What was seen. */
export const outcomeSchema = z.enum(["delivered", "refused", "dropped", "unanswered", "unknown"]);

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
  verdict: verdictSchema,
  outcome: outcomeSchema,
  /** How many observation points saw it. */
  hops: z.number().int(),
});
export type Connection = z.output<typeof connectionSchema>;

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
