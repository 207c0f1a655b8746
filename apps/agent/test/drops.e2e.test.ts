import type { ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Fault } from "@hopline/fault";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { KernelDrops } from "../src/drops/kernel-drops.js";
import { Children, fileBeside, runIn } from "./e2e/children.js";
import { readReceived, sum } from "./e2e/received-rows.js";
import { RoutedNode, shell } from "./e2e/routed-node.js";

const MAIN = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const SINK = fileBeside("sink.mjs");
const TOKEN = "agent-token-of-the-test";
const PREFIX = "hopline-deny:in:data/database";
const OTHER_BACKEND = "10.77.0.9";

/** Tries for a while to connect, and prints its own port: what `node -e` takes. */
const TRY = `
  const [host, port, forMs] = process.argv.slice(1);
  const server = require("node:net").createServer().listen(0, () => {
    const localPort = server.address().port;
    server.close(() => {
      const socket = require("node:net").connect({ host, port: Number(port), localPort });
      socket.on("connect", () => { process.stdout.write("connected"); process.exit(); });
      socket.on("error", () => undefined);
      setTimeout(() => { process.stdout.write(String(localPort)); process.exit(); }, Number(forMs));
    });
  });`;

/** One datagram to each of so many ports: what `node -e` takes. */
const FLOOD = `
  const [host, count] = process.argv.slice(1);
  const socket = require("node:dgram").createSocket("udp4");
  let left = Number(count);
  const next = () => {
    if (left === 0) return socket.close();
    for (let turn = 0; turn < 100 && left > 0; turn++) socket.send("x", 1 + left--, host);
    setImmediate(next);
  };
  next();`;

