import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { type ConnectionPath, PATHS, statusSchema } from "@hopline/api";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { findTrace } from "../../apps/cli/src/trace/find-trace.js";
import { pathText } from "../../apps/cli/src/trace/path-text.js";
import { parseTraceEnd, type TraceEnd } from "../../apps/cli/src/trace/trace-end.js";
import { usualLatencies } from "../../apps/cli/src/trace/usual-latencies.js";
import { watchTrace } from "../../apps/cli/src/trace/watch-trace.js";
import { FAULT_CASES, OUTSIDE, WAYS, type Way } from "./fault-cases.js";
import { ATTEMPT_PORT, PodAttempts } from "./pod-attempts.js";
import { Stack } from "./stack.js";

const isRoot = process.getuid?.() === 0;
const NAME = `faults${process.pid}`;
/** From when the fault is there (a conntrack table takes seconds to be filled) to the right answer. */
const LIMIT_MS = 15_000;
/** A machine that runs another cluster beside this one may be late once. */
const ONCE_MORE = { retry: 1 };

const POLL_MS = 1000;

const SERVICE_IP = "10.96.77.77";
const NODE_PORT = 30_777;
/** Of a Service with externalTrafficPolicy: Local. */
const LOCAL_NODE_PORT = 30_778;

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
---
apiVersion: v1
kind: Service
metadata: { name: near, namespace: probe }
spec:
  type: NodePort
  externalTrafficPolicy: Local
  selector: { app: same }
  ports: [{ port: 80, targetPort: ${ATTEMPT_PORT}, nodePort: ${LOCAL_NODE_PORT} }]
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
    const ports = [NODE_PORT, LOCAL_NODE_PORT].map((port) => `${stack.nodes[0]?.address}:${port}`);
    await attempts.call(`hl-${NAME}-outside`, ports, 2000);
    await attempts.call(`hl-${NAME}-node1`, [`${address("right")}:${ATTEMPT_PORT}`], 2000);
    await untilWhole();
  });

  afterEach(async () => {
    await stack.lab.removeFault("all");
    // Who has been told of an MTU once sends no more that is too large.
    execFileSync("ip", ["-n", netns("left"), "route", "flush", "cache"]);
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
    // The source is as it was.
    [
      "localNodePort",
      ["uplink in", "pod out"],
      [`tcp ${OUTSIDE}:`, "by service probe/near, translated by dnat: delivered"],
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

  // These come first: of connections of the last half minute, trace shows those that failed before all others.
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

  test("--watch shows the hops at bridge and tunnel", async () => {
    const now = Date.now();
    const known = await findTrace(stack.api, LEFT, RIGHT, { from: now - 60_000, to: now });
    expect(known?.path.forward.hops.map(({ role }) => role)).toEqual(["pod", "uplink", "uplink", "pod"]);
    const ended = new AbortController();
    const roles = ["pod", "bridge", "tunnel", "uplink", "uplink", "tunnel", "bridge", "pod"];
    const found = await watchTrace(known!.path, {
      ...{ client: stack.api, from: LEFT, to: RIGHT, forMs: 15_000, signal: ended.signal },
      onLook: (latest) => {
        const isWhole = roles.every((role, at) => latest?.path.forward.hops[at]?.role === role);
        if (isWhole) ended.abort();
      },
    });
    expect(found?.path.forward.hops.map(({ role }) => role)).toEqual(roles);
    expect((await stack.api.get(statusSchema, PATHS.status)).connectionWatches).toMatchObject([
      { servers: [{ port: ATTEMPT_PORT }], forSeconds: 15 },
    ]);
  });

  test("an agent that stands still is no loss", async () => {
    await stack.lab.addFault({ kind: "pause", pid: stack.agentPid("node2") });
    const startedMs = Date.now();
    while (Date.now() - startedMs < 12_000) {
      expect(await trace()).not.toContain("lost");
      await sleep(POLL_MS);
    }
    await stack.lab.removeFault("all");
    await untilWhole();
  });

  test(
    "an MTU that senders are told of: nothing is missing, and it says who told them",
    ONCE_MORE,
    async () => {
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

  const told = FAULT_CASES.map(([what, fault, expected, others = []]) => ({ what, fault, expected, others }));
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
