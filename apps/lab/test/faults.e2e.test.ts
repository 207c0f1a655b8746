import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { FaultRequestInput } from "../src/faults/fault-request.js";
import type { FaultReading } from "../src/faults/planned-fault.js";
import { LabNames } from "../src/host/names.js";
import { listNamespaces } from "../src/host/network-namespaces.js";
import { runCommand, tryCommand } from "../src/host/run-command.js";
import type { LabDescription } from "../src/lab-description.js";
import { NamespaceCapture, type SeenPayload } from "./captured-conversations.js";
import { isRoot, LAB_PROGRAM, LabProcess } from "./lab-process.js";
import { PodListener, sendDatagrams, sendStream } from "./pod-traffic.js";

describe.skipIf(!isRoot)("faults (needs root: a cluster in the kernel)", () => {
  const NAME = "testfault";
  const names = new LabNames(NAME);
  const left = names.pod("probe", "left");
  const right = names.pod("probe", "right");

  let lab: LabProcess;
  let description: LabDescription;
  let leftAddress: string;
  let rightAddress: string;
  let onLeft: PodListener;
  let onRight: PodListener;

  const pod = (name: string, node: string): string => `
---
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: probe, labels: { app: ${name} } }
spec:
  nodeSelector: { kubernetes.io/hostname: ${node} }
  containers: [{ name: main, image: "hopline.lab/client:1" }]
`;

  beforeAll(async () => {
    lab = new LabProcess(NAME);
    description = await lab.ready();
    await lab.control.apply(
      `apiVersion: v1\nkind: Namespace\nmetadata: { name: probe }\n${pod("left", "node1")}${pod("right", "node2")}`,
      "probe.yaml",
    );
    // Nobody else calls: what rules count is what the tests send.
    await lab.control.quiesce();
    const { pods } = await lab.control.state();
    const address = (name: string) =>
      pods.find((found) => found.namespace === "probe" && found.name === name)?.address ?? "";
    leftAddress = address("left");
    rightAddress = address("right");
    onLeft = await PodListener.start(left);
    onRight = await PodListener.start(right);
    await expectDelivery();
  });

  afterEach(async () => {
    await lab.control.removeFault("all");
    await delay(50);
    await onLeft.received();
    await onRight.received();
  });

  afterAll(async () => {
    onLeft?.stop();
    onRight?.stop();
    await lab.end("SIGTERM");
    lab.removeRunFolder();
  });

  async function add(request: FaultRequestInput): Promise<string> {
    return (await lab.control.addFault(request)).id;
  }

  async function remove(id: string): Promise<FaultReading | undefined> {
    return (await lab.control.removeFault(id))[0]?.reading;
  }

  async function drops(id: string): Promise<Extract<FaultReading, { type: "drops" }>> {
    const reading = (await lab.control.faults()).find((report) => report.id === id)?.reading;
    if (reading?.type !== "drops") throw new Error(`fault ${id} counts no drops`);
    return reading;
  }

  /** Datagrams from left to right that arrive, of 20. */
  async function delivered(bytes = 100): Promise<number> {
    await sendDatagrams(left, rightAddress, 20, bytes);
    return (await onRight.received()).datagrams;
  }

  async function expectDelivery(): Promise<void> {
    expect(await delivered()).toBe(20);
    expect((await sendStream(left, rightAddress, 50_000)).outcome).toBe("ok");
    await onRight.received();
  }

  function labCommand(...args: readonly string[]) {
    return tryCommand({ command: process.execPath, args: [LAB_PROGRAM, ...args, "--name", NAME] });
  }

  describe("drops at random count what they drop, to the byte", () => {
    const COUNT = 2000;
    const BYTES = 600;

    test.each([
      ["on the wire, out", { kind: "drop-uplink", node: "node1", probability: 0.1 }, 78],
      ["on the wire, in", { kind: "drop-uplink", node: "node2", direction: "in", probability: 0.1 }, 78],
      [
        "on the wire, between two nodes, whatever it is",
        { kind: "drop-uplink", node: "node1", probability: 0.1, traffic: "any", peer: "node2" },
        78,
      ],
      ["at a pod's veth, in", { kind: "drop-pod", pod: "probe/right", probability: 0.1 }, 28],
      [
        "at a pod's veth, out",
        { kind: "drop-pod", pod: "probe/left", direction: "out", probability: 0.1 },
        28,
      ],
      [
        "in FORWARD",
        {
          kind: "drop-forward",
          node: "node2",
          source: "node1",
          destination: "probe/right",
          probability: 0.1,
        },
        28,
      ],
    ] as const satisfies [string, FaultRequestInput, number][])(
      "%s",
      async (_where, request, headerBytes) => {
        const id = await add(request);
        await sendDatagrams(left, rightAddress, COUNT, BYTES);
        const { datagrams } = await onRight.received();
        const { matched, dropped } = await drops(id);
        expect(matched).toEqual({
          packets: COUNT,
          bytes: COUNT * (BYTES + headerBytes),
          payloadBytes: COUNT * BYTES,
        });
        expect(dropped).toEqual({
          packets: COUNT - datagrams,
          bytes: (COUNT - datagrams) * (BYTES + headerBytes),
          payloadBytes: (COUNT - datagrams) * BYTES,
        });
        // Five standard deviations around a tenth.
        expect(dropped.packets).toBeGreaterThan(130);
        expect(dropped.packets).toBeLessThan(270);
        await remove(id);
        await expectDelivery();
      },
    );

    test("of TCP's payload, super-frames and header options told apart", async () => {
      const id = await add({ kind: "drop-uplink", node: "node1", probability: 0.000001 });
      const inner = await add({ kind: "drop-pod", pod: "probe/right", probability: 0.000001 });
      await sendStream(left, rightAddress, 3_000_000);
      expect((await onRight.received()).streamBytes).toBe(3_000_000);
      for (const { matched } of [await drops(id), await drops(inner)]) {
        expect(matched.payloadBytes).toBe(3_000_000);
        expect(matched.packets).toBeLessThan(2000);
      }
    });

    test.each([
      ["out", "node1"],
      ["in", "node2"],
    ] as const)(
      "on the wire, %s: between what one uplink shows and what the other does",
      async (direction, node) => {
        const id = await add({ kind: "drop-uplink", node, direction, probability: 0.1 });
        const [near, far] = await Promise.all(
          description.nodes.map(({ netns }) => NamespaceCapture.start(netns, "udp dst port 8472")),
        );
        await sendDatagrams(left, rightAddress, COUNT, BYTES);
        const sent = await near!.stop(description.nodes[0]!.address);
        const got = await far!.stop(description.nodes[1]!.address);
        const sum = (seen: Map<string, SeenPayload>, side: keyof SeenPayload) =>
          [...seen.values()].reduce((bytes, payload) => bytes + payload[side], 0);
        const { dropped } = await drops(id);
        // An outer datagram's payload: VXLAN, Ethernet, IPv4 and UDP around what was sent.
        const bytes = 8 + 14 + 28 + BYTES;
        expect(sum(sent, "sentBytes")).toBe(COUNT * bytes);
        expect(sum(got, "receivedBytes")).toBe((COUNT - dropped.packets) * bytes);
      },
    );

    test("one way only, and of what it is about only", async () => {
      const id = await add({ kind: "drop-uplink", node: "node1", probability: 1 });
      expect(await delivered()).toBe(0);
      await sendDatagrams(right, leftAddress, 20, 100);
      expect((await onLeft.received()).datagrams).toBe(20);
      await remove(id);
      await add({ kind: "drop-forward", node: "node1", destination: "203.0.113.0/24", probability: 1 });
      await expectDelivery();
    });
  });

  describe("entries that are wrong or missing", () => {
    test.each([
      ["a blackhole", { kind: "route", node: "node1", to: "node2" }, "timeout"],
      ["a blackhole for one pod", { kind: "route", node: "node1", to: "probe/right" }, "timeout"],
      [
        "an unreachable route",
        { kind: "route", node: "node1", to: "node2", type: "unreachable" },
        "EHOSTUNREACH",
      ],
      ["no route", { kind: "route", node: "node1", to: "node2", type: "missing" }, /timeout|E.*UNREACH/],
      ["no forwarding entry", { kind: "fdb", node: "node1", peer: "node2" }, "timeout"],
      // The question for its hardware address goes on for three seconds.
      ["no neighbour", { kind: "neighbour", node: "node1", peer: "node2" }, /timeout|EHOSTUNREACH/],
    ] as const satisfies [string, FaultRequestInput, string | RegExp][])(
      "%s lets nothing through, and heals",
      async (_what, request, outcome) => {
        const id = await add(request);
        // First, before the kernel's limit on ICMP errors is reached.
        expect((await sendStream(left, rightAddress, 100)).outcome).toMatch(outcome);
        expect(await delivered()).toBe(0);
        await remove(id);
        await expectDelivery();
      },
    );
  });

  describe("a wrong MTU", () => {
    test.each([
      ["at the tunnel, silent", { kind: "mtu", node: "node1", mtu: 1300, silent: true }],
      ["at the uplink", { kind: "mtu", node: "node1", interface: "uplink", mtu: 1300 }],
    ] as const satisfies [string, FaultRequestInput][])(
      "%s, kills large packets only, and heals",
      async (_where, request) => {
        const id = await add(request);
        expect(await delivered(1400)).toBe(0);
        expect(await delivered(500)).toBe(20);
        expect((await sendStream(left, rightAddress, 50_000)).outcome).toBe("timeout");
        await remove(id);
        expect(await delivered(1400)).toBe(20);
        await expectDelivery();
      },
    );

    test("that is told lets TCP go on in smaller segments", async () => {
      await add({ kind: "mtu", node: "node1", mtu: 1300 });
      expect((await sendStream(left, rightAddress, 50_000)).outcome).toBe("ok");
      const route = await runCommand({ command: "ip", args: ["-n", left, "route", "get", rightAddress] });
      expect(route).toContain("mtu 1300");
      await runCommand({ command: "ip", args: ["-n", left, "route", "flush", "cache"] });
    });
  });

  describe("delay", () => {
    test.each([
      ["what a node sends", "node1", "out"],
      ["what a node gets", "node2", "in"],
    ] as const)("holds back %s, at the bucket's rate", async (_what, node, direction) => {
      const id = await add({ kind: "delay", node, direction, rateKbit: 2000, queueMs: 5000 });
      const slow = await sendStream(left, rightAddress, 250_000, 10_000);
      // A megabit and its headers at 2 Mbit/s; the other way is free.
      const other = await sendStream(right, leftAddress, 20_000, 10_000);
      expect(slow.outcome).toBe("ok");
      expect(slow.ms).toBeGreaterThan(950);
      expect(other.ms).toBeLessThan(slow.ms / 2);
      const reading = await remove(id);
      expect(reading).toMatchObject({ type: "queue", droppedPackets: 0 });
      expect(reading?.type === "queue" && reading.sentBytes).toBeGreaterThan(250_000);
      expect((await sendStream(left, rightAddress, 250_000)).ms).toBeLessThan(slow.ms / 2);
    });
  });

  describe("policies", () => {
    const DENY = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: nobody, namespace: probe }
spec: { podSelector: { matchLabels: { app: right } } }
`;

    test("let everything through while nobody enforces them", async () => {
      await lab.control.apply(DENY, "deny.yaml");
      expect((await sendStream(left, rightAddress, 100)).outcome).toBe("timeout");
      const id = await add({ kind: "enforcement-off", node: "node2" });
      expect((await sendStream(left, rightAddress, 100)).outcome).toBe("ok");
      await remove(id);
      expect((await sendStream(left, rightAddress, 100)).outcome).toBe("timeout");
      await lab.control.delete(DENY, "deny.yaml");
      await expectDelivery();
    });
  });

  describe("lab fault", () => {
    test("adds, lists, shows in the status and removes", async () => {
      const added = await labCommand(
        "fault",
        "add",
        "drop-uplink",
        "--node",
        "node1",
        "--probability",
        "0.5",
      );
      const id = /^(f\d+) /.exec(added.stdout)?.[1] ?? "";
      const line = `${id} drop-uplink: 50 % of the VXLAN that leaves node1 is lost on the wire`;
      expect(added).toMatchObject({ exitCode: 0, stderr: "", stdout: `${line}\n` });
      expect((await labCommand("status")).stdout).toContain(`fault ${line}\n`);
      await sendDatagrams(left, rightAddress, 100, 100);
      expect(JSON.parse((await labCommand("fault", "list", "-o", "json")).stdout)).toMatchObject([
        {
          id,
          kind: "drop-uplink",
          reading: { type: "drops", matched: { packets: 100, payloadBytes: 10_000 } },
        },
      ]);
      const removed = await labCommand("fault", "remove", "all");
      expect(removed.stdout).toMatch(/^f\d+ drop-uplink: .+; dropped \d+ packets .+ of 100 packets .+\n$/);
      expect((await labCommand("fault", "list")).stdout).toBe("no faults\n");
    });

    test("refuses what cannot be, in one sentence", async () => {
      await add({ kind: "fdb", node: "node1", peer: "node2" });
      const refused = async (...args: readonly string[]) =>
        (await labCommand("fault", ...args)).stderr.trim();
      const nobody = 'Name one as NAMESPACE/POD; "hopline lab status" lists them.';
      expect(await refused("add", "drop-pod", "--pod", "probe/nobody", "--probability", "1")).toBe(
        `hopline lab fault add drop-pod: There is no running pod probe/nobody. ${nobody}`,
      );
      expect(await refused("add", "fdb", "--node", "node1", "--peer", "node2")).toMatch(
        /^hopline lab fault add fdb: Fault f\d+ has hold of the forwarding entry for node2 on node1 already\. Take it back first: .+\.$/,
      );
      expect(await refused("add", "mtu", "--node", "node7", "--mtu", "1300")).toBe(
        "hopline lab fault add mtu: There is no node node7. The lab has node1, node2.",
      );
      expect(await refused("add", "pause", "--pid", `${lab.child.pid}`)).toMatch(/ is the lab itself, and /);
      expect(await refused("remove", "f999")).toMatch(/^hopline lab fault remove: There is no fault f999\. /);
    });
  });

  test("a full conntrack table lets no new connection through", async () => {
    const id = await add({ kind: "conntrack-full", node: "node1" });
    const [report] = await lab.control.faults();
    const { entries, limit } = report?.reading?.type === "table" ? report.reading : { entries: 0, limit: -1 };
    expect(entries).toBeGreaterThanOrEqual(limit);
    expect((await sendStream(left, rightAddress, 100)).outcome).toBe("timeout");
    expect(await delivered()).toBe(0);
    await remove(id);
    await expectDelivery();
  });

  test("a paused process goes on when the fault is taken back", async () => {
    const child = sleeper();
    const id = await add({ kind: "pause", pid: child.pid ?? 0 });
    expect(stateOf(child.pid)).toBe("T");
    await remove(id);
    expect(stateOf(child.pid)).toBe("S");
    child.kill("SIGKILL");
  });
});

describe.skipIf(!isRoot)("faults of a lab that is killed (needs root: a cluster in the kernel)", () => {
  test("end with it: namespaces go, and a paused process goes on", async () => {
    const name = "testfaultkill";
    const lab = new LabProcess(name);
    const child = sleeper();
    try {
      await lab.ready();
      await lab.control.addFault({ kind: "pause", pid: child.pid ?? 0 });
      await lab.control.addFault({ kind: "delay", node: "node1", rateKbit: 1000 });
      expect(stateOf(child.pid)).toBe("T");
      await lab.end("SIGKILL");
      const { prefix } = new LabNames(name);
      const healed = async () => stateOf(child.pid) === "S" && (await listNamespaces(prefix)).length === 0;
      const deadline = Date.now() + 15_000;
      while (!(await healed()) && Date.now() < deadline) await delay(100);
      expect(await healed()).toBe(true);
    } finally {
      child.kill("SIGKILL");
      await lab.end("SIGTERM");
      lab.removeRunFolder();
    }
  });
});

function sleeper(): ChildProcess {
  return spawn("sleep", ["600"], { stdio: "ignore" });
}

/** `T`: stopped; `S`: waiting for its own reasons (proc(5)). */
function stateOf(pid: number | undefined): string | undefined {
  return /^State:\s+(\S)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
}
