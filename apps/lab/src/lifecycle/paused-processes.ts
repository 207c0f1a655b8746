import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { labFolder } from "./lab-record.js";
import { isAlive, type ProcessIdentity } from "./process-identity.js";

const FILE = "paused-processes.json";

const identitiesSchema = z.array(z.object({ pid: z.int(), startTicks: z.int() }));

/**
 * Processes of others that a lab has stopped. No namespace's end lets them go on, so that they are written down for
 * whoever sweeps the lab.
 */
export async function pauseProcess(lab: string, identity: ProcessIdentity): Promise<void> {
  await write(lab, [...(await pausedProcesses(lab)), identity]);
  process.kill(identity.pid, "SIGSTOP");
}

/** Lets one go on that {@link pauseProcess} has stopped; one that has ended since is no error. */
export async function resumeProcess(lab: string, identity: ProcessIdentity): Promise<void> {
  if (isAlive(identity)) process.kill(identity.pid, "SIGCONT");
  await write(
    lab,
    (await pausedProcesses(lab)).filter(({ pid }) => pid !== identity.pid),
  );
}

/** Lets all go on that a lab, perhaps a dead one, has stopped. */
export async function resumeAll(lab: string): Promise<void> {
  for (const identity of await pausedProcesses(lab)) {
    if (isAlive(identity)) process.kill(identity.pid, "SIGCONT");
  }
}

async function pausedProcesses(lab: string): Promise<ProcessIdentity[]> {
  const text = await readFile(join(labFolder(lab), FILE), "utf8").catch(() => "[]");
  try {
    return identitiesSchema.parse(JSON.parse(text));
  } catch {
    return []; // Cut off while it was written: before anything was stopped.
  }
}

async function write(lab: string, identities: readonly ProcessIdentity[]): Promise<void> {
  await writeFile(join(labFolder(lab), FILE), JSON.stringify(identities));
}
