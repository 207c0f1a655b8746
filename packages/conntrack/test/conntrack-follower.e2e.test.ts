import { execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatAddress } from "@hopline/packet";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ConntrackFollower } from "../src/conntrack-follower.js";
import { emptyFound, TranslationTable } from "../src/translation-table.js";
import { tuple } from "./records.js";

const SPACE = `hlct-${process.pid}`;
const folder = mkdtempSync(join(tmpdir(), "hopline-conntrack-"));
const nowUs = () => Date.now() * 1000;

function run(command: string): void {
  execFileSync("sh", ["-ec", command], { stdio: ["ignore", "ignore", "inherit"] });
}

/** A program that behaves as `conntrack` does inside the namespace. */
function program(name: string, script: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

const conntrack = () => program("conntrack", `exec ip netns exec ${SPACE} conntrack "$@"`);

/** Sends one datagram for each source port from inside the namespace, to an address that is translated. */
function sendFrom(ports: number[]): void {
  const script = `for (const port of ${JSON.stringify(ports)}) {
    const socket = require("node:dgram").createSocket("udp4");
    socket.bind(port, "127.0.0.1", () => socket.send("x", 5300, "127.0.0.9", () => socket.close()));
  }`;
  execFileSync("ip", ["netns", "exec", SPACE, process.execPath, "-e", script]);
}

function serverOf(table: TranslationTable, port: number): string | undefined {
  const found = emptyFound();
  const seen = tuple(`127.0.0.1:${port}`, "127.0.0.9:5300", 17);
  if (!table.find(seen, nowUs(), nowUs(), found)) return undefined;
  return `${formatAddress(found.serverSeen.destination)}:${found.serverSeen.destinationPort} ${found.translation}`;
}

describe("ConntrackFollower against the kernel (needs root)", () => {
  beforeAll(() => {
    run(`ip netns add ${SPACE}; ip -n ${SPACE} link set lo up
         ip netns exec ${SPACE} iptables -t nat -A OUTPUT -d 127.0.0.9 -p udp --dport 5300 -j DNAT --to 127.0.0.7:53`);
  });
  afterAll(() => {
    run(`ip netns del ${SPACE}`);
    rmSync(folder, { recursive: true });
  });

  it("has what was there before, what comes, and the end of what goes", async () => {
    sendFrom([4001]);
    const table = new TranslationTable();
    const follower = new ConntrackFollower({ table, nowUs, command: conntrack(), dumpEveryMs: 500 });
    follower.start();
    try {
      await vi.waitFor(() => expect(follower.state.kind).toBe("following"), 5000);
      expect(serverOf(table, 4001)).toBe("127.0.0.7:53 dnat");
      sendFrom([4002]);
      await vi.waitFor(() => expect(serverOf(table, 4002)).toBe("127.0.0.7:53 dnat"), 2000);
      run(`ip netns exec ${SPACE} conntrack -D -p udp 2>/dev/null`);
      await vi.waitFor(() => expect(table.counters.ended).toBe(2), 3000);
      expect(follower.counters).toMatchObject({
        unreadableLines: 0,
        overruns: 0,
        lostEvents: 0,
        restarts: 0,
      });
    } finally {
      await follower.stop();
    }
  });

  it("starts the event process again when it dies, and misses nothing of what happened meanwhile", async () => {
    const table = new TranslationTable();
    const follower = new ConntrackFollower({ table, nowUs, command: conntrack() });
    const states: string[] = [];
    follower.start();
    try {
      await vi.waitFor(() => expect(follower.state.kind).toBe("following"), 5000);
      const pid = execFileSync("ip", ["netns", "pids", SPACE]).toString().trim();
      process.kill(Number(pid), "SIGKILL");
      await vi.waitFor(() => {
        states.push(follower.state.kind);
        expect(follower.state.kind).toBe("failed");
      }, 2000);
      sendFrom([4003]);
      await vi.waitFor(() => expect(follower.state.kind).toBe("following"), 5000);
      expect(serverOf(table, 4003)).toBe("127.0.0.7:53 dnat");
      expect(follower.counters.restarts).toBe(1);
    } finally {
      await follower.stop();
    }
  });

  it("counts what a socket too small for a burst has lost, and reads everything again", async () => {
    const table = new TranslationTable();
    const follower = new ConntrackFollower({ table, nowUs, command: conntrack(), bufferBytes: 4096 });
    follower.start();
    try {
      await vi.waitFor(() => expect(follower.state.kind).toBe("following"), 5000);
      const pid = Number(execFileSync("ip", ["netns", "pids", SPACE]).toString().trim());
      process.kill(pid, "SIGSTOP");
      const ports = Array.from({ length: 400 }, (_, index) => 10_000 + index);
      sendFrom(ports);
      process.kill(pid, "SIGCONT");
      await vi.waitFor(() => expect(follower.counters.overruns).toBeGreaterThan(0), 5000);
      await vi.waitFor(() => expect(follower.counters.lostEvents).toBeGreaterThan(100), 5000);
      await vi.waitFor(() => {
        for (const port of ports) expect(serverOf(table, port)).toBe("127.0.0.7:53 dnat");
      }, 5000);
    } finally {
      await follower.stop();
    }
  });

  it("says in a sentence that the tool is missing or not permitted, and keeps trying", async () => {
    const missing = new ConntrackFollower({
      table: new TranslationTable(),
      nowUs,
      command: "no-such-conntrack",
    });
    missing.start();
    await vi.waitFor(() => expect(missing.state.kind).toBe("failed"), 5000);
    expect(missing.state).toMatchObject({ fault: { code: "CONNTRACK_MISSING" } });
    await vi.waitFor(() => expect(missing.counters.restarts).toBeGreaterThan(1), 5000);
    await missing.stop();

    const command = program("unprivileged", 'exec setpriv --reuid 65534 --clear-groups conntrack "$@"');
    const unprivileged = new ConntrackFollower({ table: new TranslationTable(), nowUs, command });
    chmodSync(folder, 0o755);
    unprivileged.start();
    await vi.waitFor(() => expect(unprivileged.state.kind).toBe("failed"), 5000);
    expect(unprivileged.state).toMatchObject({ fault: { code: "CONNTRACK_PERMISSION" } });
    await unprivileged.stop();
  });

  it("stops while the tool hangs", async () => {
    const command = program("hanging", "exec sleep 1000");
    const follower = new ConntrackFollower({ table: new TranslationTable(), nowUs, command });
    follower.start();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await follower.stop();
    const check = spawn("pgrep", ["-P", String(process.pid), "sleep"]);
    expect(await new Promise((resolve) => check.on("close", resolve))).toBe(1);
  });
});
