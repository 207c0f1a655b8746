import { readdirSync, readFileSync } from "node:fs";
import type { CapturedInterface } from "./frame-source.js";

/** The loopback is the first device of every network namespace; the kernel insists on it (LOOPBACK_IFINDEX). */
export const LOOPBACK_INDEX = 1;

/** The interfaces of this network namespace, from sysfs; empty where there is none. */
export function kernelInterfaces(): CapturedInterface[] {
  const found: CapturedInterface[] = [];
  for (const name of namesIn("/sys/class/net")) {
    try {
      found.push({ index: Number(readFileSync(`/sys/class/net/${name}/ifindex`, "latin1")), name });
    } catch {
      // The interface went away between the two reads.
    }
  }
  return found;
}

/** Names for indexes, in the order given; an index that is gone is called `if<index>`. */
export function namedInterfaces(indexes: readonly number[]): CapturedInterface[] {
  const names = new Map(kernelInterfaces().map(({ index, name }) => [index, name]));
  return indexes.map((index) => ({ index, name: names.get(index) ?? `if${index}` }));
}

/** What is really watched of a request: each index once, ascending, never the loopback. */
export function watchable(indexes: readonly number[]): number[] {
  return [...new Set(indexes)].filter((index) => index > LOOPBACK_INDEX).sort((a, b) => a - b);
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
