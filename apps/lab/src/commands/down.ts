import { setTimeout as delay } from "node:timers/promises";
import { type Outcome, readSettings } from "@hopline/process";
import { z } from "zod";
import { LabNames } from "../host/names.js";
import { listNamespaces } from "../host/network-namespaces.js";
import { readRecord } from "../lifecycle/lab-record.js";
import { isAlive, type ProcessIdentity } from "../lifecycle/process-identity.js";
import { sweepLab } from "../lifecycle/sweep.js";
import { labNameSchema, labNameSource } from "./lab-name.js";

const STOP_LIMIT_MS = 20_000;

/** `lab down`: stops a running lab, or takes away what a killed one left. */
export async function down(argv: readonly string[]): Promise<Outcome> {
  const answer = readSettings({
    command: "hopline lab down",
    about: "stops a lab and takes away what is left of it.",
    schema: z.object({ name: labNameSchema }),
    sources: { name: labNameSource },
    argv,
    env: process.env,
  });
  if (answer.kind === "help") return { print: answer.text };
  const { name } = answer.settings;
  const record = await readRecord(name);
  const left = await listNamespaces(new LabNames(name).prefix);
  if (record === undefined && left.length === 0) return { print: `no lab named ${name} is there\n` };
  if (record !== undefined) {
    await end(record.owner);
    await gone(record.reaper);
  }
  await sweepLab(name);
  return { print: `lab ${name} is down\n` };
}

async function end(owner: ProcessIdentity): Promise<void> {
  if (!isAlive(owner)) return;
  process.kill(owner.pid, "SIGTERM");
  if (!(await gone(owner))) process.kill(owner.pid, "SIGKILL");
}

async function gone(identity: ProcessIdentity): Promise<boolean> {
  const deadline = Date.now() + STOP_LIMIT_MS;
  while (isAlive(identity) && Date.now() < deadline) await delay(50);
  return !isAlive(identity);
}
