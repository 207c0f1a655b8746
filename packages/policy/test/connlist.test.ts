import { describe, expect, it } from "vitest";
import { connectionList } from "../src/connlist.js";
import { readManifests } from "../src/read-manifests.js";
import { fixtureFolder, fixtureLines } from "./fixture-folder.js";

describe("connectionList", () => {
  it.each([
    ...["shop", "external", "workloads", "broken"],
    ...["named-ports", "sctp", "touching-ranges", "external-except", "all-but-one-port"],
  ])("%s", (name) => {
    expect(connectionList(readManifests(fixtureFolder(name)).state)).toEqual(fixtureLines(name));
  });

  it("networks do not match pods whose addresses are not known", () => {
    const files = fixtureFolder("external").map(({ path, text }) => ({
      path,
      text: text.replaceAll(/^status:.*$/gm, ""),
    }));
    const inside = connectionList(readManifests(files).state).filter((line) => !line.includes("External"));
    expect(inside).toEqual([]);
  });
});
