import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const fixture = fileURLToPath(new URL("fixture-app.mjs", import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(
  mode: string,
  during?: (child: ReturnType<typeof spawn>) => void,
  env = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [fixture, mode], {
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  let stdout = "";
  let stderr = "";
  child.stdout!.on("data", (chunk) => {
    stdout += chunk;
    if (stdout.includes("running")) during?.(child);
  });
  child.stderr!.on("data", (chunk) => {
    stderr += chunk;
  });
  const [code] = await once(child, "close");
  return { code, stdout, stderr };
}

describe("an app", () => {
  test("stops in order on SIGTERM", async () => {
    const ended = await run("run", (child) => child.kill("SIGTERM"));
    expect(ended).toMatchObject({ code: 0, stdout: "running\nstopped\n", stderr: "" });
  });

  test("stops in order when its lifeline breaks", async () => {
    const ended = await run("run", (child) => child.stdio[3]?.destroy(), { HOPLINE_LIFELINE_FD: "3" });
    expect(ended).toMatchObject({ code: 0, stdout: "running\nstopped\n" });
  });

  test("ends with one sentence on a fault", async () => {
    expect(await run("fault")).toMatchObject({ code: 1, stderr: "fixture: It broke. Mend it.\n" });
  });

  test("ends with 2 on wrong settings", async () => {
    expect(await run("settings")).toMatchObject({ code: 2 });
  });

  test("reports anything else as a bug, without a stack, and still stops in order", async () => {
    const ended = await run("bug");
    expect(ended).toMatchObject({ code: 1, stdout: "running\nstopped\n" });
    expect(ended.stderr).toMatch(/^fixture: this is a bug: unexpected\. .*\n$/);
  });

  test("prints and ends where there is nothing to run", async () => {
    expect(await run("print")).toMatchObject({ code: 0, stdout: "help\n" });
  });
});
