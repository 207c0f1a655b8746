import { z } from "zod";
import type { FaultReading, Tally } from "./planned-fault.js";

/** Random numbers are drawn below this: the finest probability is one in a million. */
const DRAWS = 1_000_000;
const OUTER_BYTES = 20 + 8 + 8 + 14;
const IPV4_HEADER_BYTES = 20;
const UDP_HEADER_BYTES = 8;
/** TCP's header length in 32-bit words (RFC 9293, section 3.1: data offset). */
const TCP_WORDS = Array.from({ length: 11 }, (_, index) => index + 5);

/** Where a drop rule sits, and what it sees. */
export interface DropRule {
  readonly family: "netdev" | "ip";
  readonly table: string;
  /** As nftables writes it, e.g. `ingress device "node1" priority -300`. */
  readonly hook: string;
  /** Bytes in front of the IPv4 header that the hook counts with the packet: an egress hook counts Ethernet's 14. */
  readonly linkHeaderBytes: number;
  /** What it is about, as one nftables expression. */
  readonly match: string;
  /** Up to 1. */
  readonly probability: number;
  /** UDP port of VXLAN where the hook sees outer packets; undefined where it sees pods' own. */
  readonly vxlanPort: number | undefined;
}

/** A way in which a packet carries a segment or a datagram: nftables' condition, and bytes before layer 4. */
interface Shape {
  readonly id: string;
  readonly protocol: "tcp" | "udp";
  readonly condition: string;
  readonly layer4Offset: number;
}

/**
 * An nftables table that drops packets at random. It counts what it is about and what it drops, each again by length
 * of headers: nftables counts no payload, but with as many counters as there are TCP header lengths, payload is
 * bytes less packets times headers.
 */
export function dropTable(rule: DropRule): string {
  const share = Math.round(rule.probability * DRAWS);
  return [
    `table ${rule.family} ${rule.table} {`,
    ...["matched", "dropped"].flatMap((stage) =>
      counterNames(rule, stage).map((name) => `  counter ${name} {}`),
    ),
    "  chain toss {",
    ...countLines(rule, "matched"),
    ...(share === DRAWS ? [] : [`    numgen random mod ${DRAWS} >= ${share} accept`]),
    ...countLines(rule, "dropped"),
    "    drop",
    "  }",
    "  chain site {",
    `    type filter hook ${rule.hook}; policy accept;`,
    `    ${rule.match} jump toss`,
    "  }",
    "}",
    "",
  ].join("\n");
}

const countersSchema = z.object({
  nftables: z.array(
    z.looseObject({
      counter: z.looseObject({ name: z.string(), packets: z.int(), bytes: z.int() }).optional(),
    }),
  ),
});

/** Reads what `nft -j list counters table …` says of a {@link dropTable}. */
export function readDrops(rule: DropRule, json: string): FaultReading {
  const counters = new Map(
    countersSchema
      .parse(JSON.parse(json))
      .nftables.flatMap(({ counter }) => (counter === undefined ? [] : [[counter.name, counter] as const])),
  );
  const tally = (stage: string): Tally => {
    const { packets, bytes } = counters.get(stage) ?? { packets: 0, bytes: 0 };
    let payloadBytes = 0;
    for (const shape of shapesOf(rule)) {
      for (const [name, headerBytes] of shapeCounters(shape, stage)) {
        const counter = counters.get(name);
        if (counter === undefined) continue;
        payloadBytes +=
          counter.bytes - counter.packets * (rule.linkHeaderBytes + shape.layer4Offset + headerBytes);
      }
    }
    return { packets, bytes: bytes - packets * rule.linkHeaderBytes, payloadBytes };
  };
  return { type: "drops", matched: tally("matched"), dropped: tally("dropped") };
}

function counterNames(rule: DropRule, stage: string): string[] {
  const shaped = shapesOf(rule).flatMap((shape) => [...shapeCounters(shape, stage).keys()]);
  return [stage, ...shaped];
}

/** Names of a shape's counters, with the bytes of the layer-4 header that each stands for. */
function shapeCounters(shape: Shape, stage: string): Map<string, number> {
  const name = `${stage}_${shape.id}`;
  if (shape.protocol === "udp") return new Map([[name, UDP_HEADER_BYTES]]);
  return new Map(TCP_WORDS.map((words) => [`${name}_${words}`, words * 4]));
}

function countLines(rule: DropRule, stage: string): string[] {
  return [
    `    counter name "${stage}"`,
    ...shapesOf(rule).map((shape) => {
      const name = `${stage}_${shape.id}`;
      if (shape.protocol === "udp") return `    ${shape.condition} counter name "${name}"`;
      const words = `@nh,${(shape.layer4Offset + 12) * 8},4`;
      const map = TCP_WORDS.map((count) => `${count} : "${name}_${count}"`).join(", ");
      return `    ${shape.condition} counter name ${words} map { ${map} }`;
    }),
  ];
}

/** IPv4 headers without options (0x45) only: nothing in the lab sends others. */
function shapesOf({ vxlanPort }: DropRule): Shape[] {
  const plain = "@nh,0,8 0x45 ip protocol";
  const shapes: Shape[] = [
    { id: "tcp", protocol: "tcp", condition: `${plain} tcp`, layer4Offset: IPV4_HEADER_BYTES },
    {
      id: "udp",
      protocol: "udp",
      condition: `${plain} udp${vxlanPort === undefined ? "" : ` udp dport != ${vxlanPort}`}`,
      layer4Offset: IPV4_HEADER_BYTES,
    },
  ];
  if (vxlanPort === undefined) return shapes;
  const innerProtocol = `@nh,${(OUTER_BYTES + 9) * 8},8`;
  const inner = `${plain} udp udp dport ${vxlanPort} @nh,${OUTER_BYTES * 8},8 0x45 ${innerProtocol}`;
  const layer4Offset = OUTER_BYTES + IPV4_HEADER_BYTES;
  return [
    ...shapes,
    { id: "vxlan_tcp", protocol: "tcp", condition: `${inner} 6`, layer4Offset },
    { id: "vxlan_udp", protocol: "udp", condition: `${inner} 17`, layer4Offset },
  ];
}
