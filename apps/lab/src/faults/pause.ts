import { pauseProcess, resumeProcess } from "../lifecycle/paused-processes.js";
import { identify } from "../lifecycle/process-identity.js";
import type { FaultSettings } from "./fault-request.js";
import { invalid } from "./fault-sites.js";
import type { PlannedFault } from "./planned-fault.js";

/** A process that stands still (SIGSTOP), such as an agent that does not get the processor. */
export function planPause(
  lab: string,
  ownPids: readonly number[],
  { pid }: FaultSettings<"pause">,
): PlannedFault {
  if (ownPids.includes(pid)) throw invalid(`Process ${pid} is the lab itself, and cannot be paused`);
  const identity = identify(pid);
  if (identity === undefined) throw invalid(`There is no process ${pid}`);
  return {
    about: `process ${pid} is paused`,
    places: [`process ${pid}`],
    inject: () => pauseProcess(lab, identity),
    heal: () => resumeProcess(lab, identity),
  };
}
