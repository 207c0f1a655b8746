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
});

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
  gapBytes: z.number(),
  /** Milliseconds since the Unix epoch, with fraction. */
  firstSeen: z.number(),
  lastSeen: z.number(),
  handshakeUs: z.number().nullable(),
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
