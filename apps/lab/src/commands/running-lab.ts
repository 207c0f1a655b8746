import { join } from "node:path";
import { Fault } from "@hopline/fault";
import { ControlClient } from "../control/control-client.js";
import { RUN_FILES } from "../lab-description.js";
import { readRecord } from "../lifecycle/lab-record.js";
import { isAlive } from "../lifecycle/process-identity.js";

/** The control of a lab by its name. @throws Fault `LAB_NOT_RUNNING` */
export async function controlOf(name: string): Promise<ControlClient> {
  const record = await readRecord(name);
  if (record === undefined || !isAlive(record.owner)) {
    throw new Fault({
      code: "LAB_NOT_RUNNING",
      message: `No lab named ${name} is running.`,
      hint: 'Start one with "hopline lab up".',
    });
  }
  return new ControlClient(join(record.runFolder, RUN_FILES.control));
}
