import type { AppProcessOptions } from "./app-process.js";

/** What a demo watches: the lab in the kernel, or captures of it. */
export interface Cluster {
  /** Flags that tell the collector where the cluster's objects are. */
  readonly collectorArgs: readonly string[];
  /** Agents for one round, one for each node: where they run and what they capture. A recording has many rounds. */
  round(): readonly ClusterAgent[];
  /** True where agents end by themselves, and the next round begins when all of them have. */
  readonly repeats: boolean;
  stop(): Promise<void>;
}

export interface ClusterAgent {
  readonly node: string;
  readonly netns?: string;
  readonly args: readonly string[];
}

/** How a cluster starts its own processes: the demo knows where logs go and what to do when one is lost. */
export type ProcessDefaults = Pick<AppProcessOptions, "logDir" | "onLost">;
