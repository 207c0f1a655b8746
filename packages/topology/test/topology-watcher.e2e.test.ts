import { execFileSync } from "node:child_process";
import { formatAddress } from "@hopline/packet";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type CommandRunner, runCommand } from "../src/command-runner.js";
import { Topology } from "../src/topology.js";
import { TopologyWatcher } from "../src/topology-watcher.js";

const NODE = `hltop-${process.pid}-n`;
const POD = `hltop-${process.pid}-p`;

function shell(script: string): string {
  return execFileSync("sh", ["-ec", script], { stdio: ["ignore", "pipe", "inherit"] }).toString();
}

/** Commands as a process in the node's namespace runs them. */
const inNode: CommandRunner = (command, args) => runCommand("ip", ["netns", "exec", NODE, command, ...args]);
const monitor = ["ip", "netns", "exec", NODE, "ip"] as const;

describe("TopologyWatcher against the kernel (needs root)", () => {
  beforeAll(() => {
    shell(`ip netns add ${NODE}; ip netns add ${POD}
      ip -n ${NODE} link add cni0 type bridge
      ip -n ${NODE} addr add 10.88.0.1/24 dev cni0
      ip -n ${NODE} link set cni0 up
      ip -n ${NODE} link add eth0 type veth peer name peer netns ${POD}
      ip -n ${NODE} addr add 172.30.0.2/24 dev eth0
      ip -n ${NODE} link set eth0 up
      ip -n ${NODE} link add flannel.1 type vxlan id 1 dstport 8472 local 172.30.0.2 dev eth0 nolearning`);
  });
  afterAll(() => {
    shell(`ip netns del ${NODE}; ip netns del ${POD}`);
  });

  it("follows a pod's interface as it comes, speaks and goes", async () => {
    const topology = new Topology({ nowMs: Date.now });
    const watcher = new TopologyWatcher({ topology, run: inNode, monitor, rereadEveryMs: 3_600_000 });
    await watcher.start();
    try {
      const roles = () => Object.fromEntries(topology.interfaces.map((one) => [one.name, one.role]));
      expect(roles()).toEqual({ lo: "host", cni0: "bridge", eth0: "uplink", "flannel.1": "tunnel" });
      expect(topology.tunnelPorts()).toEqual({ vxlan: [8472], vxlanGpe: [], geneve: [] });

      shell(`ip -n ${NODE} link add vethpod type veth peer name eth0 netns ${POD}
        ip -n ${NODE} link set vethpod master cni0 up
        ip -n ${POD} addr add 10.88.0.5/24 dev eth0
        ip -n ${POD} link set eth0 up`);
      await vi.waitFor(() => expect(roles()).toMatchObject({ vethpod: "pod" }), 2000);

      // A datagram makes the bridge learn the MAC and the node resolve the address.
      const send = `const s=require("node:dgram").createSocket("udp4");s.send("x",9,"10.88.0.1",()=>s.close())`;
      shell(`ip netns exec ${POD} ${process.execPath} -e '${send}'
        ip -n ${NODE} neigh show dev cni0 | grep -q 10.88.0.5 || ip netns exec ${NODE} ${process.execPath} -e '${send.replace("10.88.0.1", "10.88.0.5")}'`);
      await vi.waitFor(() => {
        const address = topology.attachedAddress("vethpod", true);
        expect(address && formatAddress(address)).toBe("10.88.0.5");
      }, 6000);

      const index = topology.byName("vethpod")?.index ?? 0;
      shell(`ip -n ${NODE} link del vethpod`);
      await vi.waitFor(() => expect(roles()).not.toHaveProperty("vethpod"), 2000);
      expect(topology.byIndex(index)).toMatchObject({ name: "vethpod", role: "pod" });
      expect(watcher.counters.failedReads).toBe(0);
    } finally {
      await watcher.stop();
    }
    expect(shell(`ip netns pids ${NODE}`)).toBe("");
  });

  it("starts the monitor again when it dies, and says so meanwhile", async () => {
    const topology = new Topology({ nowMs: Date.now });
    const states: string[] = [];
    const watcher = new TopologyWatcher({
      ...{ topology, run: inNode, monitor, rereadEveryMs: 3_600_000 },
      onState: (state) => states.push(state.kind),
    });
    await watcher.start();
    try {
      const pid = await vi.waitFor(() => {
        const found = Number(shell(`ip netns pids ${NODE}`).trim());
        expect(found).toBeGreaterThan(0);
        return found;
      });
      process.kill(pid, "SIGKILL");
      await vi.waitFor(() => expect(watcher.state.kind).toBe("failed"), 2000);
      await vi.waitFor(() => expect(watcher.state.kind).toBe("watching"), 5000);
      expect(watcher.counters.monitorRestarts).toBe(1);
      shell(`ip -n ${NODE} link add later type bridge`);
      await vi.waitFor(() => expect(topology.byName("later")?.role).toBe("bridge"), 2000);
    } finally {
      await watcher.stop();
    }
    expect(states).toEqual(["watching", "failed", "watching", "stopped"]);
  });

  it("fails at the start, in a sentence, where iproute2 is not there", async () => {
    const run: CommandRunner = (_command, args) => runCommand("no-such-ip", args);
    const watcher = new TopologyWatcher({
      topology: new Topology({ nowMs: Date.now }),
      run,
      monitor: ["no-such-ip"],
    });
    await expect(watcher.start()).rejects.toMatchObject({ code: "TOPOLOGY_COMMAND_MISSING" });
  });
});
