import { type HopRow, hopBatch } from "./hop-batch-builder.js";
import { type Shop, shop } from "./shop-cluster.js";

/** The connections of {@link shopBatches}, as their summary should tell them. */
export const EXPECTED_SUMMARY = {
  connections: 5,
  sameNode: 1,
  crossNode: 1,
  viaService: 3,
  external: 3,
  edges: 5,
} as const;

interface Way {
  readonly node: string;
  readonly role: string;
  readonly way: "in" | "out";
  readonly attached?: string;
}

/** Rows of one connection at each place that it passes, both directions: 10 packets and 1000 bytes each way at each. */
function rowsOf(connection: Omit<HopRow, "role" | "direction">, ways: readonly Way[]): [string, HopRow][] {
  return ways.flatMap(({ node, role, way, attached }, index) =>
    [false, true].map((isReply): [string, HopRow] => [
      node,
      {
        ...connection,
        ...(attached === undefined ? {} : { attached }),
        role,
        interfaceIndex: index + 1,
        isReply,
        direction: (way === "in") !== isReply ? 0 : 1,
        packets: 10,
        bytes: 1000,
        synPackets: isReply ? 0 : 1,
        synAckPackets: isReply ? 1 : 0,
      },
    ]),
  );
}

/**
 * What the agents of a shop's two nodes saw in a window: client to web by its Service on one node, client to api across
 * nodes by its Service, outside to api by the first node's NodePort, client to outside, outside to the second node
 * itself. Each row with the node that reports it.
 */
export function shopRows(
  windowStart: number,
  { number, node1, node2, pods, nodes, services, nodePort }: Shop = shop(),
) {
  const at = (node: string, role: string, way: "in" | "out", attached?: string): Way =>
    attached === undefined ? { node, role, way } : { node, role, way, attached };
  const id = (low: bigint) => (BigInt(number) << 32n) + low;
  const client = `${pods}.1.5`;
  const web = `${pods}.1.6`;
  const api = `${pods}.2.7`;
  const across = { connectionId: id(0x22n), windowStart, client: `${client}:40001`, server: `${api}:8080` };
  const byNodePort = {
    connectionId: id(0x33n),
    windowStart,
    client: `${nodes}.1:61000`,
    server: `${api}:8080`,
  };
  return [
    ...rowsOf(
      {
        connectionId: id(0x11n),
        windowStart,
        client: `${client}:40000`,
        server: `${web}:80`,
        originalServer: `${services}.10:80`,
        translation: "dnat",
      },
      [at(node1, "pod", "in", client), at(node1, "bridge", "in"), at(node1, "pod", "out", web)],
    ),
    ...rowsOf({ ...across, originalServer: `${services}.20:8080`, translation: "dnat" }, [
      at(node1, "pod", "in", client),
      at(node1, "uplink", "out"),
    ]),
    ...rowsOf(across, [at(node2, "uplink", "in"), at(node2, "pod", "out", api)]),
    ...rowsOf(
      {
        ...byNodePort,
        originalClient: "203.0.113.50:5000",
        originalServer: `${nodes}.1:${nodePort}`,
        translation: "dnat+snat",
      },
      [at(node1, "uplink", "in"), at(node1, "uplink", "out")],
    ),
    ...rowsOf(byNodePort, [at(node2, "uplink", "in"), at(node2, "pod", "out", api)]),
    ...rowsOf(
      {
        connectionId: id(0x44n),
        windowStart,
        client: `${nodes}.1:62000`,
        server: "198.51.100.9:443",
        originalClient: `${client}:40002`,
        translation: "snat",
      },
      [at(node1, "pod", "in", client), at(node1, "uplink", "out")],
    ),
    ...rowsOf(
      { connectionId: id(0x55n), windowStart, client: "203.0.113.60:7000", server: `${nodes}.2:22` },
      [at(node2, "uplink", "in")],
    ),
  ];
}

/** One batch of each node. */
export function shopBatches(windowStart: number, sequence = 1): Uint8Array<ArrayBuffer>[] {
  const rows = shopRows(windowStart);
  return ["node1", "node2"].map((node) =>
    hopBatch(
      { node, sequence },
      rows.filter(([owner]) => owner === node).map(([, row]) => row),
    ),
  );
}
