import type { Conformance, Connection, VerdictRecord } from "@hopline/api";
import { expect, it } from "vitest";
import { embeddedStore } from "./embedded-store.js";
import {
  completenessRow,
  dropRow,
  encodeStoredCompleteness,
  encodeStoredDrops,
  encodeStoredHops,
  hop,
  type StoredDrop,
  type StoredHop,
  T0,
} from "./stored-rows.js";

const NOW_MS = (T0 + 60) * 1000;
const RANGE = { from: T0 * 1000, to: NOW_MS };
const DAY = { from: NOW_MS - 86_400_000, to: NOW_MS };
const LIMITS = { maxNodes: 1000, maxEdges: 1000 };
const store = await embeddedStore({ now: () => NOW_MS });

const DENIED_BY: VerdictRecord = {
  doubt: null,
  egress: { verdict: "allowed", by: "no-policy", policies: [] },
  ingress: {
    verdict: "denied",
    by: "default-deny",
    tier: "networkPolicy",
    policies: [{ kind: "NetworkPolicy", namespace: "shop", name: "api-only", version: "0a1b2c3d" }],
  },
};
const HOST_NETWORK: VerdictRecord = {
  doubt: null,
  egress: { verdict: "denied", by: "default-deny", policies: [] },
  ingress: { verdict: "allowed", by: "exemption", exemption: "not-a-pod", policies: [] },
};
const ALLOWED = { verdict: "allowed", verdict_reason: "{}" };
const DENIED = { verdict: "denied", verdict_reason: JSON.stringify(DENIED_BY) };
const UNDETERMINED = { verdict: "undetermined", verdict_reason: "the watch of policies is not permitted" };

const EMPTY = { payload_bytes: 0, payload_packets: 0 };
/** A SYN at the client's veth, and at the server's. */
const sent = (over: Partial<StoredHop> = {}) => ({ ...EMPTY, packets: 3, syn_packets: 3, ...over });
const arrived = (over: Partial<StoredHop> = {}) =>
  sent({
    interface: "veth8",
    interface_index: 8,
    direction: 1,
    attached_address: "10.0.2.9",
    reporter: 0,
    ...over,
  });
/** What comes back, at the client's veth and at the server's. */
const answer = (over: Partial<StoredHop> = {}) => ({
  ...EMPTY,
  is_reply: 1,
  direction: 1,
  packets: 1,
  syn_ack_packets: 1,
  ...over,
});
const answered = (over: Partial<StoredHop> = {}) =>
  answer({ interface: "veth8", interface_index: 8, direction: 0, reporter: 0, ...over });
const RESET = { syn_ack_packets: 0, rst_packets: 1 };
const YOUNG = { window_start: T0 + 50, first_seen_us: (T0 + 58) * 1e6, last_seen_us: (T0 + 58) * 1e6 };
const LATER = { window_start: T0 + 10 };
const ACROSS = { server_node: "node2" };
const AT_SERVER = { ...ACROSS, node: "node2" };
const NO_AGENT = { server_node: "node3" };
const LOSSY = { server_node: "node4" };
const OUTSIDE = {
  server_kind: "external",
  server_namespace: "",
  server_workload_kind: "",
  server_workload: "203.0.113.10",
  server_pod: "",
  server_node: "",
};

interface Batch {
  readonly hops?: readonly Partial<StoredHop>[];
  readonly drops?: readonly Partial<StoredDrop>[];
}
interface Case {
  readonly name: string;
  /** Outcome, verdict, conformance; changed where it says so. */
  readonly word: readonly [Connection["outcome"], Connection["verdict"], Conformance, "changed"?];
  /** What a range of a day says, where that is something else. */
  readonly byEdges?: Conformance;
  readonly batches: readonly Batch[];
}

