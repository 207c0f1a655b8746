import type { ColumnSpec, ColumnsOf } from "./columns.js";

/**
 * Columns of a `completeness` batch: one row per node and window, what was captured against what passed (decision 6).
 * `seen_frames` = counted frames + every `uncounted` reason: the sum law.
 */
export const COMPLETENESS_COLUMNS = {
  /** Unix seconds, a multiple of 10. */
  window_start: "u32",
  /** Frames that the source handed over in this window. */
  seen_frames: "f64",
  /** Frames counted in flows. */
  counted_frames: "f64",
  /** Frames not counted, by reason, as `reason=count` joined by commas; empty when none. */
  uncounted: "string",
  /** Frames that the ring had no room for. */
  dropped_frames: "f64",
  /** Packets that the conntrack event socket lost. */
  conntrack_lost: "f64",
  active_flows: "u32",
  evicted_flows: "f64",
  interfaces: "u32",
  /** 1 in this many connections are captured; 1 = all. */
  sampling: "u32",
  /** What befell the agent in this window: AGENT_ bits. */
  agent_flags: "u8",
} as const satisfies ColumnSpec;

export type CompletenessColumns = ColumnsOf<typeof COMPLETENESS_COLUMNS>;

export const AGENT_STARTED = 1;
export const AGENT_STOPPED = 2;
/** The spool was full or could not be written: batches that no collector had taken are gone. */
export const AGENT_LOST_BATCHES = 4;
/** An interface was captured only some time after it had been made: packets may have passed it unseen. */
export const AGENT_LATE_INTERFACE = 8;

/** What befell an agent in a window, in words. */
export type AgentEvent = "started" | "stopped" | "lost-batches" | "late-interface";

const EVENTS: readonly (readonly [bit: number, event: AgentEvent])[] = [
  [AGENT_STARTED, "started"],
  [AGENT_STOPPED, "stopped"],
  [AGENT_LOST_BATCHES, "lost-batches"],
  [AGENT_LATE_INTERFACE, "late-interface"],
];

/** The events that `agent_flags` stands for. */
export function agentEvents(flags: number): AgentEvent[] {
  return EVENTS.flatMap(([bit, event]) => ((flags & bit) === 0 ? [] : [event]));
}
