import { latencyQuerySchema, lossQuerySchema } from "@hopline/api";
import { beforeAll, describe, expect, it } from "vitest";
import { embeddedStore } from "./embedded-store.js";
import {
  completenessRow,
  encodeStoredCompleteness,
  encodeStoredHops,
  hop,
  type StoredHop,
  T0,
} from "./stored-rows.js";

const NOW_MS = (T0 + 90) * 1000;
const store = await embeddedStore({ now: () => NOW_MS });
const RANGE = { from: T0 * 1000, to: (T0 + 60) * 1000 };

/** The four places of a connection from node1 to node2, in order. */
const WAY = [
  { node: "node1", role: "pod", direction: 0, interface: "veth7" },
  { node: "node1", role: "uplink", direction: 1, interface: "eth0", interface_index: 2 },
  { node: "node2", role: "uplink", direction: 0, interface: "eth0", interface_index: 2 },
  { node: "node2", role: "pod", direction: 1, interface: "veth9", interface_index: 9 },
] as const;
const ACROSS = { server_node: "node2" } as const;

/** One row at each place, with what it counted there. */
function across(over: readonly Partial<StoredHop>[], both: Partial<StoredHop> = {}): StoredHop[] {
  return WAY.map((place, index) =>
    hop({ ...ACROSS, ...place, reporter: index === 0 ? 1 : 0, ...both, ...over[index] }),
  );
}

const payload = (...bytes: readonly number[]) =>
  bytes.map((payload_bytes) => ({ payload_bytes, payload_packets: payload_bytes / 1000, packets: 200 }));

beforeAll(async () => {
  const quiet = { payload_bytes: 0, payload_packets: 0, packets: 1, is_reply: 0 };
  await store.insertHops(
    encodeStoredHops([
      // Loses two percent on the wire; its windows' edges cut nothing.
      ...across(payload(100_000, 100_000, 98_000, 98_000)),
      ...across(payload(100_000, 100_000, 98_000, 98_000), { window_start: T0 + 10 }),
      // Loses nothing, and is on its way when the last window of the range ends.
      ...across(payload(400_000, 400_000, 400_000, 400_000), {
        connection_id: 2n,
        client_port: 40_002,
        server_port: 9090,
        window_start: T0 + 50,
        first_seen_us: (T0 + 50) * 1e6 + 6_000_000,
        last_seen_us: (T0 + 60) * 1e6 - 500,
      }),
      // In a window that is not complete at node2, where half of it was not counted.
      ...across(payload(500_000, 500_000, 250_000, 250_000), { window_start: T0 + 30 }),
      // To the outside: what came twice at the uplink was lost beyond it, at most.
      ...WAY.slice(0, 2).map((place, index) =>
        hop({
          ...place,
          connection_id: 3n,
          client_port: 40_003,
          server_address: "203.0.113.10",
          server_kind: "external",
          server_namespace: "",
          server_workload_kind: "",
          server_workload: "203.0.113.10",
          server_pod: "",
          server_node: "",
          payload_bytes: 200_000,
          payload_packets: 200,
          packets: 200,
          retransmitted_bytes: 3000,
          reporter: index === 0 ? 1 : 0,
        }),
      ),
      // Between nodes whose clocks are five seconds apart.
      ...across(
        [0, 0, 5, 5].map((clock, index) => ({
          first_seen_us: (T0 + 1 + clock) * 1e6,
          last_seen_us: (T0 + 9) * 1e6,
          row_flags: 1,
          payload_bytes: index < 2 ? 100_000 : 60_000,
          ...(index < 2 ? { node: "node3" } : { node: "node1" }),
        })),
        { connection_id: 5n, client_port: 40_005, client_node: "node3", server_node: "node1" },
      ),
      // Round trips of a fourth connection: 2 ms are on the wire, 100 µs in each node.
      ...across(
        [2500, 2400, 400, 300].map((handshake_us, index) => ({
          handshake_us,
          data_round_trip_sum_us: [29_000, 27_800, 7_200, 6_000][index] ?? 0,
          data_round_trip_count: 10,
        })),
        { connection_id: 4n, client_port: 40_004, ...quiet },
      ),
    ]),
    "loss/1",
  );
  await store.insertCompleteness(
    encodeStoredCompleteness(
      ["node1", "node2", "node3"].flatMap((node) =>
        [0, 10, 20, 30, 40, 50, 60].map((offset) =>
          completenessRow({
            node,
            window_start: T0 + offset,
            agent_flags: node === "node2" && offset === 30 ? 4 : 0,
          }),
        ),
      ),
    ),
    "loss/2",
  );
});

