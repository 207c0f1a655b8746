import { readFile } from "node:fs/promises";

/** Frames of one interface, since it was made. */
export interface InterfaceCounters {
  readonly receiveErrors: number;
  readonly receiveDropped: number;
  readonly sendErrors: number;
  readonly sendDropped: number;
}

/** Packets of this network namespace's conntrack, since it was made; `entries` and `limit` as of now. */
export interface ConntrackCounters {
  readonly entries: number;
  /** 0: no limit. */
  readonly limit: number;
  readonly dropped: number;
  readonly earlyDropped: number;
  readonly insertFailed: number;
}

export interface KernelCounters {
  readonly interfaces: ReadonlyMap<string, InterfaceCounters>;
  /** Undefined where the kernel does not tell: no conntrack, or no CONFIG_NF_CONNTRACK_PROCFS. */
  readonly conntrack: ConntrackCounters | undefined;
}

/** Reads a file of `/proc`. */
export type ProcReader = (path: string) => Promise<string>;

export const readProc: ProcReader = (path) => readFile(path, "utf8");

const DEVICES = "/proc/net/dev";
const CONNTRACK_STATISTICS = "/proc/net/stat/nf_conntrack";
const CONNTRACK_ENTRIES = "/proc/sys/net/netfilter/nf_conntrack_count";
const CONNTRACK_LIMIT = "/proc/sys/net/netfilter/nf_conntrack_max";

/** Some files, no process: cheap enough for every few seconds. @throws the reader's error where even the devices cannot be read */
export async function readCounters(read: ProcReader): Promise<KernelCounters> {
  const [devices, conntrack] = await Promise.all([read(DEVICES), readConntrack(read).catch(() => undefined)]);
  return { interfaces: parseDevices(devices), conntrack };
}

/** Behind two lines of heading: `name:`, eight counters of what came (bytes, packets, errs, drop, …), eight of what went. */
function parseDevices(text: string): Map<string, InterfaceCounters> {
  const interfaces = new Map<string, InterfaceCounters>();
  for (const line of text.split("\n").slice(2)) {
    const colon = line.lastIndexOf(":");
    if (colon < 0) continue;
    const counters = line
      .slice(colon + 1)
      .trim()
      .split(/\s+/)
      .map(Number);
    interfaces.set(line.slice(0, colon).trim(), {
      receiveErrors: counters[2] ?? 0,
      receiveDropped: counters[3] ?? 0,
      sendErrors: counters[10] ?? 0,
      sendDropped: counters[11] ?? 0,
    });
  }
  return interfaces;
}

async function readConntrack(read: ProcReader): Promise<ConntrackCounters> {
  const [statistics, entries, limit] = await Promise.all(
    [CONNTRACK_STATISTICS, CONNTRACK_ENTRIES, CONNTRACK_LIMIT].map(read),
  );
  const sum = columnSums(statistics ?? "");
  return {
    entries: Number(entries),
    limit: Number(limit),
    dropped: sum("drop"),
    earlyDropped: sum("early_drop"),
    insertFailed: sum("insert_failed"),
  };
}

/** A line of names, then one of hexadecimal counters for each processor. */
function columnSums(text: string): (name: string) => number {
  const [names = [], ...rows] = text
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/));
  return (name) => {
    const column = names.indexOf(name);
    return rows.reduce((sum, row) => sum + (Number.parseInt(row[column] ?? "", 16) || 0), 0);
  };
}