const CASES: readonly Case[] = [
  // Each verdict and each outcome.
  {
    name: "allowed, delivered",
    word: ["delivered", "allowed", "allowed"],
    batches: [{ hops: [sent(ALLOWED), arrived(ALLOWED), answered(ALLOWED), answer(ALLOWED)] }],
  },
  {
    name: "allowed, refused by the receiver",
    word: ["refused", "allowed", "allowed"],
    batches: [
      { hops: [sent(ALLOWED), answer({ ...ALLOWED, ...RESET })] },
      { hops: [arrived(ALLOWED), answered({ ...ALLOWED, ...RESET })] },
    ],
  },
  {
    name: "allowed, dropped",
    word: ["dropped", "allowed", "undelivered"],
    batches: [{ hops: [sent(ALLOWED)], drops: [ALLOWED] }],
  },
  {
    name: "allowed, unanswered",
    word: ["unanswered", "allowed", "undelivered"],
    batches: [{ hops: [sent(ALLOWED), arrived(ALLOWED)] }],
  },
  {
    name: "allowed, young",
    word: ["unknown", "allowed", "undetermined"],
    byEdges: "undelivered",
    batches: [{ hops: [sent({ ...ALLOWED, ...YOUNG })] }],
  },
  {
    name: "denied, delivered",
    word: ["delivered", "denied", "unenforced"],
    batches: [{ hops: [sent(DENIED), arrived(DENIED), answered(DENIED), answer(DENIED)] }],
  },
  {
    name: "denied, refused",
    word: ["refused", "denied", "denied-inferred"],
    byEdges: "undetermined",
    batches: [{ hops: [sent(DENIED), answer({ ...DENIED, ...RESET })] }],
  },
  {
    name: "denied, dropped",
    word: ["dropped", "denied", "denied-observed"],
    batches: [{ hops: [sent(DENIED)], drops: [DENIED] }],
  },
  {
    name: "denied, unanswered",
    word: ["unanswered", "denied", "denied-inferred"],
    byEdges: "undetermined",
    batches: [{ hops: [sent(DENIED)] }],
  },
  {
    name: "denied, young",
    word: ["unknown", "denied", "undetermined"],
    batches: [{ hops: [sent({ ...DENIED, ...YOUNG })] }],
  },
  {
    name: "undetermined, delivered",
    word: ["delivered", "undetermined", "undetermined"],
    batches: [{ hops: [sent(UNDETERMINED), answer(UNDETERMINED)] }],
  },
  {
    name: "undetermined, refused",
    word: ["refused", "undetermined", "undetermined"],
    batches: [{ hops: [sent(UNDETERMINED), answer({ ...UNDETERMINED, ...RESET })] }],
  },
  {
    name: "undetermined, dropped",
    word: ["dropped", "undetermined", "undetermined"],
    batches: [{ hops: [sent(UNDETERMINED)], drops: [UNDETERMINED] }],
  },
  {
    name: "undetermined, unanswered",
    word: ["unanswered", "undetermined", "undetermined"],
    batches: [{ hops: [sent(UNDETERMINED)] }],
  },
  {
    name: "undetermined, young",
    word: ["unknown", "undetermined", "undetermined"],
    batches: [{ hops: [sent({ ...UNDETERMINED, ...YOUNG })] }],
  },

  // Where the packets were seen.
  {
    name: "seen at the server's pod on the same node",
    word: ["unanswered", "denied", "unenforced"],
    byEdges: "undetermined",
    batches: [{ hops: [sent(DENIED), arrived(DENIED)] }],
  },
  {
    name: "seen at the server's pod on another node",
    word: ["unanswered", "denied", "unenforced"],
    byEdges: "undetermined",
    batches: [{ hops: [sent({ ...DENIED, ...ACROSS })] }, { hops: [arrived({ ...DENIED, ...AT_SERVER })] }],
  },
  {
    name: "seen at the other node's uplink only",
    word: ["unanswered", "denied", "denied-inferred"],
    byEdges: "undetermined",
    batches: [
      { hops: [sent({ ...DENIED, ...ACROSS })] },
      { hops: [arrived({ ...DENIED, ...AT_SERVER, role: "uplink", interface: "eth0", direction: 0 })] },
    ],
  },
  {
    name: "the server's node has no agent",
    word: ["unanswered", "denied", "undetermined"],
    batches: [{ hops: [sent({ ...DENIED, ...NO_AGENT })] }],
  },
  {
    name: "the server's node has no agent, but the client's dropped it",
    word: ["dropped", "denied", "denied-observed"],
    batches: [{ hops: [sent({ ...DENIED, ...NO_AGENT })], drops: [{ ...DENIED, ...NO_AGENT }] }],
  },
  {
    name: "the agent of the server's node lost frames",
    word: ["unanswered", "denied", "undetermined"],
    batches: [{ hops: [sent({ ...DENIED, ...LOSSY })] }],
  },
  {
    name: "the client's node has no agent",
    word: ["unanswered", "denied", "undetermined"],
    batches: [
      {
        hops: [
          arrived({ ...DENIED, ...AT_SERVER, role: "uplink", interface: "eth0", direction: 0, reporter: 1 }),
        ],
      },
    ],
  },
  {
    name: "dropped on the server's node, the client's has no agent",
    word: ["dropped", "denied", "denied-observed"],
    batches: [{ drops: [{ ...DENIED, ...AT_SERVER }] }],
  },
  {
    name: "a server on its node's network has no hop of its own",
    word: ["unanswered", "denied", "undetermined"],
    batches: [{ hops: [sent({ verdict: "denied", verdict_reason: JSON.stringify(HOST_NETWORK) })] }],
  },
  {
    name: "refused between the pods, and not dropped by anyone",
    word: ["refused", "allowed", "undetermined"],
    byEdges: "allowed",
    batches: [{ hops: [sent(ALLOWED), answer({ ...ALLOWED, ...RESET })] }],
  },
  {
    name: "refused outside of the cluster",
    word: ["refused", "allowed", "allowed"],
    batches: [{ hops: [sent({ ...ALLOWED, ...OUTSIDE }), answer({ ...ALLOWED, ...OUTSIDE, ...RESET })] }],
  },

  // When the evidence came.
  {
    name: "the drop is told before the hops",
    word: ["dropped", "denied", "denied-observed"],
    batches: [{ drops: [DENIED] }, { hops: [sent(DENIED)] }],
  },
  {
    name: "the drop is told long after",
    word: ["dropped", "denied", "denied-observed"],
    batches: [
      { hops: [sent(DENIED)] },
      { hops: [sent({ ...DENIED, ...LATER })] },
      { drops: [{ ...DENIED, ...LATER }] },
    ],
  },
  {
    name: "a REJECT rule's reset is no refusal",
    word: ["dropped", "denied", "denied-observed"],
    batches: [{ hops: [sent(DENIED), answer({ ...DENIED, ...RESET })] }, { drops: [DENIED] }],
  },
  {
    name: "dropped first, then delivered by retransmission",
    word: ["delivered", "denied", "unenforced"],
    batches: [
      { drops: [DENIED] },
      { hops: [sent(DENIED), arrived(DENIED), answered(DENIED), answer(DENIED)] },
    ],
  },
  {
    name: "a drop in the middle of what is delivered",
    word: ["delivered", "allowed", "allowed"],
    batches: [{ hops: [sent(ALLOWED), answer(ALLOWED)] }, { drops: [{ ...ALLOWED, ...LATER }] }],
  },
  {
    name: "UDP dropped",
    word: ["dropped", "denied", "denied-observed"],
    batches: [{ hops: [{ ...DENIED, protocol: 17 }], drops: [{ ...DENIED, protocol: 17 }] }],
  },
  {
    name: "UDP dropped once, answered in the end",
    word: ["delivered", "allowed", "allowed"],
    batches: [
      { drops: [{ ...ALLOWED, protocol: 17 }] },
      { hops: [{ ...ALLOWED, protocol: 17 }, answer({ ...ALLOWED, protocol: 17, syn_ack_packets: 0 })] },
    ],
  },

  // Which verdict counts.
  {
    name: "one node could not judge, another could",
    word: ["unanswered", "denied", "denied-inferred"],
    byEdges: "undetermined",
    batches: [
      { hops: [sent(UNDETERMINED), sent({ ...UNDETERMINED, ...LATER })] },
      { hops: [sent({ ...DENIED, reporter: 0, role: "uplink", interface: "eth0", direction: 1 })] },
    ],
  },
  {
    name: "denied, then let in by a later policy",
    word: ["delivered", "denied", "undetermined", "changed"],
    byEdges: "allowed",
    batches: [
      { hops: [sent({ ...ALLOWED, ...LATER }), answer({ ...ALLOWED, ...LATER })] },
      { hops: [sent(DENIED)] },
    ],
  },
  {
    name: "found running by a policy that denies it, with its beginning out of sight",
    word: ["delivered", "denied", "undetermined"],
    byEdges: "unenforced",
    batches: [
      {
        hops: [
          sent({ ...DENIED, syn_packets: 0 }),
          arrived({ ...DENIED, syn_packets: 0 }),
          answer({ ...DENIED, syn_ack_packets: 0 }),
        ],
      },
    ],
  },
  {
    name: "allowed, and denied by a later policy while it runs",
    word: ["delivered", "allowed", "allowed", "changed"],
    batches: [
      { hops: [sent(ALLOWED), answer(ALLOWED)] },
      { hops: [{ ...DENIED, ...LATER }, answer({ ...DENIED, ...LATER })] },
    ],
  },
];

