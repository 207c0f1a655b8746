import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PREFIX = "hopline-";
const PURPOSES = ["demo", "offline"] as const;
const OWNER_FILE = "owner.pid";

/**
 * A folder for all that one run of the demo, or of an offline analysis, keeps on disk: data, spools, sockets, logs.
 * Folders whose owner is gone (a kill -9) are removed when the next one is made.
 */
export class RunFolder {
  readonly path: string;

  constructor(purpose: (typeof PURPOSES)[number], pid: number = process.pid) {
    sweep();
    this.path = join(tmpdir(), `${PREFIX}${purpose}-${pid}`);
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    writeFileSync(join(this.path, OWNER_FILE), String(pid));
  }

  /** A folder inside, made. */
  folder(name: string): string {
    const path = join(this.path, name);
    mkdirSync(path, { recursive: true });
    return path;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true, maxRetries: 3 });
  }
}

function sweep(): void {
  for (const name of readdirSync(tmpdir())) {
    if (!PURPOSES.some((purpose) => name.startsWith(`${PREFIX}${purpose}-`))) continue;
    const path = join(tmpdir(), name);
    if (!isOwned(path)) rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  }
}

function isOwned(path: string): boolean {
  try {
    process.kill(Number(readFileSync(join(path, OWNER_FILE), "utf8")), 0);
    return true;
  } catch (thrown) {
    // EPERM: somebody else's process, which lives.
    return thrown instanceof Error && "code" in thrown && thrown.code === "EPERM";
  }
}