describe("what a node's rules drop (needs root)", () => {
  let node: RoutedNode;
  let folder: string;
  let children: Children;
  let round = 0;
  const received = () => readReceived(join(folder, "received"));
  const metricsPort = 9465;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "hopline-drops-"));
    mkdirSync(join(folder, "received"));
    children = new Children();
    node = new RoutedNode(`hldrops-${process.pid}-${round++}`);
    node.create();
    const socket = join(folder, "collector.sock");
    await children.start([process.execPath, SINK, socket, join(folder, "received"), TOKEN], "listening");
  });

  afterEach(async () => {
    await children.endAll();
    node.remove();
    rmSync(folder, { recursive: true });
  });

  const inNode = (command: string) => shell(`ip netns exec ${node.namespace} ${command}`);

  const readMetrics = () =>
    inNode(
      `${process.execPath} -e 'fetch("http://127.0.0.1:${metricsPort}/metrics").then(a=>a.text()).then(console.log)'`,
    );

  /** As the lab and most network plugins do it: behind the translation, in FORWARD. */
  function deny(address: string): void {
    inNode(`iptables -A FORWARD -d ${address} -j NFLOG --nflog-group 100 --nflog-prefix "${PREFIX}"`);
    inNode(`iptables -A FORWARD -d ${address} -j DROP`);
  }

  const startAgent = (...more: string[]): Promise<ChildProcess> =>
    children.start(
      [
        ...(["ip", "netns", "exec", node.namespace, process.execPath, MAIN, "--node", "e2e"] as const),
        ...["--collector", `unix:${join(folder, "collector.sock")}`, "--data-dir", join(folder, "spool")],
        ...["--log-format", "json", "--metrics-address", `127.0.0.1:${metricsPort}`, ...more],
      ],
      "watching e2e",
      { HOPLINE_TOKEN: TOKEN },
    );

  it("meets, in one connection, what the client's interface saw of it, whichever backend was chosen", async () => {
    // Every second first segment goes to another backend, as without a confirmed connection each is translated anew.
    inNode(
      `iptables -t nat -I PREROUTING -d ${node.serviceAddress} -p tcp --dport 80 -m statistic --mode nth --every 2 --packet 1 \
        -j DNAT --to ${OTHER_BACKEND}:8080`,
    );
    inNode(`ip route add ${OTHER_BACKEND}/32 dev ${node.server.interface}`);
    deny(node.server.address);
    deny(OTHER_BACKEND);
    const agent = await startAgent();
    const began = Date.now();
    const port = await runIn(node.client.namespace, ["-e", TRY, node.serviceAddress, "80", "3500"]);
    await vi.waitFor(() => expect(received().hops.length).toBeGreaterThan(0), 5000);
    // A connection to nowhere that is not dropped keeps its own name.
    await runIn(node.client.namespace, ["-e", TRY, "10.96.7.99", "80", "500"]);
    const metrics = readMetrics();
    expect(await children.end(agent, "SIGTERM")).toBe(0);

    const { hops, drops } = received();
    const client = `${node.client.address}:${port}`;
    const dropped = drops.filter((row) => row.client === client);
    const [first] = dropped;
    // First segments are sent at 0, 1 and 3 seconds, of newer kernels at 2 as well.
    expect(dropped.length).toBeGreaterThanOrEqual(3);
    expect(dropped.every((row) => row.packets === 1)).toBe(true);
    expect(first).toMatchObject({
      isReply: 0,
      group: 100,
      prefix: PREFIX,
      inInterface: node.client.interface,
      outInterface: node.server.interface,
      bytes: 60,
    });
    expect(first?.droppedUs).toBeGreaterThan(began * 1000 - 1000);
    expect(first?.packet).toMatch(/^4500003c[0-9a-f]{112}$/);
    const tries = hops.filter((row) => row.client === client);
    expect(tries.reduce((total, row) => total + row.synPackets, 0)).toBe(dropped.length);
    const connections = new Set([...dropped, ...tries].map((row) => row.connection));
    expect(
      connections.size,
      JSON.stringify([...dropped, ...tries], (_, value) => String(value)),
    ).toBe(1);
    for (const row of tries) {
      expect(row).toMatchObject({
        interface: node.client.interface,
        server: first?.server,
        originalServer: `${node.serviceAddress}:80`,
        translation: "dnat",
        initiatorBy: "conntrack",
      });
    }
    const lost = hops.filter((row) => row.originalServer.startsWith("10.96.7.99"));
    expect(lost.map((row) => [row.server, row.translation])).toEqual([["10.96.7.99:80", "untracked"]]);
    expect(metrics).toContain(`hopline_agent_drop_evidence_total{source="nflog"} ${dropped.length}`);
    expect(metrics).toMatch(/hopline_agent_drop_evidence_not_kept_total\{reason="lost"\} 0/);
  }, 30_000);

  it("counts every packet of a flood, as a row or as one that made none", async () => {
    deny(node.server.address);
    const agent = await startAgent();
    await runIn(node.client.namespace, ["-e", FLOOD, node.server.address, "6000"]);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const metrics = readMetrics();
    const counted = (name: string) =>
      Number(
        metrics
          .split("\n")
          .find((line) => line.startsWith(`${name} `))
          ?.split(" ")[1],
      );
    const notKept = (reason: string) =>
      counted(`hopline_agent_drop_evidence_not_kept_total{reason="${reason}"}`);
    const logged = Number(
      inNode("iptables -nvxL FORWARD")
        .split("\n")
        .find((line) => line.includes("NFLOG"))
        ?.trim()
        .split(/\s+/)[0],
    );
    expect(await children.end(agent, "SIGTERM")).toBe(0);

    const { drops } = received();
    const kept = sum(
      drops.filter(({ source }) => source === "nflog"),
      (row) => row.packets,
    );
    expect(logged).toBeGreaterThanOrEqual(6000);
    expect(kept + notKept("lost") + notKept("rate-limited") + notKept("not-decoded")).toBe(logged);
    expect(kept).toBeGreaterThan(1000);
  }, 40_000);

  it("is counted by the kernel's reasons too, where it tells them", async () => {
    deny(node.server.address);
    const faults: Fault[] = [];
    const drops = new KernelDrops({
      node: `e2e ${process.pid}`,
      nowMs: Date.now,
      onWarning: (fault) => faults.push(fault),
    });
    drops.start();
    await runIn(node.client.namespace, ["-e", FLOOD, node.server.address, "500"]);
    drops.stop();
    const byPolicy = drops.take().find(({ reason }) => reason === "NETFILTER_DROP");
    if (existsSync("/sys/kernel/tracing/events/skb/kfree_skb")) {
      expect(faults).toEqual([]);
      expect(byPolicy?.packets).toBeGreaterThanOrEqual(500);
    } else expect(faults.map(({ code }) => code)).toEqual(["KERNEL_DROPS_UNAVAILABLE"]);
    expect(existsSync(`/sys/kernel/tracing/instances/hopline-e2e_${process.pid}`)).toBe(false);
  });
});
