import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { listNamespaces } from "../src/host/network-namespaces.js";
import { runCommand, tryCommand } from "../src/host/run-command.js";
import { identify } from "../src/lifecycle/process-identity.js";
import { isRoot, LAB_PROGRAM, LabProcess } from "./lab-process.js";

describe.skipIf(!isRoot)("the life of a lab (needs root: a cluster in the kernel)", () => {
  const NAME = "testlife";
  const LATE_MS = 15_000;

  let labs: LabProcess[] = [];

  function startLab(args: readonly string[] = []): LabProcess {
    const lab = new LabProcess(NAME, args);
    labs.push(lab);
    return lab;
  }

  afterEach(async () => {
    for (const lab of labs) {
      await lab.end("SIGTERM");
      lab.removeRunFolder();
    }
    labs = [];
    await runCommand({ command: process.execPath, args: [LAB_PROGRAM, "down", "--name", NAME] });
  });

  /** Everything that a lab of this name could have left on the machine. */
  async function leftovers(runFolder: string): Promise<string[]> {
    const namespaces = await listNamespaces(`hl-${NAME}-`);
    const mounts = readFileSync("/proc/mounts", "utf8")
      .split("\n")
      .filter((line) => line.includes(`hl-${NAME}-`));
    const processes = readdirSync("/proc")
      .filter((entry) => /^\d+$/.test(entry))
      .filter(
        (pid) =>
          commandLine(pid).includes(`hl-${NAME}-`) || commandLine(pid).endsWith(`reaper-process.js ${NAME}`),
      );
    const files = [
      `/run/hopline-lab/${NAME}`,
      `${runFolder}/control.sock`,
      `${runFolder}/lab.json`,
      `${runFolder}/kubeconfig`,
    ];
    return [
      ...namespaces,
      ...mounts,
      ...processes.map((pid) => `${pid}: ${commandLine(pid)}`),
      ...files.filter((file) => existsSync(file)),
    ];
  }

  function commandLine(pid: string): string {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").join(" ").trim();
    } catch {
      return "";
    }
  }

  /** Ids of the processes of the lab's pods. */
  async function podProcesses(): Promise<number[]> {
    const inside = await Promise.all(
      (await listNamespaces(`hl-${NAME}-`)).map((netns) =>
        runCommand({ command: "ip", args: ["netns", "pids", netns] }),
      ),
    );
    return inside.join("\n").split("\n").filter(Boolean).map(Number);
  }

  async function eventuallyNothing(runFolder: string): Promise<void> {
    const deadline = Date.now() + LATE_MS;
    while ((await leftovers(runFolder)).length > 0 && Date.now() < deadline) await delay(100);
    expect(await leftovers(runFolder)).toEqual([]);
  }

  describe("a lab leaves nothing behind", () => {
    test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
      "after %s, once its process has ended",
      async (signal) => {
        const lab = startLab();
        await lab.ready();
        const pods = await podProcesses();
        expect(pods.length).toBeGreaterThan(25);
        expect(await lab.end(signal)).toBe(0);
        expect(await leftovers(lab.runFolder)).toEqual([]);
        expect(pods.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
        expect(existsSync(`${lab.runFolder}/ledger.jsonl`)).toBe(true);
      },
    );

    test("after kill -9, by its reaper", async () => {
      const lab = startLab();
      await lab.ready();
      await lab.end("SIGKILL");
      await eventuallyNothing(lab.runFolder);
    });

    test("after kill -9 in the middle of coming up", async () => {
      const lab = startLab();
      while ((await listNamespaces(`hl-${NAME}-p-`)).length < 5) await delay(10);
      await lab.end("SIGKILL");
      await eventuallyNothing(lab.runFolder);
    });

    test("after kill -9 of both it and its reaper, by the next lab", async () => {
      const lab = startLab();
      await lab.ready();
      const { reaper } = JSON.parse(readFileSync(`/run/hopline-lab/${NAME}/lab-record.json`, "utf8"));
      process.kill(reaper.pid, "SIGKILL");
      await lab.end("SIGKILL");
      expect((await leftovers(lab.runFolder)).length).toBeGreaterThan(25);
      const next = startLab();
      await next.ready();
      expect(next.stderr).toContain(`took away what was left of ${NAME}`);
      expect(await next.end("SIGTERM")).toBe(0);
      expect(await leftovers(lab.runFolder)).toEqual([]);
    });

    test("after kill -9, when another is started at once", async () => {
      const lab = startLab();
      await lab.ready();
      await lab.end("SIGKILL");
      const next = startLab();
      await next.ready();
      expect((await next.control.state()).pods.length).toBeGreaterThan(25);
      await next.end("SIGTERM");
      expect(await leftovers(next.runFolder)).toEqual([]);
    });

    test("when the process that started it is killed", async () => {
      const lab = `${JSON.stringify([LAB_PROGRAM, "up", "--name", NAME, "--quiet"])}`;
      const script = `require("child_process").spawn(process.execPath, ${lab}, {stdio:["ignore","inherit","inherit"]}); setInterval(()=>{},1000)`;
      const parent: ChildProcess = spawn(process.execPath, ["-e", script], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const [line] = await once(parent.stdout!, "data");
      const { pid } = JSON.parse(String(line));
      parent.kill("SIGKILL");
      await eventuallyNothing("/nowhere");
      const deadline = Date.now() + LATE_MS;
      while (identify(pid) !== undefined && Date.now() < deadline) await delay(50);
      expect(identify(pid)).toBeUndefined();
    });

    test("by lab down", async () => {
      const lab = startLab();
      await lab.ready();
      const exited = once(lab.child, "exit");
      const said = await runCommand({
        command: process.execPath,
        args: [LAB_PROGRAM, "down", "--name", NAME],
      });
      expect(said).toBe(`lab ${NAME} is down\n`);
      expect((await exited)[0]).toBe(0);
      expect(await leftovers(lab.runFolder)).toEqual([]);
    });
  });

  describe("a second lab", () => {
    test("of the same name is refused in a sentence, and harms nothing", async () => {
      const lab = startLab();
      await lab.ready();
      const second = await tryCommand({
        command: process.execPath,
        args: [LAB_PROGRAM, "up", "--name", NAME],
      });
      expect(second.exitCode).toBe(1);
      expect(second.stderr.trim()).toBe(
        `hopline lab up: A lab named ${NAME} is running already (process ${lab.child.pid}). ` +
          `Stop it with "hopline lab down --name ${NAME}", or give this one another --name.`,
      );
      expect((await lab.control.state()).pods.length).toBeGreaterThan(25);
    });
  });

  describe("a pod whose process is killed", () => {
    test("is replaced, and counted", async () => {
      const lab = startLab();
      await lab.ready();
      const before = (await lab.control.state()).pods.find((pod) => pod.name.startsWith("search-"));
      const netns = `hl-${NAME}-p-${before?.namespace}.${before?.name}`;
      const [pid] = (await runCommand({ command: "ip", args: ["netns", "pids", netns] })).split("\n");
      process.kill(Number(pid), "SIGKILL");
      const deadline = Date.now() + LATE_MS;
      const replaced = async (): Promise<boolean> => {
        const { pods } = await lab.control.state();
        const searches = pods.filter((pod) => pod.name.startsWith("search-") && pod.phase === "Running");
        return searches.length === 2 && searches.every((pod) => pod.name !== before?.name);
      };
      while (!(await replaced()) && Date.now() < deadline) await delay(100);
      expect(await replaced()).toBe(true);
      expect((await lab.control.state()).lostPods).toBe(1);
    });
  });
});
