import { openStore } from "@hopline/store";
import { afterAll, describe, expect, it } from "vitest";
import {
  completenessRow,
  dnsRow,
  encodeStoredCompleteness,
  encodeStoredDns,
  encodeStoredHops,
  hop,
  T0,
} from "../../../../packages/store/test/stored-rows.js";
import { connectionsReader } from "../../src/alerts/readings/connections-reader.js";
import { dnsReader } from "../../src/alerts/readings/dns-reader.js";
import { lossReader } from "../../src/alerts/readings/loss-reader.js";
import { nodesReader } from "../../src/alerts/readings/nodes-reader.js";
import { policyReader } from "../../src/alerts/readings/policy-reader.js";
import type { AlertReader, Sample } from "../../src/alerts/readings/reading.js";
import { roundTripReader } from "../../src/alerts/readings/round-trip-reader.js";
import { DEFAULT_RULES } from "../../src/alerts/rules/default-rules.js";
import { temporaryFolder } from "../temporary-folder.js";

let nowMs = T0 * 1000;
const store = openStore({ kind: "embedded", dataDir: await temporaryFolder(), now: () => nowMs });
await store.start();
afterAll(() => store.stop());

/** By rule: each sample as `labels: state`, and what those say that are over. */
async function readAll(reader: AlertReader, startedAtMs = 0) {
  const readings = await reader.read({ store, rules: DEFAULT_RULES, nowMs, startedAtMs });
  return (rule: string) => {
    const reading = readings.find((one) => one.rule.name === rule);
    if (reading === undefined) throw new Error(`${rule} was not read`);
    const over: Extract<Sample, { state: "over" }>[] = [];
    const states: Record<string, string> = {};
    for (const sample of reading.samples) {
      states[Object.values(sample.labels).join(" ")] = sample.state;
      if (sample.state === "over") over.push(sample);
    }
    return { reading, states, over };
  };
}

async function read(reader: AlertReader, rule: string, startedAtMs = 0) {
  return (await readAll(reader, startedAtMs))(rule);
}

const BETWEEN = { client_node: "node1", server_node: "node2" };
const PACKETS = 300;

/** A window of web (node1) to api (node2), of which so many packets come to the other node. */
function crossing(windowStart: number, came: number) {
  const at = (node: string, role: string, direction: number, packets: number) =>
    hop({
      ...BETWEEN,
      connection_id: 0xa1n,
      window_start: windowStart,
      node,
      role,
      direction,
      interface_index: role === "pod" ? 1 : 2,
      packets,
      payload_packets: packets,
      payload_bytes: packets * 1000,
      bytes: packets * 1050,
      first_seen_us: windowStart * 1e6 + 4_000_000,
      last_seen_us: windowStart * 1e6 + 6_000_000,
      reporter: node === "node1" && role === "pod" ? 1 : 0,
    });
  return [
    at("node1", "pod", 0, PACKETS),
    at("node1", "uplink", 1, PACKETS),
    at("node2", "uplink", 0, came),
    at("node2", "pod", 1, came),
  ];
}

function complete(from: number, to: number, over: Parameters<typeof completenessRow>[0] = {}) {
  const rows = [];
  for (let window = from; window < to; window += 10)
    for (const node of ["node1", "node2"])
      rows.push(completenessRow({ ...over, node, window_start: window }));
  return encodeStoredCompleteness(rows);
}

