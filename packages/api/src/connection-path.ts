import { z } from "zod";
import { connectionSchema } from "./connection.js";
import { timeRangeQuerySchema, timeRangeSchema } from "./time-range.js";

/** What lies between two neighbouring hops, seen from the direction's sender (docs/design.md, words). */
export const segmentKindSchema = z.enum(["source node", "wire", "destination node"]);

/** Something that is known, with its name for programs and in words. */
export const reasonSchema = z.object({ code: z.string(), text: z.string() });

/** Share of what went in that did not come out, 0 to 1, with its 95 % bound. */
export const lossFigureSchema = z.object({ ratio: z.number(), low: z.number(), high: z.number() });
export type LossFigure = z.output<typeof lossFigureSchema>;

export const segmentLossSchema = z.object({
  /** `single-ended`: told by one hop's sequence numbers alone, a bound from above. */
  basis: z.enum(["both-ends", "single-ended"]),
  /** Of layer-4 payload bytes; null where `why` says why there is none. */
  payload: lossFigureSchema.nullable(),
  /** Of packets without payload. */
  empty: lossFigureSchema.nullable(),
  /** Why a figure is missing. */
  why: z.array(reasonSchema),
  sentPayloadBytes: z.number(),
  /** Below zero where more came out than went in. */
  missingPayloadBytes: z.number(),
  sentEmptyPackets: z.number(),
  missingEmptyPackets: z.number(),
  measuredWindows: z.number().int(),
  leftOutWindows: z.number().int(),
});
export type SegmentLoss = z.output<typeof segmentLossSchema>;

/** Round trips, microseconds; null where none was measured. */
const roundTripSchema = z.object({ handshakeUs: z.number().nullable(), dataUs: z.number().nullable() });

/** A hop in its place along one direction. */
export const pathHopSchema = z.object({
  node: z.string(),
  role: z.string(),
  /** Into the node by this interface, or out of it. */
  crossing: z.enum(["in", "out"]),
  inside: segmentKindSchema,
  /**
   * `silent` is the first that should have seen packets and did not; what is `unreached` lies beyond it. `uncertain`: its windows are
   * incomplete, or a later hop counted what it did not. `waiting`: it may still report. `unwatched`: no agent runs there.
   */
  state: z.enum(["seen", "silent", "unreached", "waiting", "uncertain", "unwatched"]),
  interfaces: z.array(z.string()),
  packets: z.number(),
  bytes: z.number(),
  payloadBytes: z.number(),
  retransmittedBytes: z.number(),
  outOfOrderBytes: z.number(),
  gapBytes: z.number(),
  /** Milliseconds since the Unix epoch by the node's own clock, with fraction. */
  firstSeen: z.number().nullable(),
  lastSeen: z.number().nullable(),
  /** Round trips from here to the direction's receiver and back, microseconds. */
  handshakeUs: z.number().nullable(),
  dataRoundTripUs: z.number().nullable(),
  encapsulation: z.string(),
  outerSource: z.string().nullable(),
  outerDestination: z.string().nullable(),
  vni: z.number().int().nullable(),
});
export type PathHop = z.output<typeof pathHopSchema>;

export const pathSegmentSchema = z.object({
  kind: segmentKindSchema,
  /** Index of the hop before it; null where it begins beyond all agents. */
  from: z.number().int().nullable(),
  /** Index of the hop after it; null where it ends beyond all agents. */
  to: z.number().int().nullable(),
  /** Empty beyond the cluster. */
  fromNode: z.string(),
  toNode: z.string(),
  loss: segmentLossSchema,
  /** What it adds to the round trip. */
  latency: roundTripSchema,
});
export type PathSegment = z.output<typeof pathSegmentSchema>;

export const pathDirectionSchema = z.object({
  hops: z.array(pathHopSchema),
  segments: z.array(pathSegmentSchema),
  /** Round trip from the last hop to the receiver and back: the receiver's own part. */
  receiver: roundTripSchema,
});
export type PathDirection = z.output<typeof pathDirectionSchema>;

/** Where a connection breaks. */
export const brokenPlaceSchema = z.object({
  direction: z.enum(["forward", "reply"]),
  missing: z.enum(["everything", "payload", "everything-since"]),
  /** Index of the last hop that saw it; null where none did. */
  lastSeen: z.number().int().nullable(),
  /** Index of the next that should have; null where the receiver does not answer. */
  firstSilent: z.number().int().nullable(),
  segment: segmentKindSchema.nullable(),
  /** The most telling first. */
  evidence: z.array(reasonSchema),
  /** Where, why as far as is known, and what to do. */
  sentence: z.string(),
});
export type BrokenPlace = z.output<typeof brokenPlaceSchema>;

export const connectionPathQuerySchema = timeRangeQuerySchema;
export const connectionPathSchema = z.object({
  range: timeRangeSchema,
  connection: connectionSchema,
  forward: pathDirectionSchema,
  reply: pathDirectionSchema,
  /** Null where nothing is missing. */
  broken: brokenPlaceSchema.nullable(),
});
export type ConnectionPath = z.output<typeof connectionPathSchema>;
