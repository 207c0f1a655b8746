import { z } from "zod";

const node = z.string("name a node, such as node1").min(1, "name a node, such as node1");
const peer = z.string("name the other node, such as node2").min(1, "name the other node, such as node2");
const direction = z.enum(["out", "in"], "take out (what it sends) or in (what it gets)");
const PROBABILITY = "take a number from 0.000001 to 1";
const probability = z.coerce.number(PROBABILITY).min(1e-6, PROBABILITY).max(1, PROBABILITY);
const range = z.string().min(1, "take NAMESPACE/POD, a node's name, an IPv4 address or a range");

/** A whole number of something; text is taken for a number. */
function between(min: number, max: number, unit: string) {
  const message = `take ${unit} from ${min} to ${max}, a whole number`;
  return z.coerce.number(message).int(message).min(min, message).max(max, message);
}

/** What each kind of fault takes. Numbers may come as text, from a command line. */
export const FAULT_SCHEMAS = {
  "drop-uplink": z.object({
    node,
    direction: direction.default("out"),
    probability,
    traffic: z.enum(["vxlan", "any"], "take vxlan or any").default("vxlan"),
    peer: peer.optional(),
  }),
  "drop-pod": z.object({
    pod: z.string("name a pod as NAMESPACE/POD"),
    direction: direction.default("in"),
    probability,
  }),
  "drop-forward": z.object({ node, probability, source: range.optional(), destination: range.optional() }),
  route: z.object({
    node,
    to: range,
    type: z
      .enum(
        ["blackhole", "unreachable", "prohibit", "missing"],
        "take blackhole, unreachable, prohibit or missing",
      )
      .default("blackhole"),
  }),
  mtu: z.object({
    node,
    interface: z.enum(["tunnel", "uplink"], "take tunnel or uplink").default("tunnel"),
    mtu: between(576, 1499, "bytes"),
    silent: z.boolean().default(false),
  }),
  fdb: z.object({ node, peer }),
  neighbour: z.object({ node, peer }),
  delay: z.object({
    node,
    direction: direction.default("out"),
    rateKbit: between(8, 10_000_000, "kbit/s"),
    // A bucket smaller than a frame would let nothing through.
    burstBytes: between(1600, 100_000_000, "bytes").default(3200),
    queueMs: between(1, 60_000, "milliseconds").default(500),
  }),
  "conntrack-full": z.object({ node }),
  pause: z.object({ pid: z.coerce.number("take a process id").int().min(2, "take a process id above 1") }),
  "enforcement-off": z.object({ node: node.optional() }),
} as const;

export type FaultKind = keyof typeof FAULT_SCHEMAS;

/** What one kind of fault is told. */
export type FaultSettings<Kind extends FaultKind> = z.output<(typeof FAULT_SCHEMAS)[Kind]>;

/** A fault that the lab is asked for: its kind, and what that kind takes. */
export const faultRequestSchema = z.discriminatedUnion("kind", [
  FAULT_SCHEMAS["drop-uplink"].extend({ kind: z.literal("drop-uplink") }),
  FAULT_SCHEMAS["drop-pod"].extend({ kind: z.literal("drop-pod") }),
  FAULT_SCHEMAS["drop-forward"].extend({ kind: z.literal("drop-forward") }),
  FAULT_SCHEMAS.route.extend({ kind: z.literal("route") }),
  FAULT_SCHEMAS.mtu.extend({ kind: z.literal("mtu") }),
  FAULT_SCHEMAS.fdb.extend({ kind: z.literal("fdb") }),
  FAULT_SCHEMAS.neighbour.extend({ kind: z.literal("neighbour") }),
  FAULT_SCHEMAS.delay.extend({ kind: z.literal("delay") }),
  FAULT_SCHEMAS["conntrack-full"].extend({ kind: z.literal("conntrack-full") }),
  FAULT_SCHEMAS.pause.extend({ kind: z.literal("pause") }),
  FAULT_SCHEMAS["enforcement-off"].extend({ kind: z.literal("enforcement-off") }),
]);

export type FaultRequest = z.output<typeof faultRequestSchema>;
/** As a caller writes it: what has a default may be left out. */
export type FaultRequestInput = z.input<typeof faultRequestSchema>;
