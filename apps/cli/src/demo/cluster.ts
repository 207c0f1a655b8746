import type { AppProcessOptions } from "./app-process.js";

/** What a demo watches: the lab in the kernel, or captures of it. */
export interface Cluster {
  /** Flags that tell the collector where the cluster's objects are. */
  readonly collectorArgs: readonly string[];
  /** One agent for each node: where it runs and what it captures. */
  readonly agents: readonly ClusterAgent[];
  stop(): Promise<void>;
}

export interface ClusterAgent {
  readonly node: string;
  readonly netns?: string;
  readonly args: readonly string[];
}

/** How a cluster starts its own processes: the demo knows where logs go and what to do when one is lost. */
export type ProcessDefaults = Pick<AppProcessOptions, "logDir" | "onLost">;