describe("what rules read", () => {
  it("loss: the segment that loses, by how much at least, and whose bytes; nothing where a window is not complete", async () => {
    const begin = T0 + 100;
    await store.insertHops(
      encodeStoredHops([0, 10, 20, 30].flatMap((offset) => crossing(begin + offset, PACKETS * 0.95))),
      "readers/1",
    );
    await store.insertCompleteness(complete(begin - 20, begin + 30), "readers/2");
    nowMs = (begin + 30 + 15.1) * 1000;
    const loss = await readAll(lossReader);
    const wire = loss("wire-loss");
    expect(wire.states).toEqual({ "node1 node2 wire": "over" });
    expect(wire.reading).toMatchObject({ toMs: (begin + 30) * 1000, absent: "unknown" });
    const [sample] = wire.over;
    expect(sample?.facts.value).toBeGreaterThan(0.035);
    expect(sample?.facts.value).toBeLessThan(0.05);
    expect(sample?.summary).toMatch(
      /^5 % of payload is lost on the wire from node1 to node2 \(at least [34]\.\d+ %\)\.$/,
    );
    expect(sample?.facts.connections).toEqual([{ id: "00000000000000a1", text: "shop/web > shop/api:8080" }]);
    expect(sample?.facts.figures).toContainEqual({ name: "missing payload", value: 30_000, unit: "bytes" });
    expect(sample?.link).toMatch(/^\/loss\?segment=wire&source=node1&destination=node2&from=20/);
    const inside = loss("node-loss");
    expect(inside.states).toEqual({
      "node1 node2 destination node node2": "under",
      "node1 node2 source node node1": "under",
    });
    // The next window has its rows, but node2's agent has not said how complete it is.
    nowMs += 10_000;
    await store.insertCompleteness(
      encodeStoredCompleteness([completenessRow({ node: "node1", window_start: begin + 30 })]),
      "readers/3",
    );
    expect((await read(lossReader, "wire-loss")).states).toEqual({ "node1 node2 wire": "unknown" });
  });

  it("connections: the share of an edge that nobody answered, unless an agent missed something", async () => {
    const begin = T0 + 1000;
    const syn = (id: number, isAnswered: boolean) => [
      hop({
        connection_id: BigInt(id),
        window_start: begin,
        syn_packets: 1,
        payload_bytes: 0,
        payload_packets: 0,
      }),
      ...(isAnswered
        ? [hop({ connection_id: BigInt(id), window_start: begin, is_reply: 1, syn_ack_packets: 1 })]
        : []),
    ];
    await store.insertHops(
      encodeStoredHops(Array.from({ length: 40 }, (_, index) => syn(0x100 + index, index % 4 !== 0)).flat()),
      "readers/4",
    );
    await store.insertCompleteness(complete(begin - 60, begin + 60), "readers/5");
    nowMs = (begin + 60) * 1000;
    const connections = await readAll(connectionsReader);
    const { states, over } = connections("connections-unanswered");
    const edge = "workload:shop/Deployment/web workload:shop/Deployment/api";
    expect(states).toEqual({ [edge]: "over" });
    expect(over[0]).toMatchObject({
      summary: "25 % of the TCP connections from shop/web to shop/api were not answered (10 of 40).",
      facts: { value: 0.25 },
    });
    expect(over[0]?.facts.connections).toHaveLength(3);
    expect(connections("connections-reset").states).toEqual({ [edge]: "under" });
    await store.insertCompleteness(
      encodeStoredCompleteness([completenessRow({ node: "node1", window_start: begin, dropped_frames: 1 })]),
      "readers/6",
    );
    expect((await read(connectionsReader, "connections-unanswered")).states).toEqual({ [edge]: "unknown" });
  });

  it("DNS: a server that fails, and one that is slow", async () => {
    const begin = T0 + 1500;
    const slow = { server_workload: "slow-dns" };
    await store.insertDns(
      encodeStoredDns([
        dnsRow({ window_start: begin, questions: 90, latency_sum_us: 90_000 }),
        dnsRow({
          window_start: begin,
          questions: 10,
          code: 2,
          name: "broken.example",
          latency_sum_us: 10_000,
        }),
        dnsRow({ window_start: begin, questions: 100, latency_sum_us: 100 * 300_000, ...slow }),
        dnsRow({ window_start: begin, questions: 3, code: 255, server_workload: "hardly-asked" }),
      ]),
      "readers/7",
    );
    nowMs = (begin + 30) * 1000;
    const dns = await readAll(dnsReader);
    const failures = dns("dns-failures");
    expect(failures.states).toEqual({
      "service:kube-system/kube-dns": "over",
      "service:kube-system/slow-dns": "under",
      "service:kube-system/hardly-asked": "unknown",
    });
    expect(failures.over[0]?.summary).toBe(
      "10 % of the DNS questions to kube-system/kube-dns failed, most of all for broken.example.",
    );
    const latency = dns("dns-latency");
    expect(latency.over.map(({ summary }) => summary)).toEqual([
      "An answer of the DNS server kube-system/slow-dns takes 300 ms on average.",
    ]);
  });

  it("nodes: silent, incomplete, and a conntrack table that fills; silence only once this collector could have heard", async () => {
    const begin = T0 + 2000;
    nowMs = (begin - 100) * 1000;
    await store.insertCompleteness(
      encodeStoredCompleteness([completenessRow({ node: "node2", window_start: begin - 110 })]),
      "readers/8",
    );
    nowMs = (begin - 5) * 1000;
    await store.insertCompleteness(
      encodeStoredCompleteness([
        completenessRow({ node: "node1", window_start: begin - 20, seen_frames: 9900, dropped_frames: 100 }),
      ]),
      "readers/9",
    );
    const rest = {
      interfaces: [],
      routes: [],
      neighbours: [],
      forwarding: [],
      rules: [],
      cut: false,
      version: 1 as const,
    };
    const conntrack = { entries: 60, limit: 64, dropped: 0, earlyDropped: 0, insertFailed: 0 };
    await store.insertNodeStates([{ node: "node1", readAtMs: nowMs - 5000, state: { ...rest, conntrack } }]);
    nowMs = begin * 1000;
    const nodes = await readAll(nodesReader);
    const silent = nodes("agent-silent");
    expect(silent.states).toEqual({ node1: "under", node2: "over" });
    expect(silent.over[0]?.summary).toBe("The agent on node2 has sent nothing for 100 s.");
    expect((await read(nodesReader, "agent-silent", nowMs - 30_000)).states).toEqual({
      node1: "under",
      node2: "unknown",
    });
    const capture = nodes("capture-incomplete");
    expect(capture.states).toEqual({ node1: "over", node2: "unknown" });
    expect(capture.over[0]).toMatchObject({
      summary: "The agent on node1 did not count all that passed: its ring had no room for 100 frames.",
      facts: { value: expect.closeTo(0.01, 10) },
    });
    const table = nodes("conntrack-full");
    expect(table.states).toEqual({ node1: "over", node2: "unknown" });
    expect(table.over[0]?.summary).toBe("The conntrack table of node1 is 93.8 % full: 60 of 64 entries.");
  });

  it("round trip: risen against the same pair's past, once there is enough of a past", async () => {
    const begin = T0 + 2100;
    const minute = (offset: number, handshakeUs: number) =>
      Array.from({ length: 6 }, (_, index) => {
        const row = {
          ...BETWEEN,
          connection_id: BigInt(0x10000 + offset * 10 + index),
          window_start: begin + offset * 60,
        };
        return [
          hop({ ...row, syn_packets: 1, handshake_us: handshakeUs }),
          hop({ ...row, is_reply: 1, syn_ack_packets: 1 }),
        ];
      }).flat();
    const past = Array.from({ length: 10 }, (_, offset) => minute(offset, 800)).flat();
    const now = Array.from({ length: 9 }, (_, index) => minute(20 + Math.floor(index / 2), 4100)).flat();
    await store.insertHops(encodeStoredHops(past), "readers/10");
    nowMs = (begin + 25 * 60) * 1000;
    expect((await read(roundTripReader(), "round-trip")).states).toEqual({});
    await store.insertHops(
      encodeStoredHops([...now, ...minute(24, 4100), ...minute(25, 4100)]),
      "readers/11",
    );
    const rules = { ...DEFAULT_RULES, "round-trip": { ...DEFAULT_RULES["round-trip"], floor: 30 } };
    const [reading] = await roundTripReader().read({ store, rules, nowMs, startedAtMs: 0 });
    expect(reading?.samples).toMatchObject([
      {
        state: "over",
        labels: { source_node: "node1", destination_node: "node2" },
        summary: expect.stringMatching(
          /^The round trip from node1 to node2 is 4\.1 ms, 5\.1 times its usual 800 µs\.$/,
        ),
      },
    ]);
  });

  it("policy: connections that are denied and come through", async () => {
    const begin = T0 + 200;
    const denied = { verdict: "denied", verdict_reason: "", window_start: begin, connection_id: 0xdeadn };
    await store.insertHops(
      encodeStoredHops([
        hop({ ...denied, syn_packets: 1 }),
        hop({ ...denied, is_reply: 1, syn_ack_packets: 1 }),
      ]),
      "readers/12",
    );
    nowMs = (begin + 60) * 1000;
    const policy = await readAll(policyReader);
    const { over } = policy("policy-unenforced");
    expect(over).toMatchObject([
      {
        labels: { client: "workload:shop/Deployment/web", server: "workload:shop/Deployment/api" },
        summary:
          "1 connection from shop/web to shop/api came through, which policy denies: nobody enforces it there.",
        facts: { value: 1, connections: [{ id: "000000000000dead" }] },
      },
    ]);
    expect(policy("policy-drops").states).toEqual({});
  });
});
