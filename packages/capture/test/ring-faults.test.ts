import { constants } from "node:os";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { openCap } from "../src/cap/open-cap.js";
import { openRing } from "../src/ring/open-ring.js";
import { loadRingAddon, ringFault } from "../src/ring/ring-addon.js";

const RING = { blockBytes: 2 ** 20, blockCount: 32 };
const systemError = (errno: number): Error =>
  Object.assign(new Error("it failed"), { errno, syscall: "bind" });

describe("faults of live capture", () => {
  test.each([
    [{ blockBytes: 100_000 }, "power of two"],
    [{ blockCount: 1 }, "2 to 4096"],
    [{ snapLength: 0 }, "snapLength is 0"],
    [{ retireMs: Number.NaN }, "retireMs is NaN"],
    [{ blockBytes: 2 ** 26, blockCount: 4096 }, "1 GiB"],
  ])("ring options %j", (options, reason) => {
    expect(() => openRing(options)).toThrow(
      expect.objectContaining({ code: "CAPTURE_OPTIONS", message: expect.stringContaining(reason) }),
    );
  });

  test("cap options", () => {
    expect(() => openCap({ snapLength: 70_000 })).toThrow(
      expect.objectContaining({ code: "CAPTURE_OPTIONS" }),
    );
  });

  test("an addon that is not there, or is none, says how to build it", () => {
    const hint = expect.stringContaining("npm run build --workspace @hopline/capture");
    expect(() => loadRingAddon("/nowhere/ring.node")).toThrow(
      expect.objectContaining({ code: "CAPTURE_NO_ADDON", hint }),
    );
    const noAddon = fileURLToPath(new URL("../native/ring.c", import.meta.url)).replace(
      /ring\.c$/,
      "binding.gyp",
    );
    expect(() => loadRingAddon(noAddon)).toThrow(expect.objectContaining({ code: "CAPTURE_NO_ADDON", hint }));
  });

  test.each([
    ["EPERM", "CAPTURE_PERMISSION"],
    ["ENOMEM", "CAPTURE_MEMORY"],
    ["ENOPROTOOPT", "CAPTURE_UNSUPPORTED"],
  ] as const)("%s is %s", (name, code) => {
    const message = expect.stringContaining(`bind: it failed, ${name}`);
    expect(ringFault(systemError(constants.errno[name]), RING)).toMatchObject({ code, message });
  });

  test("what is no system error is a bug and stays itself", () => {
    const bug = new TypeError("expected a ring");
    expect(ringFault(bug, RING)).toBe(bug);
  });
});
