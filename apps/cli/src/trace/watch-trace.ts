import { setTimeout as sleep } from "node:timers/promises";
import { type ConnectionPath, PATHS, watchSchema } from "@hopline/api";
import { Fault } from "@hopline/fault";
import type { ApiClient } from "../api-client.js";
import { type FoundTrace, findTrace } from "./find-trace.js";
import type { TraceEnd } from "./trace-end.js";

export interface WatchTraceOptions {
  readonly client: ApiClient;
  readonly from: TraceEnd;
  readonly to: TraceEnd;
  readonly forMs: number;
  /** Ends it early. */
  readonly signal: AbortSignal;
  /** What is known so far; undefined while nothing was seen since the watch began. */
  readonly onLook: (found: FoundTrace | undefined, remainingMs: number) => void;
}

const LOOK_EVERY_MS = 2000;
const WATCHED_PROTOCOLS = ["tcp", "udp", "sctp"] as const;

/**
 * Has what goes from one end to another captured at every interface for a while, and looks at its path meanwhile.
 *
 * @param known a connection between the two: its addresses are what is watched
 * @returns the last look
 * @throws Fault `WATCH_IMPOSSIBLE` for a protocol without ports; the collector's
 */
export async function watchTrace(
  known: ConnectionPath,
  options: WatchTraceOptions,
): Promise<FoundTrace | undefined> {
  const { client, from, to, forMs, signal, onLook } = options;
  const { connection } = known;
  const protocol = WATCHED_PROTOCOLS.find((one) => one === connection.protocol);
  if (protocol === undefined) {
    throw new Fault({
      code: "WATCH_IMPOSSIBLE",
      message: `Connections of ${connection.protocol} have no port by which they could be watched.`,
      hint: "Leave --watch out, or name a connection of TCP, UDP or SCTP.",
    });
  }
  const { address, port } = connection.service ?? connection.server;
  const watch = await client.post(watchSchema, PATHS.watch, {
    client: connection.client.address,
    server: address,
    port,
    protocol,
    forSeconds: Math.max(1, Math.round(forMs / 1000)),
  });
  let found: FoundTrace | undefined;
  for (;;) {
    const now = Date.now();
    const remainingMs = watch.until - now;
    // Connections of before were captured at fewer interfaces.
    const latest = await findTrace(client, from, to, { from: watch.from, to: now });
    found = latest ?? found;
    onLook(found, Math.max(0, remainingMs));
    if (remainingMs <= 0 || signal.aborted) return found;
    await sleep(Math.min(LOOK_EVERY_MS, remainingMs), undefined, { signal }).catch(() => undefined);
  }
}
