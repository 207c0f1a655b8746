import { z } from "zod";

/** Of each list at most so many are sent; `cut` says that there were more. */
export const MOST_STATE_ENTRIES = 20_000;

export const interfaceStateSchema = z.object({
  name: z.string(),
  /** veth, bridge, vxlan, …; empty for a physical device. */
  kind: z.string(),
  /** `pod`, `bridge`, `tunnel`, `uplink`, `host` or `unknown`. */
  role: z.string(),
  /** Bytes of layer 3. */
  mtu: z.number(),
  up: z.boolean(),
  /** The node's own addresses on it, without prefix length. */
  addresses: z.array(z.string()),
  /** A tunnel device whose forwarding entries do not say where its packets go: it has one remote end, or each packet says it. */
  isPointed: z.boolean(),
  /** Frames since it was made; what a device counts as dropped is not always lost to anybody. */
  receiveDropped: z.number(),
  sendDropped: z.number(),
  receiveErrors: z.number(),
  sendErrors: z.number(),
});

export const routeStateSchema = z.object({
  table: z.string(),
  /** `unicast`, `local`, `blackhole`, `unreachable`, `prohibit`, `throw`, … */
  type: z.string(),
  /** With a prefix length, also for a single address and for the default route. */
  destination: z.string(),
  /** Several where the kernel chooses among them. */
  nextHops: z.array(z.object({ device: z.string(), gateway: z.string().nullable() })),
  metric: z.number(),
  /** Where the route sets one below its device's. */
  mtu: z.number().nullable(),
});

export const ruleStateSchema = z.object({
  /** `ipv4` or `ipv6`. */
  family: z.enum(["ipv4", "ipv6"]),
  priority: z.number(),
  table: z.string(),
  /** False where it holds for some packets only: by mark, source, interface, … */
  isForAll: z.boolean(),
});

export const neighbourStateSchema = z.object({
  address: z.string(),
  device: z.string(),
  mac: z.string().nullable(),
  /** `usable` stands for all states in which packets go out at once. */
  state: z.enum(["permanent", "usable", "incomplete", "failed"]),
});

export const forwardingStateSchema = z.object({
  device: z.string(),
  mac: z.string(),
  /** The tunnel's other end. */
  remote: z.string(),
});

const conntrackStateSchema = z.object({
  entries: z.number(),
  /** 0: no limit. */
  limit: z.number(),
  /** Since the namespace was made. */
  dropped: z.number(),
  earlyDropped: z.number(),
  insertFailed: z.number(),
});

/** How a node's kernel is set to forward packets at one time, as far as it tells why some do not come through. */
export const nodeStateSchema = z.object({
  version: z.literal(1),
  interfaces: z.array(interfaceStateSchema),
  routes: z.array(routeStateSchema),
  rules: z.array(ruleStateSchema),
  neighbours: z.array(neighbourStateSchema),
  /** Of tunnel devices. */
  forwarding: z.array(forwardingStateSchema),
  /** Null where the kernel does not tell. */
  conntrack: conntrackStateSchema.nullable(),
  /** A list was cut short: that something is not in it means nothing. */
  cut: z.boolean(),
});
export type NodeState = z.output<typeof nodeStateSchema>;