describe("loss", () => {
  it("is what went in less what came out, over the windows that are complete at both ends", async () => {
    const { cells, series, worst } = await store.lossVolumes(lossQuerySchema.parse(RANGE));
    const told = cells.map((cell) => [
      `${cell.segment} ${cell.sourceNode}>${cell.destinationNode}`,
      cell.basis,
      cell.sentPayloadBytes,
      cell.missingPayloadBytes,
      cell.payloadPackets,
      cell.measuredWindows,
      cell.leftOutWindows,
    ]);
    expect(told).toEqual([
      ["destination node node1>node2", "both-ends", 596_000, 0, 596, 3, 1],
      ["source node node1>node2", "both-ends", 600_000, 0, 600, 3, 1],
      ["wire node1>node2", "both-ends", 600_000, 4000, 600, 3, 1],
      ["source node node1>outside", "both-ends", 200_000, 0, 200, 1, 0],
      ["wire node1>outside", "single-ended", 200_000, 3000, 200, 1, 0],
      ["destination node node3>node1", "both-ends", 60_000, 0, 8, 1, 0],
      ["source node node3>node1", "both-ends", 100_000, 0, 8, 1, 0],
      ["wire node3>node1", "both-ends", 100_000, 40_000, 8, 1, 0],
    ]);
    expect({ series, worst }).toEqual({ series: null, worst: null });
  });

  it("allows for what the edges of a run of windows cut, as the rows tell", async () => {
    const { cells } = await store.lossVolumes(lossQuerySchema.parse(RANGE));
    const edges = Object.fromEntries(
      cells.map((cell) => [`${cell.segment} ${cell.sourceNode}`, cell.edgeBytes]),
    );
    // 400 kB in four seconds, of which the two hops of a node may see the last millisecond differently, two nodes 20 ms.
    expect(edges["destination node node1"]).toBeCloseTo(100, -1);
    expect((await wire()).edgeBytes).toBeCloseTo(2000, -1);
    // Eight seconds of packets, of which five lie before the range by the other clock: more than what is missing.
    expect(edges["wire node3"]).toBeCloseTo(62_500, -1);
  });

  it("is told over time, and by whom", async () => {
    const chosen = { source: "node1", destination: "node2", segment: "wire" };
    const { series, worst } = await store.lossVolumes(lossQuerySchema.parse({ ...RANGE, ...chosen }));
    expect(series?.stepSeconds).toBe(10);
    expect(
      series?.points.map((point) => [
        point.stepStart - T0,
        point.sentPayloadBytes,
        point.missingPayloadBytes,
      ]),
    ).toEqual([
      [0, 100_000, 2000],
      [10, 100_000, 2000],
      [30, 0, 0],
      [50, 400_000, 0],
    ]);
    expect(worst?.edges).toHaveLength(1);
    expect(worst?.edges[0]).toMatchObject({
      client: { name: "web" },
      server: { name: "api" },
      port: 8080,
      protocol: "tcp",
      missingPayloadBytes: 4000,
    });
    expect(
      worst?.connections.map(({ connection, missingPayloadBytes }) => [connection.id, missingPayloadBytes]),
    ).toEqual([["0000000000000001", 4000]]);
  });

  async function wire() {
    const { cells } = await store.lossVolumes(lossQuerySchema.parse(RANGE));
    const cell = cells.find(
      ({ segment, destinationNode }) => segment === "wire" && destinationNode === "node2",
    );
    if (cell === undefined) throw new Error("no wire between the nodes");
    return cell;
  }
});

describe("latency", () => {
  const both = (handshake: number, data: number) => ({
    handshake: { p50: handshake, p95: handshake, p99: handshake, count: 1 },
    data: { p50: data, p95: data, p99: data, count: 10 },
  });

  it("is measured at each hop, and a segment's is the difference of its two", async () => {
    const { cells, hops, overall, edges, series } = await store.latency(latencyQuerySchema.parse(RANGE));
    const nodes = { sourceNode: "node1", destinationNode: "node2" };
    expect(cells).toEqual([
      { ...nodes, segment: "destination node", ...both(100, 120) },
      { ...nodes, segment: "source node", ...both(100, 120) },
      { ...nodes, segment: "wire", ...both(2000, 2060) },
    ]);
    expect(hops).toEqual([
      { ...nodes, place: "destination pod", ...both(300, 600) },
      { ...nodes, place: "destination uplink", ...both(400, 720) },
      { ...nodes, place: "source pod", ...both(2500, 2900) },
      { ...nodes, place: "source uplink", ...both(2400, 2780) },
    ]);
    expect(overall.map(({ segment }) => segment)).toEqual(["source node", "wire", "destination node"]);
    expect({ edges, series }).toEqual({ edges: null, series: null });
  });

  it("is told by edge and over time where one is chosen, and only of connections that fit the filter", async () => {
    const chosen = { ...RANGE, source: "node1", destination: "node2", segment: "wire" };
    const { edges, series } = await store.latency(latencyQuerySchema.parse(chosen));
    expect(edges).toEqual([
      {
        client: { kind: "workload", namespace: "shop", workloadKind: "Deployment", name: "web" },
        server: { kind: "workload", namespace: "shop", workloadKind: "Deployment", name: "api" },
        service: "",
        protocol: "tcp",
        port: 8080,
        connections: 1,
        ...both(2000, 2060),
      },
    ]);
    expect(series).toEqual({ stepSeconds: 10, points: [{ time: T0 * 1000, ...both(2000, 2060) }] });
    const other = await store.latency(latencyQuerySchema.parse({ ...RANGE, port: 9090 }));
    expect(other.cells).toEqual([]);
  });
});
