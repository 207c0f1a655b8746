import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { type ConnectionPath, PATHS, statusSchema } from "@hopline/api";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { findTrace } from "../../apps/cli/src/trace/find-trace.js";
import { pathText } from "../../apps/cli/src/trace/path-text.js";
import { parseTraceEnd, type TraceEnd } from "../../apps/cli/src/trace/trace-end.js";
import { usualLatencies } from "../../apps/cli/src/trace/usual-latencies.js";
import { watchTrace } from "../../apps/cli/src/trace/watch-trace.js";
import type { FaultRequestInput } from "../../apps/lab/src/faults/fault-request.js";
import { ATTEMPT_PORT, PodAttempts } from "./pod-attempts.js";
import { Stack } from "./stack.js";

const isRoot = process.getuid?.() === 0;
const NAME = `faults${process.pid}`;
/** From when the fault is there (a conntrack table takes seconds to be filled) to the right answer. */
const LIMIT_MS = 15_000;
/** A machine that runs another cluster beside this one may be late once. */
const ONCE_MORE = { retry: 1 };

/** Each look is a handful of queries, which take the embedded engine's time from what it has to store. */
const POLL_MS = 1500;

const SERVICE_IP = "10.96.77.77";
const NODE_PORT = 30_777;
const OUTSIDE = "203.0.113.10";

/** Ways through the cluster, each as `hopline trace` is asked for it. */
const WAYS = {
  pods: ["probe/left", "probe/right"],
  service: ["probe/same", "probe/sink"],
  // By node1, whose rules lead on to node2.
  nodePort: [OUTSIDE, "probe/right"],
  hairpin: ["probe/right", "probe/sink"],
  hostNetwork: ["node1", "probe/right"],
} as const;
type Way = keyof typeof WAYS;

const [LEFT, RIGHT] = WAYS.pods.map(parseTraceEnd) as [TraceEnd, TraceEnd];

const pod = (name: string, node: string): string => `
---
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: probe, labels: { app: ${name} } }
spec:
  nodeSelector: { kubernetes.io/hostname: ${node} }
  containers: [{ name: main, image: "hopline.lab/client:1" }]
`;

const OBJECTS = `
apiVersion: v1
kind: Namespace
metadata: { name: probe }
${pod("left", "node1")}${pod("right", "node2")}${pod("same", "node1")}
---
apiVersion: v1
kind: Service
metadata: { name: sink, namespace: probe }
spec:
  type: NodePort
  clusterIP: ${SERVICE_IP}
  selector: { app: right }
  ports: [{ port: 80, targetPort: ${ATTEMPT_PORT}, nodePort: ${NODE_PORT} }]
`;