/** A workload of its own for each case, so that each is an edge. */
const workloadOf = (index: number) => `case-${String(index + 1).padStart(2, "0")}`;

async function storeCases() {
  await store.insertCompleteness(
    encodeStoredCompleteness(
      ["node1", "node2", "node4"].flatMap((node) =>
        [0, 10, 20].map((offset) =>
          completenessRow({ node, window_start: T0 + offset, dropped_frames: node === "node4" ? 1 : 0 }),
        ),
      ),
    ),
    "completeness",
  );
  const rounds = Math.max(...CASES.map(({ batches }) => batches.length));
  for (let round = 0; round < rounds; round++) {
    const own = <Row>(index: number, row: Row) => ({
      ...row,
      connection_id: BigInt(index + 1),
      client_workload: workloadOf(index),
    });
    const hops = CASES.flatMap(({ batches }, index) =>
      (batches[round]?.hops ?? []).map((row) => hop(own(index, row))),
    );
    const drops = CASES.flatMap(({ batches }, index) =>
      (batches[round]?.drops ?? []).map((row) => dropRow(own(index, row))),
    );
    if (hops.length > 0) await store.insertHops(encodeStoredHops(hops), `hops/${round}`);
    if (drops.length > 0) await store.insertDrops(encodeStoredDrops(drops), `drops/${round}`);
  }
}
await storeCases();

