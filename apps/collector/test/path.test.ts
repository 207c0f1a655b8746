import {
  connectionPathSchema,
  flowsAnswerSchema,
  latencyAnswerSchema,
  lossAnswerSchema,
  PATHS,
} from "@hopline/api";
import { encodeCompleteness } from "@hopline/batch";
import { beforeAll, describe, expect, it } from "vitest";
import { type HopRow, hopBatch } from "./hop-batch-builder.js";
import { type RunningCollector, runCollector } from "./running-collector.js";
import { shop } from "./shop-cluster.js";

/** Two minutes ago: settled. */
const WINDOW = Math.floor(Date.now() / 10_000) * 10 - 120;
const { node1, node2, pods } = shop();
const PACKETS = 1000;
const PACKET_BYTES = 1040;

const windowOf = (index: number) => WINDOW + index * 10;
/** Far from the window's edges. */
const middleUs = (index: number) => (windowOf(index) + 5) * 1e6;

const CONNECTION = {
  connectionId: 0xa1n,
  client: `${pods}.1.5:40001`,
  server: `${pods}.2.7:8080`,
} as const;

/** One connection from client to api: the wire loses one in a hundred, and node2's ring drops frames in window 2. */
function rows(index: number): readonly [string, HopRow][] {
  const at = (node: string, role: string, direction: 0 | 1, packets: number): [string, HopRow] => [
    node,
    {
      ...CONNECTION,
      windowStart: windowOf(index),
      role,
      direction,
      interfaceIndex: role === "pod" ? 1 : 2,
      packets,
      bytes: packets * PACKET_BYTES,
      firstSeenUs: middleUs(index),
      synPackets: index === 0 ? 1 : 0,
    },
  ];
  const came = index === 2 ? PACKETS / 2 : PACKETS * 0.99;
  return [
    at(node1, "pod", 0, PACKETS),
    at(node1, "uplink", 1, PACKETS),
    at(node2, "uplink", 0, came),
    at(node2, "pod", 1, came),
  ];
}

/** SYNs that leave the client's node and come nowhere. */
const LOST: readonly HopRow[] = (["pod", "uplink"] as const).map((role) => ({
  connectionId: 0xa2n,
  client: `${pods}.1.5:40002`,
  server: `${pods}.2.7:9090`,
  windowStart: WINDOW,
  role,
  direction: role === "pod" ? 0 : 1,
  interfaceIndex: role === "pod" ? 1 : 2,
  packets: 4,
  bytes: 160,
  synPackets: 4,
  firstSeenUs: middleUs(0),
}));

function completeness(node: string, sequence: number) {
  const indexes = [-1, 0, 1, 2, 3, 4, 5, 6];
  const zeros = () => new Float64Array(indexes.length);
  return encodeCompleteness(
    { node, bootId: "00000000deadbeef", sequence, agentVersion: "0.1.0" },
    {
      count: indexes.length,
      window_start: Uint32Array.from(indexes, windowOf),
      seen_frames: zeros(),
      counted_frames: zeros(),
      uncounted: { values: [""], indexes: new Uint16Array(indexes.length) },
      dropped_frames: Float64Array.from(indexes, (index) => (node === node2 && index === 2 ? 7 : 0)),
      conntrack_lost: zeros(),
      active_flows: new Uint32Array(indexes.length),
      evicted_flows: zeros(),
      interfaces: new Uint32Array(indexes.length),
      sampling: new Uint32Array(indexes.length).fill(1),
      agent_flags: new Uint8Array(indexes.length),
    },
  );
}

