import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Fault } from "@hopline/fault";
import { isLabName, LabNames } from "../host/names.js";
import { deleteNamespaces, listNamespaces } from "../host/network-namespaces.js";
import { RUN_FILES } from "../lab-description.js";
import { type LabRecord, readRecord, recordedLabs, removeLabFolder } from "./lab-record.js";
import { resumeAll } from "./paused-processes.js";
import { isAlive } from "./process-identity.js";

const REAPER_LIMIT_MS = 10_000;

/**
 * Takes away everything that bears a lab's name: namespaces with all that is in them, processes there, files.
 * Processes that it had paused go on.
 * The ledger in a run folder that the user named stays. Nothing left is no error.
 */
export async function sweepLab(name: string): Promise<void> {
  const record = await readRecord(name);
  await resumeAll(name);
  await sweepNamespaces(name);
  if (record !== undefined) {
    for (const file of [RUN_FILES.description, RUN_FILES.control, RUN_FILES.kubeconfig]) {
      await rm(join(record.runFolder, file), { force: true });
    }
  }
  await removeLabFolder(name);
}

/** Takes away a lab's namespaces with all that is in them, and the processes there. */
export async function sweepNamespaces(name: string): Promise<void> {
  await deleteNamespaces(await listNamespaces(new LabNames(name).prefix));
}

/**
 * Clears the way for a lab: sweeps what killed labs have left, this name's and others'.
 * @returns names of the labs that were swept
 * @throws Fault `LAB_RUNNING` where a lab of this name is alive.
 */
export async function sweepDeadLabs(name: string): Promise<string[]> {
  const swept: string[] = [];
  const recorded = (await recordedLabs()).filter(isLabName);
  for (const other of new Set([...recorded, name])) {
    const record = await readRecord(other);
    if (record !== undefined && isAlive(record.owner)) {
      if (other === name) throw running(record);
      continue;
    }
    // Without a record, another lab's folder may just be in the making.
    if (record === undefined && other !== name) continue;
    if (record !== undefined) await awaitReaper(record);
    const leftovers = await listNamespaces(new LabNames(other).prefix);
    if (record !== undefined || leftovers.length > 0) swept.push(other);
    await sweepLab(other);
  }
  return swept;
}

/** A killed lab's reaper may be at work; two at once would take away each other's next lab. */
async function awaitReaper(record: LabRecord): Promise<void> {
  const deadline = Date.now() + REAPER_LIMIT_MS;
  while (isAlive(record.reaper) && Date.now() < deadline) await delay(20);
  if (isAlive(record.reaper)) process.kill(record.reaper.pid, "SIGKILL");
}

function running(record: LabRecord): Fault {
  return new Fault({
    code: "LAB_RUNNING",
    message: `A lab named ${record.name} is running already (process ${record.owner.pid}).`,
    hint: `Stop it with "hopline lab down --name ${record.name}", or give this one another --name.`,
  });
}