const FLOWS = { ...RANGE, sort: "firstSeen", order: "asc", limit: 1000 } as const;

function wordsOf(connections: readonly Connection[]) {
  const byId = new Map(connections.map((connection) => [Number.parseInt(connection.id, 16), connection]));
  return CASES.map(({ name }, index) => {
    const found = byId.get(index + 1);
    const changed = found?.verdictChanged ? ["changed"] : [];
    return [name, found?.outcome, found?.verdict, found?.conformance, ...changed];
  });
}
const EXPECTED = CASES.map(({ name, word }) => [name, ...word]);

it("puts verdict and outcome of every connection side by side", async () => {
  const { connections } = await store.flows(FLOWS);
  expect(wordsOf(connections)).toEqual(EXPECTED);
});

it("counts each connection on the map under its word, from connections and from edges", async () => {
  const words = async (range: { from: number; to: number }) => {
    const { edges } = await store.map({ ...range, ...LIMITS });
    const byClient = new Map(edges.map((edge) => [edge.client, edge.conformances]));
    return CASES.map(({ name }, index) => [
      name,
      byClient.get(`workload:shop/Deployment/${workloadOf(index)}`),
    ]);
  };
  expect(await words(RANGE)).toEqual(CASES.map(({ name, word }) => [name, { [word[2]]: 1 }]));
  expect(await words(DAY)).toEqual(
    CASES.map(({ name, word, byEdges }) => [name, { [byEdges ?? word[2]]: 1 }]),
  );
});

it("says dropped on the map, also where the hops' row says unanswered or refused", async () => {
  const dropped = CASES.filter(({ word }) => word[0] === "dropped");
  for (const range of [RANGE, DAY]) {
    const { edges } = await store.map({ ...range, ...LIMITS });
    const counted = edges.filter((edge) => edge.outcomes.dropped === 1);
    expect(counted.map((edge) => edge.client).sort()).toEqual(
      dropped.map((one) => `workload:shop/Deployment/${workloadOf(CASES.indexOf(one))}`).sort(),
    );
    expect(counted.every((edge) => Object.keys(edge.outcomes).length === 1)).toBe(true);
  }
});

