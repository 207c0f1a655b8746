import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

const folders: string[] = [];

// Registered as the file is loaded: within a test, vitest takes no more of these.
afterAll(async () => {
  for (const path of folders) await rm(path, { recursive: true, force: true });
});

/** A folder that is gone when the file's tests are done. */
export async function temporaryFolder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "hopline-collector-"));
  folders.push(path);
  return path;
}
