import type { FaultRequestInput } from "../../apps/lab/src/faults/fault-request.js";

export const OUTSIDE = "203.0.113.10";

/** Ways through the cluster, each as `hopline trace` is asked for it. */
export const WAYS = {
  pods: ["probe/left", "probe/right"],
  service: ["probe/same", "probe/sink"],
  // By node1, whose rules lead on to node2.
  nodePort: [OUTSIDE, "probe/right"],
  localNodePort: [OUTSIDE, "probe/same"],
  hairpin: ["probe/right", "probe/sink"],
  hostNetwork: ["node1", "probe/right"],
} as const;
export type Way = keyof typeof WAYS;

/** What is said of the way between two pods while a fault is there, and of others that are asked for beside it. */
type FaultCase = readonly [
  what: string,
  fault: FaultRequestInput,
  texts: readonly string[],
  others?: readonly (readonly [Way, readonly string[]])[],
];

export const FAULT_CASES: readonly FaultCase[] = [
  // Before those that leave connections behind that failed: what has not failed yet is shown after them.
  [
    "an MTU that is too small, in silence",
    { kind: "mtu", node: "node1", mtu: 1300, silent: true },
    [
      "with payload pass",
      "they are lost inside node1, the source node.",
      "flannel.1 on node1 takes packets of up to 1300 bytes, and these may have 1450",
    ],
  ],
  [
    "an uplink's MTU that is too small",
    { kind: "mtu", node: "node1", interface: "uplink", mtu: 1300 },
    [
      "with payload pass",
      "they are lost inside node1, the source node.",
      "eth0 on node1 takes packets of up to 1300 bytes",
    ],
  ],
  [
    "drops on the wire",
    { kind: "drop-uplink", node: "node1", probability: 1 },
    [
      ": unanswered",
      "pass eth0 on node1",
      "never reach the uplink on node2: they are lost on the wire from node1 to node2.",
      "node1's conntrack has it, unreplied",
    ],
    [
      [
        "service",
        [
          "probe/sink",
          "Packets from probe/same to probe/right pass eth0 on node1",
          "lost on the wire from node1 to node2.",
        ],
      ],
      [
        "nodePort",
        [
          `Packets from ${OUTSIDE} to probe/right pass eth0 on node1`,
          "lost on the wire from node1 to node2.",
        ],
      ],
      ["hostNetwork", ["Packets from node1 to probe/right pass eth0 on node1", "lost on the wire"]],
    ],
  ],
  [
    "drops behind the sender's veth",
    { kind: "drop-pod", pod: "probe/left", direction: "out", probability: 1 },
    [
      "never reach the uplink on node1: they are lost inside node1, the source node.",
      "what is left is a rule that drops",
    ],
  ],
  [
    "drops before the receiver's veth",
    { kind: "drop-pod", pod: "probe/right", direction: "in", probability: 1 },
    [
      "they are lost inside node2, the destination node.",
      "conntrack of node2 are in order: what is left is a rule that drops",
    ],
    [
      ["nodePort", [`Packets from ${OUTSIDE} to probe/right`, "inside node2, the destination node."]],
      ["hairpin", ["Packets from probe/right to probe/right", "inside node2"]],
    ],
  ],
  [
    "drops in FORWARD",
    { kind: "drop-forward", node: "node1", source: "probe/left", probability: 1 },
    [
      "never reach the uplink on node1: they are lost inside node1, the source node.",
      "what is left is a rule that drops",
    ],
  ],
  [
    "a blackhole route",
    { kind: "route", node: "node1", to: "node2" },
    ["they are lost inside node1, the source node.", 'node1 has the route "blackhole 10.244.2.0/24"'],
    [["service", ["probe/same", "probe/sink", 'node1 has the route "blackhole 10.244.2.0/24"']]],
  ],
  [
    "an unreachable route on the destination's node",
    { kind: "route", node: "node2", to: "probe/right", type: "unreachable" },
    ["they are lost inside node2, the destination node.", "unreachable"],
  ],
  [
    "a missing route",
    { kind: "route", node: "node1", to: "node2", type: "missing" },
    ["node1 has no route of its own"],
  ],
  [
    "a tunnel's forwarding entry that was removed",
    { kind: "fdb", node: "node1", peer: "node2" },
    [
      "they are lost inside node1, the source node.",
      "flannel.1 on node1 has no forwarding entry for 0a:f1:a0:e1:00:02, the way to 10.244.2.0",
    ],
  ],
  [
    "a neighbour that was removed",
    { kind: "neighbour", node: "node1", peer: "node2" },
    ["they are lost inside node1, the source node.", "neighbour", "10.244.2.0 on flannel.1"],
  ],
  [
    "a full conntrack table",
    { kind: "conntrack-full", node: "node1" },
    ["they are lost inside node1, the source node.", "The conntrack table of node1 is full"],
  ],
];