it("filters by verdict, conformance and outcome", async () => {
  const count = async (filter: object) => (await store.flows({ ...FLOWS, ...filter })).total;
  const truth = (has: (word: Case["word"]) => boolean) => CASES.filter(({ word }) => has(word)).length;
  expect(await count({ verdict: ["denied"] })).toBe(truth((word) => word[1] === "denied"));
  expect(await count({ conformance: ["unenforced"] })).toBe(4);
  expect(await count({ conformance: ["denied-observed", "denied-inferred"] })).toBe(
    truth((word) => word[2].startsWith("denied-")),
  );
  expect(await count({ outcome: ["dropped"], verdict: ["allowed"] })).toBe(1);
  const { edges } = await store.map({ ...DAY, ...LIMITS, conformance: ["denied-inferred"] });
  expect(edges).toHaveLength(truth((word) => word[2] === "denied-inferred"));
});

it("gives the verdict's record, and none where nothing was judged", async () => {
  const { connections } = await store.flows(FLOWS);
  const of = (name: string) =>
    connections.find(({ id }) => Number.parseInt(id, 16) === CASES.findIndex((one) => one.name === name) + 1);
  expect(of("denied, dropped")?.verdictBy).toEqual(DENIED_BY);
  expect(of("undetermined, dropped")?.verdictBy).toBeNull();
  // JSON, but no record.
  expect(of("allowed, dropped")?.verdictBy).toBeNull();
});

it("shows a connection of which there is drop evidence only", async () => {
  const index = CASES.findIndex(({ name }) => name.startsWith("dropped on the server's node"));
  const id = (index + 1).toString(16).padStart(16, "0");
  const detail = await store.connectionDetail(id, RANGE);
  expect(detail).toMatchObject({
    connection: {
      outcome: "dropped",
      hops: 0,
      forward: { packets: 0 },
      handshakeUs: null,
      firstSeen: (T0 + 1.5) * 1000,
      lastSeen: (T0 + 1.5) * 1000,
      client: { pod: "web-1", address: "10.0.1.5", port: 40_000 },
      server: { pod: "api-1", address: "10.0.2.9", port: 8080 },
    },
    hops: [],
  });
  const windows = await store.connectionWindows(id, RANGE);
  expect(windows?.completeness.map(({ node, windowStart }) => `${node} ${windowStart - T0}`)).toEqual([
    "node1 0",
    "node1 10",
    "node1 20",
    "node2 0",
    "node2 10",
    "node2 20",
  ]);
});

it("takes a batch of drops once, leaves out what names no connection, and tells the live tail", async () => {
  const { cursor } = await store.liveConnections();
  const kernel = dropRow({ connection_id: 0n, source: "kernel", reason: "NETFILTER_DROP", packets: 12 });
  const late = dropRow({ ...DENIED, connection_id: 5000n, client_workload: "late" });
  const batch = encodeStoredDrops([kernel, late]);
  expect(await store.insertDrops(batch, "late")).toEqual({ duplicate: false });
  expect(await store.insertDrops(batch, "late")).toEqual({ duplicate: true });
  const live = await store.liveConnections(cursor);
  expect(live.connections.map(({ id, outcome, conformance }) => [id, outcome, conformance])).toEqual([
    ["0000000000001388", "dropped", "denied-observed"],
  ]);
  const { total } = await store.flows(FLOWS);
  expect(total).toBe(CASES.length + 1);
});

it("reads later pages as they were before a drop was told", async () => {
  const first = await store.flows({ ...FLOWS, limit: 1 });
  const index = CASES.findIndex(({ name }) => name === "denied, unanswered");
  const drop = dropRow({ ...DENIED, connection_id: BigInt(index + 1), client_workload: workloadOf(index) });
  await store.insertDrops(encodeStoredDrops([drop]), "after the first page");
  const rest = await store.flows({ ...FLOWS, cursor: first.nextCursor ?? "" });
  expect(wordsOf([...first.connections, ...rest.connections])).toEqual(EXPECTED);
  const now = await store.flows(FLOWS);
  expect(wordsOf(now.connections)[index]).toEqual([
    "denied, unanswered",
    "dropped",
    "denied",
    "denied-observed",
  ]);
});