describe("the path of a connection", () => {
  let collector: RunningCollector;

  beforeAll(async () => {
    collector = await runCollector(["--name-wait", "1000"]);
    const all = [0, 1, 2, 3, 4, 5].flatMap(rows);
    const of = (node: string) => all.flatMap(([at, row]) => (at === node ? [row] : []));
    for (const batch of [
      hopBatch({ node: node2, sequence: 1 }, of(node2)),
      hopBatch({ node: node1, sequence: 1 }, [...of(node1), ...LOST]),
      completeness(node1, 2),
      completeness(node2, 2),
      completeness(node2, 2),
    ]) {
      expect((await collector.send(new Uint8Array(batch))).status).toBe(200);
    }
  }, 60_000);

  it("loses on the wire what was lost there, and leaves out the windows that a ring cut short", async () => {
    const path = await collector.ask(connectionPathSchema, `${PATHS.path}/00000000000000a1`);
    expect(
      path.forward.hops.map(({ node, role, crossing, state }) => `${node} ${role} ${crossing} ${state}`),
    ).toEqual([
      `${node1} pod in seen`,
      `${node1} uplink out seen`,
      `${node2} uplink in seen`,
      `${node2} pod out seen`,
    ]);
    expect(
      path.forward.segments.map(({ kind, loss }) => [
        kind,
        loss.payload?.ratio,
        loss.measuredWindows,
        loss.leftOutWindows,
      ]),
    ).toEqual([
      ["source node", 0, 6, 0],
      ["wire", 0.01, 3, 3],
      ["destination node", 0, 3, 3],
    ]);
    const [, wire] = path.forward.segments;
    expect(wire?.loss.sentPayloadBytes).toBe(3 * PACKETS * 1000);
    expect(wire?.loss.payload?.low).toBeGreaterThan(0.006);
    expect(wire?.loss.payload?.high).toBeLessThan(0.015);
  });

  it("names the first silent hop of a connection that comes nowhere", async () => {
    const path = await collector.ask(connectionPathSchema, `${PATHS.path}/00000000000000a2`);
    expect(path.broken).toMatchObject({ direction: "forward", lastSeen: 1, firstSilent: 2, segment: "wire" });
    expect(path.broken?.sentence).toContain(
      `pass uplink2 on ${node1} (4 packets) and never reach the uplink on ${node2}: they are lost on the wire from ${node1} to ${node2}.`,
    );
    expect(path.broken?.evidence).toEqual([
      {
        code: "conntrack-unreplied",
        text: `${node1}'s conntrack has it, unreplied: its rules let it through, and nothing came back to it.`,
      },
      { code: "unanswered-syn", text: "4 SYNs went unanswered." },
    ]);
  });

  it("says that it does not know a connection", async () => {
    const answer = await collector.get(`${PATHS.path}/00000000000000ff`);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ code: "NOT_FOUND" });
  });

  it("gives loss by node pair and segment, and over time for one of them", async () => {
    const { connections } = await collector.ask(flowsAnswerSchema, PATHS.flows);
    expect(connections).toHaveLength(2);
    const query = `source=${node1}&destination=${node2}&segment=wire`;
    const { cells, series, worst } = await collector.ask(lossAnswerSchema, `${PATHS.loss}?${query}`);
    const pairs = cells.map(
      ({ sourceNode, destinationNode, segment, payload, measuredWindows, leftOutWindows }) => [
        `${sourceNode} > ${destinationNode}: ${segment}`,
        payload?.ratio,
        measuredWindows,
        leftOutWindows,
      ],
    );
    expect(pairs).toEqual([
      [`${node1} > ${node2}: destination node`, 0, 3, 3],
      [`${node1} > ${node2}: source node`, 0, 3, 3],
      [`${node1} > ${node2}: wire`, 0.01, 3, 3],
    ]);
    expect(series?.stepSeconds).toBe(10);
    expect(series?.points.map(({ payload, why }) => payload?.ratio ?? why?.code)).toEqual([
      0.01,
      "incomplete",
      "incomplete",
      "incomplete",
      0.01,
      0.01,
    ]);
    expect(
      worst?.edges.map(({ port, connections: lossy, payload }) => [port, lossy, payload?.ratio]),
    ).toEqual([[8080, 1, 0.01]]);
    expect(worst?.connections.map(({ connection, payload }) => [connection.id, payload?.ratio])).toEqual([
      ["00000000000000a1", 0.01],
    ]);
  });

  it("gives latency by node pair and segment, none where no round trip was measured", async () => {
    const query = `source=${node1}&destination=${node2}&segment=wire`;
    const answer = await collector.ask(latencyAnswerSchema, `${PATHS.latency}?${query}`);
    expect(answer).toMatchObject({ cells: [], hops: [], overall: [], edges: [], series: { points: [] } });
  });

  it("refuses a segment that is none in a sentence", async () => {
    const answer = await collector.get(`${PATHS.loss}?segment=air`);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: "QUERY_INVALID" });
  });
});
