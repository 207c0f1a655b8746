import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A case that once broke a promise, as a file says it. */
export interface Regression {
  /** Name of the target. */
  readonly target: string;
  /** What was found then. */
  readonly finding: string;
  /** The case's bytes. */
  readonly input: Uint8Array;
}

/** Writes `<hash>.json` (target, finding, input in base64) into the folder; the same case has the same name. */
export function saveRegression(folder: string, { target, finding, input }: Regression): string {
  const hash = createHash("sha256").update(target).update(input).digest("hex").slice(0, 16);
  const path = join(folder, `${hash}.json`);
  mkdirSync(folder, { recursive: true });
  const content = { target, finding, input: Buffer.from(input).toString("base64") };
  writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`);
  return path;
}

/** All of a folder; none where there is no folder. */
export function readRegressions(folder: string): (Regression & { file: string })[] {
  return filesIn(folder).map((file) => {
    const { target, finding, input } = JSON.parse(readFileSync(join(folder, file), "utf8"));
    return { file, target, finding, input: Buffer.from(input, "base64") };
  });
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(".json"));
  } catch {
    return [];
  }
}
