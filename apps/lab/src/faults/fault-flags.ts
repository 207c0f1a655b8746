import { readSettings, type SettingSource } from "@hopline/process";
import { z } from "zod";
import { FAULT_SCHEMAS, type FaultKind } from "./fault-request.js";

/** How one kind of fault is written on the command line. */
interface FaultFlags {
  readonly about: string;
  /** By the field of the kind's schema. */
  readonly sources: Readonly<Record<string, SettingSource>>;
}

const NODE = { flag: "node", about: "the node, such as node1" } as const;
const PEER = { flag: "peer", about: "the node at the other end" } as const;
const PROBABILITY = { flag: "probability", about: "share of packets, above 0 up to 1" } as const;
const RANGE = "NAMESPACE/POD, a node (its pods), an IPv4 address or range";

export const FAULT_FLAGS: Readonly<Record<FaultKind, FaultFlags>> = {
  "drop-uplink": {
    about: "loses packets at random on the wire of one node's uplink",
    sources: {
      node: NODE,
      direction: { flag: "direction", about: "out: what the node sends; in: what it gets (out)" },
      probability: PROBABILITY,
      traffic: { flag: "traffic", about: "vxlan, or any: every IPv4 packet (vxlan)" },
      peer: { flag: "peer", about: "only to (from) this node" },
    },
  },
  "drop-pod": {
    about: "loses packets at random at the node's end of one pod's veth",
    sources: {
      pod: { flag: "pod", about: "the pod, as NAMESPACE/POD" },
      direction: { flag: "direction", about: "out: what the pod sends; in: what it should get (in)" },
      probability: PROBABILITY,
    },
  },
  "drop-forward": {
    about: "loses packets at random where a node forwards (FORWARD)",
    sources: {
      node: NODE,
      probability: PROBABILITY,
      source: { flag: "source", about: `only from: ${RANGE}` },
      destination: { flag: "destination", about: `only to: ${RANGE}` },
    },
  },
  route: {
    about: "makes a node's route a wrong one",
    sources: {
      node: NODE,
      to: { flag: "to", about: `where to: ${RANGE}` },
      type: { flag: "type", about: "blackhole, unreachable, prohibit or missing (blackhole)" },
    },
  },
  mtu: {
    about:
      "lowers the MTU of a node's tunnel or uplink, so that large packets that must not be fragmented die",
    sources: {
      node: NODE,
      interface: {
        flag: "interface",
        about: "tunnel or uplink; the uplink's error never reaches pods (tunnel)",
      },
      mtu: { flag: "mtu", about: "bytes, from 576 up to below the usual" },
      silent: { flag: "silent", boolean: true, about: "keeps the ICMP error back, too" },
    },
  },
  fdb: { about: "removes a VXLAN peer's forwarding entry on a node", sources: { node: NODE, peer: PEER } },
  neighbour: { about: "removes a VXLAN peer as a node's neighbour", sources: { node: NODE, peer: PEER } },
  delay: {
    about: "slows the wire of one node's uplink by a token bucket",
    sources: {
      node: NODE,
      direction: { flag: "direction", about: "out: what the node sends; in: what it gets (out)" },
      rateKbit: { flag: "rate-kbit", about: "rate, in kbit/s" },
      burstBytes: { flag: "burst-bytes", about: "the bucket's size, in bytes (3200)" },
      queueMs: {
        flag: "queue-ms",
        about: "longest wait, in milliseconds; what would wait longer is lost (500)",
      },
    },
  },
  "conntrack-full": {
    about: "fills a node's conntrack table, so that no new connection passes",
    sources: { node: NODE },
  },
  pause: {
    about: "stops a process, such as an agent, until the fault is taken back",
    sources: { pid: { flag: "pid", about: "process id" } },
  },
  "enforcement-off": {
    about: "empties the rules of network policies",
    sources: { node: { flag: "node", about: "on this node only" } },
  },
};

/** True for the name of a kind of fault. */
export function isFaultKind(text: string): text is FaultKind {
  return Object.hasOwn(FAULT_SCHEMAS, text);
}

export interface FaultCommandLine {
  readonly command: string;
  readonly kind: FaultKind;
  readonly argv: readonly string[];
  /** Flags that are no matter of the fault. */
  readonly others: {
    readonly schema: z.ZodRawShape;
    readonly sources: Readonly<Record<string, SettingSource>>;
  };
}

/**
 * Reads the flags of one kind of fault, checked; fields of the fault and of `others` in one object.
 * @throws Fault `SETTINGS_INVALID`
 */
export function readFaultFlags(line: FaultCommandLine) {
  const { about, sources } = FAULT_FLAGS[line.kind];
  return readSettings({
    command: line.command,
    about: `${about}.`,
    schema: z.object({ ...FAULT_SCHEMAS[line.kind].shape, ...line.others.schema }),
    sources: { ...sources, ...line.others.sources },
    argv: line.argv,
    env: process.env,
  });
}
