import { readFileSync } from "node:fs";

/** USER_HZ, in which /proc counts: 100 on every architecture that Node.js runs on. */
const TICK_US = 10_000;
/** utime and stime of proc(5), counted from the field after the command's name, which may hold spaces. */
const USER_TICKS = 11;
const SYSTEM_TICKS = 12;

/**
 * CPU time of the calling thread since its start, in microseconds: exact, or in steps of 10,000 where the kernel keeps no
 * statistics of its scheduler; of the whole process where it tells of no threads. Node 20 tells it of processes only.
 */
export function threadCpuUs(): number {
  return schedulerUs() ?? ticksUs() ?? processUs();
}

function schedulerUs(): number | undefined {
  const [ns] = fieldsOf("/proc/thread-self/schedstat") ?? [];
  // It reads 0 where the file is there and nothing is kept.
  return Number(ns) > 0 ? Number(ns) / 1000 : undefined;
}

function ticksUs(): number | undefined {
  const fields = fieldsOf("/proc/thread-self/stat");
  return fields && (Number(fields[USER_TICKS]) + Number(fields[SYSTEM_TICKS])) * TICK_US;
}

function processUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** The fields of a line, those after a command's name in parentheses where there is one. */
function fieldsOf(path: string): string[] | undefined {
  try {
    const line = readFileSync(path, "latin1");
    return line
      .slice(line.lastIndexOf(")") + 1)
      .trim()
      .split(" ");
  } catch {
    return undefined;
  }
}
