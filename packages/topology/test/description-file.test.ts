import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loadDescription, saveDescription } from "../src/description-file.js";
import { readDescription } from "../src/read-description.js";
import { flannel } from "./descriptions.js";

const folder = mkdtempSync(join(tmpdir(), "hopline-topology-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("a node description's file", () => {
  it("gives back what was saved", async () => {
    const path = join(folder, "node.json");
    await saveDescription(path, "node1", flannel);
    expect(await loadDescription(path)).toEqual({ version: 1, node: "node1", description: flannel });
  });

  it.each([
    ["{", "NODE_DESCRIPTION_INVALID", /is no node description/],
    [
      '{"version":1,"node":"n","description":{"links":[{"ifname":"x"}]}}',
      "NODE_DESCRIPTION_INVALID",
      /description\.links\.0\.ifindex/,
    ],
    ['{"version":2}', "NODE_DESCRIPTION_INVALID", /version/],
  ])("refuses %s", async (text, code, message) => {
    const path = join(folder, "bad.json");
    writeFileSync(path, text);
    await expect(loadDescription(path)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it("says which file is missing", async () => {
    await expect(loadDescription(join(folder, "none.json"))).rejects.toMatchObject({
      code: "NODE_DESCRIPTION_UNREADABLE",
      message: expect.stringContaining("none.json"),
    });
  });
});

describe("readDescription", () => {
  const answers = (links: string) => (command: string, args: readonly string[]) =>
    Promise.resolve(command === "ip" && args.includes("link") ? links : "");

  it("passes over empty elements and empty answers", async () => {
    const description = await readDescription(answers('[{},{"ifindex":1,"ifname":"lo"},{}]'));
    expect(description.links.map((link) => link.ifname)).toEqual(["lo"]);
    expect(description.routes).toEqual([]);
  });

  it.each(["no json", '{"a":1}', '[{"ifindex":"one","ifname":"lo"}]'])(
    "names the command that answers %s",
    async (text) => {
      await expect(readDescription(answers(text))).rejects.toMatchObject({
        code: "TOPOLOGY_UNREADABLE",
        message: expect.stringContaining('"ip -j -d link"'),
      });
    },
  );
});
