import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { BearerToken } from "../src/http/bearer-token.js";
import { temporaryFolder } from "./temporary-folder.js";

describe("BearerToken", () => {
  it("accepts its token and no other", () => {
    const token = new BearerToken({ name: "agent token", token: "a-good-secret", now: () => 0 });
    expect(token.accepts("Bearer a-good-secret")).toBe(true);
    expect(token.accepts("bearer a-good-secret")).toBe(true);
    for (const wrong of [
      undefined,
      "",
      "a-good-secret",
      "Bearer a-good-secre",
      "Bearer",
      "Basic a-good-secret",
    ])
      expect(token.accepts(wrong), wrong).toBe(false);
  });

  it("reads its file again when it rotates, as a mounted Secret does, and keeps the old token while it cannot", async () => {
    const folder = await temporaryFolder();
    const file = join(folder, "token");
    writeFileSync(file, "first-secret\n");
    let nowMs = 0;
    const complaints: string[] = [];
    const token = new BearerToken({
      name: "agent token",
      file,
      now: () => nowMs,
      onUnreadable: (sentence) => complaints.push(sentence),
    });
    expect(token.accepts("Bearer first-secret")).toBe(true);

    writeFileSync(join(folder, "next"), "second-secret\n");
    renameSync(join(folder, "next"), file);
    nowMs = 5000;
    expect(token.accepts("Bearer first-secret")).toBe(false);
    expect(token.accepts("Bearer second-secret")).toBe(true);

    writeFileSync(file, "two words\n");
    nowMs = 10_000;
    expect(token.accepts("Bearer second-secret")).toBe(true);
    nowMs = 15_000;
    expect(token.accepts("Bearer second-secret")).toBe(true);
    expect(complaints).toHaveLength(1);
    expect(complaints[0]).toContain(file);
  });

  it("is not set without a token", () => {
    const token = new BearerToken({ name: "read token", now: () => 0 });
    expect(token.isSet).toBe(false);
    expect(token.accepts("Bearer anything")).toBe(false);
  });
});
