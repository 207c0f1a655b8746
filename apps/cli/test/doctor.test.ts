import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { doctorText } from "../src/commands/doctor.js";
import { usageErrorText } from "../src/usage-errors.js";

const HOPLINE = fileURLToPath(new URL("../bin/hopline.mjs", import.meta.url));
/** Nobody listens on port 1. */
const NOBODY = "http://127.0.0.1:1";
const folder = mkdtempSync(join(tmpdir(), "hopline-cli-"));
afterAll(() => rmSync(folder, { recursive: true }));

function run(file: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], { encoding: "utf8" });
  return { status, stdout, stderr };
}

describe("hopline doctor", () => {
  it("names each finding and its remedy, and counts what is wrong", () => {
    expect(
      doctorText(undefined, [
        { level: "bad", code: "A", about: "", sentence: "This is away.", fix: "Bring it back." },
        { level: "note", code: "B", about: "", sentence: "That is off.", fix: "" },
      ]),
    ).toBe("bad   This is away.\n      Bring it back.\nnote  That is off.\n1 thing is wrong.\n");
  });

  it("finds that there is no collector, as text and as JSON, with exit code 1", () => {
    const { status, stdout } = run(HOPLINE, "doctor", "--api", NOBODY, "-o", "json");
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      findings: [{ level: "bad", code: "COLLECTOR_UNREACHABLE" }],
    });
  });
});

describe("wrong usage", () => {
  it("is one sentence with where to look", () => {
    expect(usageErrorText("error: unknown option '--x'\n", "hopline", "policy check")).toBe(
      "hopline: Unknown option '--x'. See hopline policy check --help.\n",
    );
  });

  it("ends with 2, under the name that was typed", () => {
    const plugin = join(folder, "kubectl-hopline");
    symlinkSync(HOPLINE, plugin);
    expect(run(plugin, "observe", "-n", "Shop!")).toEqual({
      ...{ status: 2, stdout: "" },
      stderr:
        "kubectl hopline: Option '-n, --namespace <names>' argument 'Shop!' is invalid. \"Shop!\" is no name of a namespace. See kubectl hopline observe --help.\n",
    });
  });

  it("of the collector's address and token is told before anything is asked", () => {
    expect(run(HOPLINE, "status", "--api", "collector:4401")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("It takes http://HOST:PORT"),
    });
    const token = join(folder, "token");
    writeFileSync(token, "\n");
    expect(run(HOPLINE, "status", "--api", NOBODY, "--token-file", token).stderr).toContain("is empty.");
    expect(run(HOPLINE, "status", "--api", NOBODY, "--token-file", folder).stderr).toContain(
      "can't be read: it is a folder.",
    );
  });
});
