import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readRegressions } from "./regressions.js";
import { fuzz } from "./supervisor.js";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hopline-fuzz-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs a thread that goes wrong in that way, and reads what was saved of it. */
async function regressionsOf(fault: string) {
  await fuzz({
    workerUrl: new URL("failing-worker.mjs", import.meta.url),
    allTargets: [fault],
    targets: [fault],
    seed: 1,
    seconds: 60,
    folder,
    hangMs: fault === "hang" ? 500 : 60_000,
    largestRssBytes: process.memoryUsage.rss() + 2 ** 28,
    onFinding: () => undefined,
  });
  return readRegressions(folder);
}

describe("the watch over the fuzzing thread", () => {
  test.each([
    ["hang", /^the case did not end in 500 ms$/],
    ["throw", /^the thread died: index out of range$/],
    ["memory", /^the process takes \d+ MiB of memory$/],
  ])("saves the case that made it %s", async (fault, finding) => {
    expect(await regressionsOf(fault)).toEqual([
      {
        file: expect.stringMatching(/^[0-9a-f]{16}\.json$/),
        target: fault,
        finding: expect.stringMatching(finding),
        input: Buffer.of(1, 2, 3),
      },
    ]);
  });

  test("saves the first findings, not thousands", async () => {
    expect(await regressionsOf("findings")).toHaveLength(20);
  });

  test("takes an error between two cases for its own", async () => {
    await expect(regressionsOf("own error")).rejects.toThrow("not made");
    expect(readRegressions(folder)).toEqual([]);
  });
});