describe.skipIf(!isRoot)("hopline trace names the broken place and its cause (needs root: a cluster)", () => {
  /** Of node2's agent; as agents run by default but for this. */
  let clockOffsetS = 0;
  const stack = new Stack({
    name: NAME,
    rate: 0.1,
    agentArgs: (node) => (node === "node2" ? ["--clock-offset", String(clockOffsetS)] : []),
  });
  const attempts = new PodAttempts();
  /** What the last trace said. */
  let last = "";
  const netns = (name: string) => `hl-${NAME}-p-probe.${name}`;

  beforeAll(async () => {
    await stack.start();
    await stack.lab.apply(OBJECTS, "probe.yaml");
    await stack.quiesce();
    const { pods } = await stack.lab.state();
    const address = (name: string) =>
      pods.find((found) => found.namespace === "probe" && found.name === name)?.address ?? "";
    for (const name of ["right", "same"]) await attempts.listen(netns(name));
    await attempts.call(
      netns("left"),
      [`${address("right")}:${ATTEMPT_PORT}`, `${address("same")}:${ATTEMPT_PORT}`],
      20_000,
    );
    const service = `${SERVICE_IP}:80`;
    await attempts.call(netns("same"), [service], 20_000);
    await attempts.call(netns("right"), [service], 2000);
    await attempts.call(`hl-${NAME}-outside`, [`${stack.nodes[0]?.address}:${NODE_PORT}`], 2000);
    await attempts.call(`hl-${NAME}-node1`, [`${address("right")}:${ATTEMPT_PORT}`], 2000);
    await untilWhole();
  });

  afterEach(async () => {
    await stack.lab.removeFault("all");
  });

  afterAll(async () => {
    await attempts.stop();
    await stack.stop();
  });

  /** What `hopline trace` prints; nothing where the connection that it chose began before `sinceMs`. */
  async function trace(sinceMs = 0, way: Way = "pods"): Promise<string> {
    const path = await pathOf(way, sinceMs);
    return path === undefined ? "" : pathText(path).replaceAll(/\s+/g, " ");
  }

  async function pathOf(way: Way, sinceMs: number): Promise<ConnectionPath | undefined> {
    const now = Date.now();
    const [from, to] = WAYS[way].map(parseTraceEnd) as [TraceEnd, TraceEnd];
    const found = await findTrace(stack.api, from, to, { from: now - 15 * 60_000, to: now });
    return found === undefined || found.path.connection.firstSeen < sinceMs ? undefined : found.path;
  }

  async function untilWhole(): Promise<void> {
    await until(
      "the way is whole",
      async () => {
        last = await trace();
        return last.includes("Nothing is missing") && !last.includes("not reported");
      },
      90_000,
    );
  }

  async function until(what: string, isSo: () => Promise<boolean>, limitMs: number): Promise<void> {
    const deadline = Date.now() + limitMs;
    while (!(await isSo())) {
      if (Date.now() > deadline) throw new Error(`it did not come about that ${what}: ${last}`);
      await sleep(POLL_MS);
    }
  }

  test.each<readonly [Way, readonly string[], readonly string[]]>([
    ["pods", ["pod in", "uplink out", "uplink in", "pod out"], []],
    [
      "service",
      ["pod in", "uplink out", "uplink in", "pod out"],
      ["by service probe/sink, translated by dnat: delivered"],
    ],
    [
      "nodePort",
      ["uplink in", "uplink out", "uplink in", "pod out"],
      ["by service probe/sink, translated by dnat+snat: delivered"],
    ],
    ["hairpin", ["pod in", "pod out"], ["by service probe/sink, translated by dnat+snat: delivered"]],
    ["hostNetwork", ["uplink out", "uplink in", "pod out"], ["tcp node node1:"]],
  ])("the whole way: %s", ONCE_MORE, async (way, hops, texts) => {
    await until(
      "the way is whole",
      async () => {
        const path = await pathOf(way, 0);
        last = path === undefined ? "" : pathText(path).replaceAll(/\s+/g, " ");
        const seen = path?.forward.hops
          .filter(({ state }) => state === "seen")
          .map(({ role, crossing }) => `${role} ${crossing}`);
        return (
          JSON.stringify(seen) === JSON.stringify(hops) &&
          path?.broken === null &&
          texts.every((text) => last.includes(text))
        );
      },
      LIMIT_MS,
    );
  });

  /** What is said of the way between two pods, and of others that are asked for beside it. */
  const cases: readonly (readonly [
    string,
    FaultRequestInput,
    readonly string[],
    (readonly (readonly [Way, readonly string[]])[])?,
  ])[] = [
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

  const told = cases.map(([what, fault, expected, others = []]) => ({ what, fault, expected, others }));
  test.each(told)("$what", ONCE_MORE, async ({ fault, expected, others }) => {
    const startedMs = Date.now();
    await stack.lab.addFault(fault);
    const took = await shown("pods", expected, startedMs);
    expect(took).toBeLessThan(LIMIT_MS);
    process.stderr.write(`${fault.kind} shown after ${took} ms\n`);
    // Looked at one after another: what is said of them is there as soon.
    for (const [way, texts] of others) await shown(way, texts, startedMs);
  });

  /** Waits until all of it is said of a way. @returns how long that took, milliseconds */
  async function shown(way: Way, texts: readonly string[], sinceMs: number): Promise<number> {
    const beganMs = Date.now();
    for (;;) {
      last = await trace(sinceMs, way);
      const tookMs = Date.now() - beganMs;
      if (texts.every((text) => last.includes(text))) return tookMs;
      if (tookMs >= LIMIT_MS) for (const text of texts) expect(last).toContain(text);
      await sleep(POLL_MS);
    }
  }

  test(
    "an MTU that senders are told of: nothing is missing, and it says who told them",
    ONCE_MORE,
    async () => {
      // What went before is over, and forgotten: who has been told once sends no more that is too large.
      await untilWhole();
      execFileSync("ip", ["-n", netns("left"), "route", "flush", "cache"]);
      const startedMs = Date.now();
      await stack.lab.addFault({ kind: "mtu", node: "node1", mtu: 1300 });
      await until(
        "the error is named",
        async () => {
          last = await trace(startedMs);
          return last.includes(
            "Nothing is missing on the way; of some packets 10.244.1.1 says: fragmentation needed, next-hop MTU 1300.",
          );
        },
        LIMIT_MS,
      );
    },
  );

  test("a slow wire is marked as slow, and nothing else is", ONCE_MORE, async () => {
    const startedMs = Date.now();
    await stack.lab.addFault({ kind: "delay", node: "node1", rateKbit: 2000 });
    await until(
      "the wire is slow",
      async () => {
        const path = await pathOf("pods", startedMs);
        if (path === undefined) return false;
        last = pathText(path, await usualLatencies(stack.api, path)).replaceAll(/\s+/g, " ");
        return / wire \+[0-9.]+ ms loss [^|]*\| SLOW: usually p50 /.test(last);
      },
      LIMIT_MS,
    );
    expect(last.match(/node \+[^|]*\| SLOW/g)).toBeNull();
  });

  test("an agent that stands still is no loss", async () => {
    await untilWhole();
    await stack.lab.addFault({ kind: "pause", pid: stack.agentPid("node2") });
    const startedMs = Date.now();
    while (Date.now() - startedMs < 12_000) {
      expect(await trace()).not.toContain("lost");
      await sleep(POLL_MS);
    }
    await stack.lab.removeFault("all");
    await untilWhole();
  });

  test("--watch shows the hops at bridge and tunnel", async () => {
    const now = Date.now();
    const known = await findTrace(stack.api, LEFT, RIGHT, { from: now - 60_000, to: now });
    expect(known?.path.forward.hops.map(({ role }) => role)).toEqual(["pod", "uplink", "uplink", "pod"]);
    const ended = new AbortController();
    const roles = ["pod", "bridge", "tunnel", "uplink", "uplink", "tunnel", "bridge", "pod"];
    const found = await watchTrace(known!.path, {
      ...{ client: stack.api, from: LEFT, to: RIGHT, forMs: 40_000, signal: ended.signal },
      onLook: (latest) => {
        const isWhole = roles.every((role, at) => latest?.path.forward.hops[at]?.role === role);
        if (isWhole) ended.abort();
      },
    });
    expect(found?.path.forward.hops.map(({ role }) => role)).toEqual(roles);
    expect((await stack.api.get(statusSchema, PATHS.status)).connectionWatches).toMatchObject([
      { servers: [{ port: ATTEMPT_PORT }], forSeconds: 40 },
    ]);
  });

  test.each([5, -5])(
    "a clock that is %d s off: no loss, and a fault is found all the same",
    async (offsetS) => {
      clockOffsetS = offsetS;
      await stack.stopAgent("node2");
      stack.startAgent("node2");
      await sleep(3000);
      const startedMs = Date.now();
      while (Date.now() - startedMs < 10_000) {
        const now = Date.now();
        const chosen = await findTrace(stack.api, LEFT, RIGHT, { from: startedMs, to: now + 10_000 });
        // Windows reach back before the range: what the fault of before broke is none of this.
        const found = (chosen?.path.connection.firstSeen ?? 0) >= startedMs ? chosen : undefined;
        expect(found?.path.broken ?? null).toBeNull();
        for (const { loss } of found?.path.forward.segments ?? []) expect(loss.payload?.low ?? 0).toBe(0);
        await sleep(POLL_MS);
      }
      const faultMs = Date.now();
      await stack.lab.addFault({ kind: "fdb", node: "node1", peer: "node2" });
      await until(
        "the cause is found",
        async () => {
          last = await trace(faultMs);
          return last.includes("has no forwarding entry for");
        },
        LIMIT_MS,
      );
      expect(last).toContain("they are lost inside node1, the source node.");
    },
  );
});
