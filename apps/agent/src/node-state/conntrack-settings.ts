import type { AgentReport } from "@hopline/batch";
import type { ProcReader } from "./kernel-counters.js";

export type ConntrackSettings = AgentReport["conntrack"];

export const NO_CONNTRACK_SETTINGS: ConntrackSettings = { events: null, acct: null, timestamp: null };

const FOLDER = "/proc/sys/net/netfilter";

/** How the node's conntrack is set; null for each setting that the kernel does not have. */
export async function readConntrackSettings(read: ProcReader): Promise<ConntrackSettings> {
  const [events, acct, timestamp] = await Promise.all(
    ["events", "acct", "timestamp"].map((name) =>
      read(`${FOLDER}/nf_conntrack_${name}`).then(Number, () => null),
    ),
  );
  return { events: events ?? null, acct: acct ?? null, timestamp: timestamp ?? null };
}
