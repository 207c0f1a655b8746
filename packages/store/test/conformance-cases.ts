import type { Conformance, Connection, VerdictRecord } from "@hopline/api";
import type { Store } from "../src/store.js";
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

export const DENIED_BY: VerdictRecord = {
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
export const DENIED = { verdict: "denied", verdict_reason: JSON.stringify(DENIED_BY) };
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
export interface Case {
  readonly name: string;
  /** Outcome, verdict, conformance; changed where it says so. */
  readonly word: readonly [Connection["outcome"], Connection["verdict"], Conformance, "changed"?];
  /** What a range of a day says, where that is something else. */
  readonly byEdges?: Conformance;
  readonly batches: readonly Batch[];
}

export const CASES: readonly Case[] = [
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
export const workloadOf = (index: number) => `case-${String(index + 1).padStart(2, "0")}`;

/** Batch by batch, in the order of the cases: round after round, hops before drops. */
export async function storeCases(store: Store) {
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
