import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCommand } from "../src/host/run-command.js";
import { isRoot, LabProcess } from "./lab-process.js";
import { readLedger } from "./read-ledger.js";

describe.skipIf(!isRoot)("labs of other shapes (needs root: a cluster in the kernel)", () => {
  /** Two labs at once, of different shapes: three nodes on the other VXLAN port, and a single node. */
  let three: LabProcess;
  let one: LabProcess;

  beforeAll(async () => {
    three = new LabProcess("testthree", ["--nodes", "3", "--profile", "vxlan4789"]);
    one = new LabProcess("testone", ["--nodes", "1"]);
    await Promise.all([three.ready(), one.ready()]);
  });

  afterAll(async () => {
    for (const lab of [three, one]) {
      await lab.end("SIGTERM");
      lab.removeRunFolder();
    }
  });

  test.each(["three", "one"])("every allowed conversation succeeds in the lab of %s", async (which) => {
    const lab = which === "three" ? three : one;
    await new Promise((resolve) => setTimeout(resolve, 3000));
    await lab.control.quiesce();
    const entries = await readLedger(`${lab.runFolder}/ledger.jsonl`);
    const allowed = entries.filter((entry) => entry.expect === "allowed");
    expect(allowed.length).toBeGreaterThan(50);
    expect(allowed.filter((entry) => entry.outcome !== "ok")).toEqual([]);
    await lab.control.resume();
  });

  test("three nodes have pods, and VXLAN neighbours on port 4789", async () => {
    const { pods } = await three.control.state();
    expect(new Set(pods.map((pod) => pod.node))).toEqual(new Set(["node1", "node2", "node3"]));
    const device = await runCommand({
      command: "ip",
      args: ["-d", "link", "show", "flannel.1"],
      netns: "hl-testthree-node2",
    });
    expect(device).toMatch(/vxlan id 1 .*dstport 4789 nolearning/);
    const entries = await runCommand({
      command: "bridge",
      args: ["fdb", "show", "dev", "flannel.1"],
      netns: "hl-testthree-node2",
    });
    expect(entries).toContain("0a:f1:a0:e1:00:01 dst 172.31.0.11 self permanent");
    expect(entries).toContain("0a:f1:a0:e1:00:03 dst 172.31.0.13 self permanent");
  });

  test("a lab of one node has no one to tunnel to", async () => {
    const routes = await runCommand({ command: "ip", args: ["route"], netns: "hl-testone-node1" });
    expect(routes).not.toContain("onlink");
    expect((await one.control.state()).pods.every((pod) => pod.node === "node1")).toBe(true);
  });
});
