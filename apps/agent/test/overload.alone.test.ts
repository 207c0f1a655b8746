import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { isSampled } from "../../../packages/capture/src/sampling.js";
import { builtFlood } from "../../../packages/capture/test/namespace-pair.js";
import { Children, fileBeside } from "./e2e/children.js";
import { readReceived, sum } from "./e2e/received-rows.js";
import { RoutedNode, shell } from "./e2e/routed-node.js";

const MAIN = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const SINK = fileBeside("sink.mjs");
const TOKEN = "agent-token-of-the-test";
const UDP = 17;

interface Flood {
  readonly udp: number;
  readonly tcp: number;
  readonly beginsAndEnds: number;
}

describe("an agent that gets more than it may (needs root)", () => {
  let node: RoutedNode;
  let folder: string;
  let children: Children;
  const received = () => join(folder, "received");

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hopline-overload-"));
    mkdirSync(received());
    children = new Children();
    node = new RoutedNode(`hlover-${process.pid}`);
    node.create();
  });

  afterEach(async () => {
    await children.endAll();
    node.remove();
    rmSync(folder, { recursive: true });
  });

  /** From inside the client pod, out of its interface. */
  async function flood(framesPerSecond: number, durationMs: number): Promise<Flood> {
    const args = ["eth0", framesPerSecond, durationMs, 20_000, 20].map(String);
    const namespace = node.client.namespace;
    const { stdout } = await promisify(execFile)("ip", ["netns", "exec", namespace, builtFlood(), ...args]);
    return JSON.parse(stdout);
  }

  function metric(name: string): number {
    const page = shell(
      `ip netns exec ${node.namespace} ${process.execPath} -e 'fetch("http://127.0.0.1:9465/metrics").then(a=>a.text()).then(console.log)'`,
    );
    return Number(new RegExp(`^${name} (\\S+)$`, "m").exec(page)?.[1]);
  }

  it("samples connections, says so, keeps every SYN, FIN and RST, and goes back to all by itself", async () => {
    const socket = join(folder, "collector.sock");
    await children.start([process.execPath, SINK, socket, received(), TOKEN], "listening");
    const agent = await children.start(
      [
        ...(["ip", "netns", "exec", node.namespace, process.execPath, MAIN] as const),
        ...["--node", "e2e", "--collector", `unix:${socket}`, "--data-dir", join(folder, "spool")],
        ...["--log-format", "json", "--cpu-budget", "3", "--metrics-address", "127.0.0.1:9465"],
      ],
      "watching e2e",
      { HOPLINE_TOKEN: TOKEN },
    );
    expect(metric("hopline_agent_sampling")).toBe(1);
    // So that six seconds pass, in which sampling sets in, before the last window begins.
    await sleep((14_000 - (Date.now() % 10_000)) % 10_000);
    const sent = await flood(0, 12_000);
    const atItsHeight = metric("hopline_agent_sampling");
    expect(atItsHeight).toBeGreaterThanOrEqual(4);
    await vi.waitFor(() => expect(metric("hopline_agent_sampling")).toBe(1), {
      timeout: 140_000,
      interval: 2000,
    });
    expect(await children.end(agent, "SIGTERM")).toBe(0);

    const { hops, completeness } = readReceived(received());
    const flooded = hops.filter((row) => row.interface === node.client.interface);
    const beginsAndEnds = sum(flooded, (row) => row.synPackets + row.finPackets + row.rstPackets);
    expect(beginsAndEnds + sum(completeness, (row) => row.dropped)).toBeGreaterThanOrEqual(
      sent.beginsAndEnds,
    );
    expect(beginsAndEnds).toBeLessThanOrEqual(sent.beginsAndEnds);

    const udp = flooded.filter((row) => row.protocol === UDP);
    expect(sum(udp, (row) => row.packets)).toBeLessThan(sent.udp / 2);
    // In the last windows of the flood nothing but sampled connections is left.
    const last = Math.max(...udp.map((row) => row.windowStart));
    const shift = Math.log2(atItsHeight) - 1;
    for (const row of udp.filter(({ windowStart }) => windowStart === last)) {
      const port = Number(row.client.split(":")[1]);
      expect([port, isSampled(UDP, port, 9000, Math.min(shift, 2))]).toEqual([port, true]);
    }

    const samplings = completeness.map(({ sampling }) => sampling);
    expect(Math.max(...samplings)).toBeGreaterThanOrEqual(atItsHeight);
    expect(samplings.at(-1)).toBe(samplings.length === 1 ? atItsHeight : Math.min(...samplings));
    expect(Math.min(...samplings)).toBeLessThanOrEqual(2);
  }, 240_000);
});
