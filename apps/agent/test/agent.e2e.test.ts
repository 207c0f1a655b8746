import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Children, fileBeside, runIn } from "./e2e/children.js";
import { type ReceivedRow, readReceived, sum } from "./e2e/received-rows.js";
import { RoutedNode, shell } from "./e2e/routed-node.js";

const MAIN = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const TRAFFIC = fileBeside("traffic.mjs");
const SINK = fileBeside("sink.mjs");
const TOKEN = "agent-token-of-the-test";
const TCP = 6;
const UDP = 17;

interface Carried {
  readonly tcpSent: number;
  readonly tcpReceived: number;
  readonly tcpPorts: readonly number[];
  readonly udpSent: number;
  readonly udpReceived: number;
}

describe("the built agent on a node in namespaces (needs root)", () => {
  let node: RoutedNode;
  let folder: string;
  let children: Children;
  let round = 0;
  const received = () => join(folder, "received");
  const spool = () => join(folder, "spool");
  const socket = () => join(folder, "collector.sock");

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "hopline-agent-"));
    mkdirSync(received());
    children = new Children();
    node = new RoutedNode(`hlagent-${process.pid}-${round++}`);
    node.create();
    await children.start(
      ["ip", "netns", "exec", node.server.namespace, process.execPath, TRAFFIC, "server"],
      "listening",
    );
  });

  afterEach(async () => {
    await children.endAll();
    node.remove();
    rmSync(folder, { recursive: true });
  });

  const startSink = () => children.start([process.execPath, SINK, socket(), received(), TOKEN], "listening");

  const startAgent = (...more: string[]): Promise<ChildProcess> =>
    children.start(
      [
        ...(["ip", "netns", "exec", node.namespace, process.execPath, MAIN] as const),
        ...[
          "--node",
          "e2e",
          "--collector",
          `unix:${socket()}`,
          "--data-dir",
          spool(),
          "--log-format",
          "json",
        ],
        ...more,
      ],
      "watching e2e",
      { HOPLINE_TOKEN: TOKEN },
    );

  async function talk(connections: number, bytes: number, datagrams = 0): Promise<Carried> {
    const counts = [connections, bytes, datagrams].map(String);
    return JSON.parse(
      await runIn(node.client.namespace, [TRAFFIC, "client", node.serviceAddress, "80", ...counts]),
    );
  }

  /** Bytes that each pod's interface saw for the first time (a loaded machine retransmits), by direction. */
  function payloadOf(rows: readonly ReceivedRow[], protocol: number) {
    const of = (name: string, isReply: number) =>
      sum(
        rows.filter((row) => row.interface === name && row.isReply === isReply && row.protocol === protocol),
        (row) => row.payloadBytes - row.retransmittedBytes,
      );
    return {
      request: [of(node.client.interface, 0), of(node.server.interface, 0)],
      reply: [of(node.client.interface, 1), of(node.server.interface, 1)],
    };
  }

  it("names a translated connection alike at both pods and counts its bytes as its sockets did", async () => {
    await startSink();
    const agent = await startAgent();
    const began = Date.now();
    const carried = await talk(5, 200_000, 20);
    await vi.waitFor(() => expect(readReceived(received()).hops.length).toBeGreaterThan(0), 5000);
    const firstRowAfterMs = Date.now() - began;
    expect(await children.end(agent, "SIGTERM")).toBe(0);

    const { hops, completeness } = readReceived(received());
    const server = `${node.server.address}:8080`;
    expect(carried).toMatchObject({
      tcpSent: 1_000_010,
      tcpReceived: 3_000_030,
      udpSent: 2000,
      udpReceived: 200,
    });
    expect(payloadOf(hops, TCP)).toEqual({
      request: [carried.tcpSent, carried.tcpSent],
      reply: [carried.tcpReceived, carried.tcpReceived],
    });
    expect(payloadOf(hops, UDP)).toEqual({
      request: [carried.udpSent, carried.udpSent],
      reply: [carried.udpReceived, carried.udpReceived],
    });
    expect(new Set(hops.map((row) => row.connection)).size).toBe(6);
    for (const row of hops) {
      expect(row).toMatchObject({
        role: "pod",
        server,
        originalServer: "10.96.7.7:80",
        translation: "dnat",
        initiatorBy: "conntrack",
        gapBytes: 0,
      });
      const pod = row.interface === node.client.interface ? node.client : node.server;
      expect(row.attached).toBe(pod.address);
      if (row.protocol === TCP) expect(carried.tcpPorts).toContain(Number(row.client.split(":")[1]));
    }
    // The client itself needs some of this time.
    expect(firstRowAfterMs).toBeLessThan(3000);

    expect(sum(completeness, (row) => row.dropped)).toBe(0);
    expect(sum(completeness, (row) => row.counted)).toBe(sum(hops, (row) => row.packets));
    for (const row of completeness) {
      const uncounted = row.uncounted.split(",").map((part) => Number(part.split("=")[1] ?? 0));
      expect(row.seen).toBe(row.counted + sum(uncounted, (count) => count));
    }
    expect(completeness.map((row) => row.flags & 1).indexOf(1)).toBe(0);
    expect(completeness.at(-1)?.flags).toSatisfy((flags: number) => (flags & 2) === 2);
    expect(readdirSync(spool()).filter((name) => name !== "rejected")).toHaveLength(1);
  });

  it("sees a first packet within a second, with its interface that came later than the agent", async () => {
    await startSink();
    await startAgent();
    node.detach(node.client);
    node.attach({ namespace: node.client.namespace, interface: "calinew", address: "10.77.0.9" });
    await new Promise((resolve) => setTimeout(resolve, 500));
    await talk(1, 1000);
    const doneMs = Date.now();
    await vi.waitFor(
      () => {
        const row = readReceived(received()).hops.find((one) => one.interface === "calinew");
        expect(row).toMatchObject({ role: "pod", attached: "10.77.0.9", translation: "dnat" });
      },
      { timeout: 5000, interval: 50 },
    );
    expect(Date.now() - doneMs).toBeLessThan(1000);
  });

  it("loses nothing that was spooled when collector and agent are killed", async () => {
    const sink = await startSink();
    const agent = await startAgent();
    const before = await talk(2, 50_000);
    await children.end(sink, "SIGKILL");
    const during = await talk(3, 70_000);
    // A closed connection's last row leaves five seconds after its end; then all of it is on the disk.
    await vi.waitFor(() => expect(spooledBytes()).toBeGreaterThan(0), 2000);
    await new Promise((resolve) => setTimeout(resolve, 8000));
    await children.end(agent, "SIGKILL");

    await startSink();
    const again = await startAgent();
    const after = await talk(2, 30_000);
    await vi.waitFor(
      () => expect(readdirSync(spool()).filter((name) => name !== "rejected")).toHaveLength(1),
      5000,
    );
    expect(await children.end(again, "SIGTERM")).toBe(0);

    const sent = before.tcpSent + during.tcpSent + after.tcpSent;
    const replied = before.tcpReceived + during.tcpReceived + after.tcpReceived;
    const { hops, completeness } = readReceived(received());
    expect(payloadOf(hops, TCP)).toEqual({ request: [sent, sent], reply: [replied, replied] });
    expect(completeness.filter((row) => (row.flags & 1) === 1).length).toBeGreaterThanOrEqual(1);
  });

  function spooledBytes(): number {
    const boots = readdirSync(spool()).filter((name) => name !== "rejected");
    return sum(boots, (boot) => readdirSync(join(spool(), boot)).length);
  }

  it("records what it sees, and a replay of the recording gives the same connections and bytes", async () => {
    await startSink();
    const record = join(folder, "record");
    const agent = await startAgent("--record", record);
    await talk(3, 10_000, 5);
    expect(await children.end(agent, "SIGTERM")).toBe(0);
    const live = readReceived(received()).hops;
    expect(readdirSync(record).sort()).toEqual([
      "e2e.conntrack.jsonl",
      "e2e.description.json",
      "e2e.nflog.pcapng",
      "e2e.pcapng",
    ]);

    rmSync(received(), { recursive: true });
    mkdirSync(received());
    shell(`gzip ${join(record, "e2e.pcapng")}`);
    const replay = await children.start(
      [
        ...([process.execPath, MAIN, "--node", "e2e", "--collector", `unix:${socket()}`] as const),
        ...["--data-dir", join(folder, "replay-spool"), "--log-format", "json", "--capture", "pcap"],
        ...["--file", join(record, "e2e.pcapng.gz"), "--replay-shift", "none", "--replay-pace", "fast"],
        ...["--node-description", join(record, "e2e.description.json")],
        ...["--conntrack-log", join(record, "e2e.conntrack.jsonl")],
      ],
      "the capture file has ended",
      { HOPLINE_TOKEN: TOKEN },
    );
    expect(await children.ended(replay)).toBe(0);
    const replayed = readReceived(received()).hops;
    const summary = (rows: readonly ReceivedRow[]) => {
      const totals = new Map<string, number>();
      for (const row of rows) {
        const { connection, isReply, interface: name, role, attached, originalServer, translation } = row;
        const key = [connection, isReply, name, role, attached, originalServer, translation].join(" ");
        totals.set(key, (totals.get(key) ?? 0) + row.payloadBytes);
      }
      return [...totals].sort();
    };
    expect(summary(replayed)).toEqual(summary(live));
    expect(live.length).toBeGreaterThan(0);
  });

  it("says that nobody takes its batches, and keeps them when it stops", async () => {
    const agent = await startAgent("--metrics-address", "127.0.0.1:9464");
    await talk(1, 1000);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const metrics = shell(
      `ip netns exec ${node.namespace} ${process.execPath} -e 'fetch("http://127.0.0.1:9464/metrics").then(a=>a.text()).then(console.log)'`,
    );
    expect(metrics).toMatch(/hopline_agent_collector_reachable 0/);
    expect(metrics).toMatch(/hopline_agent_batch_retries_total\{reason="COLLECTOR_UNREACHABLE"\} [1-9]/);
    expect(metrics).toMatch(/hopline_agent_watched_interfaces 2/);
    expect(await children.end(agent, "SIGTERM")).toBe(0);
    expect(spooledBytes()).toBeGreaterThan(0);
    expect(shell(`ip netns pids ${node.namespace}`)).toBe("");
  });
});
