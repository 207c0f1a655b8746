import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Who may import whom (docs/design.md): each package with the packages that it may name in package.json. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  fault: [],
  api: [],
  packet: [],
  flow: ["packet"],
  process: ["fault"],
  capture: ["fault"],
  conntrack: ["fault", "packet", "flow"],
  topology: ["fault", "packet"],
  batch: ["fault", "flow"],
  kube: ["fault", "packet"],
  store: ["api", "batch", "fault"],
  agent: ["batch", "capture", "conntrack", "fault", "flow", "packet", "process", "topology"],
  collector: ["api", "batch", "fault", "kube", "packet", "path", "policy", "process", "store"],
  lab: ["fault", "process"],
  policy: [],
  path: [],
  cli: ["api", "capture", "fault", "kube", "packet", "path", "policy", "process", "topology"],
  web: ["api"],
};

const members = ["packages", "apps"].flatMap((folder) =>
  readdirSync(join(root, folder)).map((name) => ({ name, path: join(root, folder, name) })),
);

describe("the direction of dependencies", () => {
  test.each(members)("$name names only what it may import", ({ name, path }) => {
    const manifest = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
    const named = Object.keys({
      ...manifest.dependencies,
      ...manifest.optionalDependencies,
      ...manifest.devDependencies,
    })
      .filter((dependency) => dependency.startsWith("@hopline/"))
      .map((dependency) => dependency.slice("@hopline/".length));
    expect(ALLOWED[name], `${name} is not in this test's table`).toBeDefined();
    expect(ALLOWED[name]).toEqual(expect.arrayContaining(named));
  });
});
