import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { z } from "zod";

const hopline = fileURLToPath(new URL("../../apps/cli/bin/hopline.mjs", import.meta.url));
const isRoot = process.getuid?.() === 0;
const NAME = `demo${process.pid}`;

const lineSchema = z.strictObject({
  seconds: z.number(),
  connections: z.number(),
  sameNode: z.number().positive(),
  crossNode: z.number().positive(),
  viaService: z.number().positive(),
  external: z.number().positive(),
  edges: z.number().positive(),
  workloads: z.number().positive(),
  namedShare: z.number().min(0.99).max(1),
  hopRows: z.number().positive(),
  captureDrops: z.literal(0),
  ringPackets: z.number().positive(),
});

interface Demo {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
}

function startDemo(...args: string[]): Demo {
  const child = spawn(
    process.execPath,
    [hopline, "demo", "--name", NAME, "--port", "0", "--api-port", "0", ...args],
    {
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  return { child, stdout: () => stdout, stderr: () => stderr };
}

async function until(what: string, isSo: () => boolean, timeoutMs = 90_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`it did not come about that ${what}`);
    await sleep(100);
  }
}

/** Whatever a demo of this name has in the kernel or on disk, in words; empty when it left nothing. */
function remains(pid: number): string[] {
  const namespaces = existsSync("/run/netns")
    ? readdirSync("/run/netns").filter((name) => name.startsWith(`hl-${NAME}-`))
    : [];
  const folders = readdirSync(tmpdir()).filter((name) => name === `hopline-demo-${pid}`);
  const links = execFileSync("ip", ["-o", "link"], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes(NAME));
  const rules = execFileSync("iptables-save", { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes("KUBE-"));
  const processes = execFileSync("ps", ["-eo", "pid,args"], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes(NAME) || line.includes(`hopline-demo-${pid}`));
  return [...namespaces, ...folders, ...links, ...rules, ...processes];
}

describe.skipIf(!isRoot)("hopline demo (needs root: a cluster in the kernel)", () => {
  const started: ChildProcess[] = [];
  afterAll(() => {
    for (const child of started) child.kill("SIGKILL");
  });

  test("--for and --json: runs, ends with 0, its last line is the summary, and leaves nothing", async () => {
    const demo = startDemo("--for", "15", "--json");
    started.push(demo.child);
    const [code] = await once(demo.child, "close");
    expect(demo.stderr()).toMatch(/http:\/\/127\.0\.0\.1:\d+/);
    expect(code, demo.stderr()).toBe(0);
    const summary = lineSchema.parse(JSON.parse(demo.stdout().trimEnd().split("\n").at(-1)!));
    expect(summary.connections).toBeGreaterThan(100);
    expect(remains(demo.child.pid!)).toEqual([]);
  });

  test("kill -9: the parts stop by themselves, a second start sweeps the rest, and leaves nothing after SIGTERM", async () => {
    const first = startDemo();
    started.push(first.child);
    await until("the demo is ready", () => first.stderr().includes("ready after"));
    first.child.kill("SIGKILL");
    await until("namespaces and processes are gone", () =>
      remains(first.child.pid!).every((left) => left === `hopline-demo-${first.child.pid}`),
    );
    const second = startDemo();
    started.push(second.child);
    await until("the second demo is ready", () => second.stderr().includes("ready after"));
    second.child.kill("SIGTERM");
    const [code] = await once(second.child, "close");
    expect(code, second.stderr()).toBe(0);
    expect([...remains(first.child.pid!), ...remains(second.child.pid!)]).toEqual([]);
  });
});

describe("hopline demo says in one sentence what is wrong", () => {
  test.each([
    [["--for", "soon"], /It takes a whole number from 1/],
    [["--port", "99999"], /It takes a whole number from 0 to 65535/],
    [["--bogus"], /Unknown option '--bogus'\. See hopline demo --help/],
  ])("%j", async (args, expected) => {
    const child = spawn(process.execPath, [hopline, "demo", ...args], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let stderr = "";
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    const [code] = await once(child, "close");
    expect(code).not.toBe(0);
    expect(stderr).toMatch(expected);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});
