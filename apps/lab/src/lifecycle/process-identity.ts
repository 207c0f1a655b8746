import { readFileSync } from "node:fs";

/** A process, told from a later one with the same id by when it started. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot (proc(5), /proc/PID/stat field 22). */
  readonly startTicks: number;
}

/** Undefined when there is no such process, or only what is left of one. */
export function identify(pid: number): ProcessIdentity | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined;
  }
  // The second field is the program's name in parentheses, and may hold blanks.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (fields[0] === "Z" || fields[0] === "X") return undefined;
  return { pid, startTicks: Number(fields[19]) };
}

export function isAlive(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.startTicks === identity.startTicks;
}
