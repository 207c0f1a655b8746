import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ManifestFile } from "../src/manifest-objects.js";

const fixtures = fileURLToPath(new URL("./fixtures", import.meta.url));

/** The manifests of a fixture, named by their paths within it. */
export function fixtureFolder(name: string): ManifestFile[] {
  return readdirSync(join(fixtures, name), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ path: path.slice(fixtures.length + 1), text: readFileSync(path, "utf8") }));
}

/** The lines that a fixture's connection list has to have. */
export function fixtureLines(name: string): string[] {
  return readFileSync(join(fixtures, `${name}.connlist`), "utf8")
    .trimEnd()
    .split("\n");
}
