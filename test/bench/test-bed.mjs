import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { BenchError, root } from "./run.mjs";

const PREFIX = `hlb${process.pid}`;
const POD_MTU = 1450;

export const POD_A = { name: "a", node: "n1", address: "10.97.1.2" };
export const POD_B = { name: "b", node: "n1", address: "10.97.1.3" };
export const POD_C = { name: "c", node: "n2", address: "10.97.2.2" };
const NODES = [
  { name: "n1", address: "192.0.2.1", pods: "10.97.1.0/24", other: "n2" },
  { name: "n2", address: "192.0.2.2", pods: "10.97.2.0/24", other: "n1" },
];

/**
 * Two nodes in network namespaces, joined by a wire, with a VXLAN between them; two pods on the first and one on the second, each
 * behind a routed veth as CNI plugins make them. Nothing of it is left after {@link TestBed.remove}.
 */
export class TestBed {
  #folder = mkdtempSync(join(tmpdir(), "hopline-bench-"));
  #children = new Set();

  constructor() {
    if (process.getuid() !== 0) throw new BenchError("network namespaces need root: run this bench as root");
    for (const signal of ["SIGINT", "SIGTERM"])
      process.once(signal, () => this.remove().then(() => process.exit(130)));
    for (const { name } of NODES)
      shell(`ip netns add ${PREFIX}-${name}
      ip -n ${PREFIX}-${name} link set lo up
      ip netns exec ${PREFIX}-${name} sysctl -qw net.ipv4.ip_forward=1`);
    shell(`ip -n ${PREFIX}-n1 link add wire0 mtu 1500 type veth peer name wire0 netns ${PREFIX}-n2`);
    for (const node of NODES) this.#join(node);
    for (const pod of [POD_A, POD_B, POD_C]) this.#attach(pod);
    // What pods send to nobody would be answered by ICMP errors at the sender's cost.
    shell(`ip netns exec ${PREFIX}-b iptables -A INPUT -p udp --dport 9999 -j DROP
      ip netns exec ${PREFIX}-c iptables -A INPUT -p udp --dport 9999 -j DROP`);
  }

  /** Command that runs `command` in a pod or on a node. */
  within(place, command) {
    return ["ip", "netns", "exec", `${PREFIX}-${place}`, ...command];
  }

  /** Starts a program there; it is killed with the bed at the latest. */
  start(place, command, env = {}) {
    const [program, ...args] = this.within(place, command);
    const child = spawn(program, args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
    });
    child.output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (child.output += chunk));
    this.#children.add(child);
    child.once("exit", () => this.#children.delete(child));
    return child;
  }

  /** The product's agent on a node, with no collector to be found: it keeps its batches on the disk. */
  async startAgent(node, ...more) {
    const agent = this.start(node, [
      ...[process.execPath, join(root, "apps/agent/dist/main.js"), "--node", node, "--log-format", "json"],
      ...[
        "--collector",
        `unix:${join(this.#folder, "nobody.sock")}`,
        "--data-dir",
        join(this.#folder, `agent-${node}`),
      ],
      ...["--metrics-address", "127.0.0.1:9464", "--token", "bench", ...more],
    ]);
    for (let waitedMs = 0; !agent.output.includes(`watching ${node}`); waitedMs += 50) {
      if (agent.exitCode !== null || waitedMs > 10_000)
        throw new BenchError(`the agent did not start: ${agent.output.slice(-500)}`);
      await delay(50);
    }
    return agent;
  }

  /** Figures of the agent on a node, by name with labels. */
  metrics(node) {
    const script = 'fetch("http://127.0.0.1:9464/metrics").then((answer) => answer.text()).then(console.log)';
    const text = execFileSync("ip", this.within(node, [process.execPath, "-e", script]).slice(1)).toString();
    const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    return new Map(
      lines.map((line) => [
        line.slice(0, line.lastIndexOf(" ")),
        Number(line.slice(line.lastIndexOf(" ") + 1)),
      ]),
    );
  }

  async stop(child, signal = "SIGTERM") {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await ended;
  }

  /** Packets that a pod's interface has received since it was made. */
  receivedPackets(pod) {
    const path = "/sys/class/net/eth0/statistics/rx_packets";
    return Number(execFileSync("ip", this.within(pod.name, ["cat", path]).slice(1)).toString());
  }

  async remove() {
    await Promise.all([...this.#children].map((child) => this.stop(child, "SIGKILL")));
    for (const name of ["a", "b", "c", "n1", "n2"])
      shell(`ip netns del ${PREFIX}-${name} 2>/dev/null || true`);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #join({ name, address, other }) {
    const peer = NODES.find((node) => node.name === other);
    const tunnel = (node) => node.pods.replace(".0/24", ".0");
    const hardware = (node) => `02:00:00:00:00:0${node.name.slice(1)}`;
    shell(`ip -n ${PREFIX}-${name} addr add ${address}/24 dev wire0
      ip -n ${PREFIX}-${name} link set wire0 up
      ip -n ${PREFIX}-${name} link add flannel.1 address ${hardware({ name })} type vxlan id 1 dstport 8472 local ${address} dev wire0 nolearning
      ip -n ${PREFIX}-${name} addr add ${tunnel(NODES.find((node) => node.name === name))}/32 dev flannel.1
      ip -n ${PREFIX}-${name} link set flannel.1 mtu ${POD_MTU} up
      ip -n ${PREFIX}-${name} route add ${peer.pods} via ${tunnel(peer)} dev flannel.1 onlink
      ip -n ${PREFIX}-${name} neigh add ${tunnel(peer)} lladdr ${hardware(peer)} dev flannel.1 nud permanent
      bridge -n ${PREFIX}-${name} fdb add ${hardware(peer)} dev flannel.1 dst ${peer.address}`);
  }

  #attach({ name, node, address }) {
    shell(`ip netns add ${PREFIX}-${name}
      ip -n ${PREFIX}-${node} link add veth${name} mtu ${POD_MTU} type veth peer name eth0 mtu ${POD_MTU} netns ${PREFIX}-${name}
      ip -n ${PREFIX}-${node} link set veth${name} up
      ip -n ${PREFIX}-${node} addr add 169.254.1.1/32 dev veth${name}
      ip -n ${PREFIX}-${node} route add ${address}/32 dev veth${name}
      ip -n ${PREFIX}-${name} link set lo up
      ip -n ${PREFIX}-${name} link set eth0 up
      ip -n ${PREFIX}-${name} addr add ${address}/32 dev eth0
      ip -n ${PREFIX}-${name} route add 169.254.1.1 dev eth0
      ip -n ${PREFIX}-${name} route add default via 169.254.1.1`);
  }
}

function shell(script) {
  execFileSync("sh", ["-ec", script], { stdio: ["ignore", "pipe", "inherit"] });
}

/** CPU seconds of a process and all its threads so far (proc(5), stat: utime and stime, in hundredths). */
export function cpuSecondsOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1")
    .replace(/^.*\) /s, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
