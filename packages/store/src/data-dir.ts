import { access, constants, mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, Fault } from "@hopline/fault";

/** What lies in a data directory. */
export interface DataDir {
  /** The engine's own files. */
  readonly engine: string;
  /** Batches on their way into the engine, each for a moment. */
  readonly incoming: string;
}

/**
 * Makes the directory where missing, clears what a killed process left in `incoming`, and makes sure that nobody else
 * has it open.
 *
 * @throws Fault `STORE_DIR_UNUSABLE`, `STORE_DIR_TAKEN`
 */
export async function prepareDataDir(path: string): Promise<DataDir> {
  const dir: DataDir = { engine: join(path, "clickhouse"), incoming: join(path, "incoming") };
  try {
    await mkdir(dir.engine, { recursive: true });
    await access(dir.engine, constants.R_OK | constants.W_OK | constants.X_OK);
    await mkdir(dir.incoming, { recursive: true });
  } catch (thrown) {
    throw new Fault({
      code: "STORE_DIR_UNUSABLE",
      message: `The data directory ${path} cannot be used: ${describe(thrown)}.`,
      hint: "Name a directory that this user may write.",
      cause: thrown,
    });
  }
  const holder = await holderOf(join(dir.engine, "status"));
  if (holder !== undefined && holder !== process.pid) {
    throw new Fault({
      code: "STORE_DIR_TAKEN",
      message: `The data directory ${path} is in use by process ${holder}.`,
      hint: "Stop that process, or name another directory.",
    });
  }
  if (holder === undefined) {
    for (const name of await readdir(dir.incoming)) await rm(join(dir.incoming, name), { force: true });
  }
  return dir;
}

/**
 * The process that holds the engine's lock (flock on its `status` file), as the kernel lists it. Undefined where none
 * does, or where the kernel does not say: then the engine's own attempt decides, with a less telling error.
 */
async function holderOf(lockFile: string): Promise<number | undefined> {
  try {
    const { ino } = await stat(lockFile);
    // "1: FLOCK  ADVISORY  WRITE 4242 fe:00:1835 0 EOF" (proc_locks(5)); the device's notation differs between
    // file systems, so the inode decides.
    for (const line of (await readFile("/proc/locks", "utf8")).split("\n")) {
      const [, kind, , , pid, place] = line.split(/\s+/);
      if (kind === "FLOCK" && place?.split(":")[2] === String(ino)) return Number(pid);
    }
  } catch {
    // No such file yet, or no /proc.
  }
  return undefined;
}
