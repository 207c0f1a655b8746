import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

/** Where every lab of the machine says that it is there; gone after a reboot, as its namespaces are. */
const RECORDS_FOLDER = "/run/hopline-lab";
const RECORD_FILE = "lab-record.json";

const identity = z.object({ pid: z.int(), startTicks: z.int() });

const recordSchema = z.object({
  name: z.string(),
  owner: identity,
  reaper: identity,
  /** Folder with lab.json, the control socket and the ledger. */
  runFolder: z.string(),
});

export type LabRecord = z.output<typeof recordSchema>;

/** The lab's own folder: its record, CNI configuration and address files, and by default its run folder. */
export function labFolder(name: string): string {
  return join(RECORDS_FOLDER, name);
}

export async function writeRecord(record: LabRecord): Promise<void> {
  await mkdir(labFolder(record.name), { recursive: true, mode: 0o700 });
  await writeFile(join(labFolder(record.name), RECORD_FILE), JSON.stringify(record));
}

/** Undefined where no lab of this name has left a record. */
export async function readRecord(name: string): Promise<LabRecord | undefined> {
  const text = await readFile(join(labFolder(name), RECORD_FILE), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch {
    return undefined; // Cut off while it was written: as good as none, and swept by name.
  }
}

/** Names of labs that have a folder. */
export async function recordedLabs(): Promise<string[]> {
  return readdir(RECORDS_FOLDER).catch(() => []);
}

/** Takes the lab's folder away, and the one around it with the last lab. */
export async function removeLabFolder(name: string): Promise<void> {
  await rm(labFolder(name), { recursive: true, force: true });
  if ((await recordedLabs()).length === 0) await rm(RECORDS_FOLDER, { recursive: true, force: true });
}
