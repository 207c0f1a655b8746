import { setTimeout as sleep } from "node:timers/promises";
import { PATHS, statusSchema } from "@hopline/api";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { findTrace } from "../../apps/cli/src/trace/find-trace.js";
import { pathText } from "../../apps/cli/src/trace/path-text.js";
import { parseTraceEnd } from "../../apps/cli/src/trace/trace-end.js";
import { watchTrace } from "../../apps/cli/src/trace/watch-trace.js";
import type { FaultRequestInput } from "../../apps/lab/src/faults/fault-request.js";
import { ATTEMPT_PORT, PodAttempts } from "./pod-attempts.js";
import { Stack } from "./stack.js";

const isRoot = process.getuid?.() === 0;
const NAME = `faults${process.pid}`;
/**
 * From the fault to the right answer: 15 s, and as long again for a machine that runs another cluster beside this one. A full
 * conntrack table and packets that vanish for their size show by what is sent again, or by the window's end, and take longest.
 */
const LIMIT_MS = 30_000;

/** Each look is a handful of queries, which take the embedded engine's time from what it has to store. */
const POLL_MS = 1500;

const LEFT = parseTraceEnd("probe/left");
const RIGHT = parseTraceEnd("probe/right");

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
  selector: { app: right }
  ports: [{ port: 80, targetPort: ${ATTEMPT_PORT} }]
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
  async function trace(sinceMs = 0): Promise<string> {
    const now = Date.now();
    const range = { from: now - 15 * 60_000, to: now };
    const found = await findTrace(stack.api, LEFT, RIGHT, range);
    if (found === undefined || found.path.connection.firstSeen < sinceMs) return "";
    return pathText(found.path).replaceAll(/\s+/g, " ");
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

  const cases: readonly (readonly [string, FaultRequestInput, readonly string[]])[] = [
    [
      "drops on the wire",
      { kind: "drop-uplink", node: "node1", probability: 1 },
      [
        ": unanswered",
        "pass eth0 on node1",
        "never reach the uplink on node2: they are lost on the wire from node1 to node2.",
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
  ];

  test.each(cases)("%s", async (_what, fault, expected) => {
    const startedMs = Date.now();
    await stack.lab.addFault(fault);
    while (Date.now() - startedMs < LIMIT_MS) {
      last = await trace(startedMs);
      if (expected.every((text) => last.includes(text))) break;
      await sleep(POLL_MS);
    }
    const tookMs = Date.now() - startedMs;
    for (const text of expected) expect(last).toContain(text);
    expect(tookMs).toBeLessThan(LIMIT_MS);
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
