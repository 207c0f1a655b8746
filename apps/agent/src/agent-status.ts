import type { FollowerCounters, FollowerState, TranslationCounters } from "@hopline/conntrack";
import type { WatcherCounters, WatcherState } from "@hopline/topology";
import type { BatchCounters } from "./batches/batch-writer.js";
import type { CaptureReport } from "./capture/worker-messages.js";
import type { SenderCounters, SenderState } from "./delivery/batch-sender.js";
import type { SpoolCounters } from "./delivery/spool.js";
import type { DropCounters } from "./drops/drop-evidence.js";
import type { RejectionCounters } from "./drops/rejection-watch.js";
import type { NamingCounters } from "./naming/row-namer.js";

/** All that the agent counts, at one moment: what its metrics and its health are made of. */
export interface AgentStatus {
  readonly capture: "starting" | "running" | "ended";
  /** The last report of the capture thread. */
  readonly report: Omit<CaptureReport, "rows" | "dns"> | undefined;
  readonly watchedInterfaces: number;
  /** Live captures only. */
  readonly topology: { readonly state: WatcherState; readonly counters: WatcherCounters } | undefined;
  /** Live captures only. */
  readonly conntrack: { readonly state: FollowerState; readonly counters: FollowerCounters } | undefined;
  readonly translations: TranslationCounters & { readonly size: number };
  readonly naming: NamingCounters & { readonly waitingRows: number };
  /** Live captures only. */
  readonly drops: DropCounters | undefined;
  readonly rejections: RejectionCounters;
  readonly batches: BatchCounters;
  readonly spool: SpoolCounters & { readonly batches: number; readonly bytes: number };
  readonly sender: { readonly state: SenderState; readonly counters: SenderCounters };
}

/** What the health endpoint answers: whether the agent captures, and how its parts are. */
export function healthOf({ capture, topology, conntrack, sender, spool }: AgentStatus): {
  healthy: boolean;
  [part: string]: unknown;
} {
  return {
    healthy: capture === "running",
    capture,
    interfaces: topology?.state.kind,
    conntrack: conntrack?.state.kind,
    collector: sender.state.kind,
    spooledBatches: spool.batches,
  };
}
