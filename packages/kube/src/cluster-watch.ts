import type { ClusterConnection } from "./cluster-connection.js";
import { type ResourceEvent, type ResourceState, ResourceWatch, type WatchTimes } from "./resource-watch.js";
import type { Resource } from "./resources.js";

export interface ClusterWatchOptions {
  readonly connection: ClusterConnection;
  readonly resources: readonly Resource[];
  readonly onEvent: (event: ResourceEvent) => void;
  /** Called when a resource's state changes. */
  readonly onState?: (state: ResourceState) => void;
  readonly times?: Partial<WatchTimes>;
  readonly nowMs?: () => number;
  readonly random?: () => number;
}

/**
 * Watches several resources of a cluster side by side. One that is forbidden or missing does not hold up the
 * others: its state says so, and it is tried again.
 */
export class ClusterWatch {
  readonly #watches: readonly ResourceWatch[];

  constructor(options: ClusterWatchOptions) {
    const { resources, ...rest } = options;
    this.#watches = resources.map((resource) => new ResourceWatch({ ...rest, resource }));
  }

  start(): void {
    for (const watch of this.#watches) watch.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#watches.map((watch) => watch.stop()));
  }

  states(): ResourceState[] {
    return this.#watches.map((watch) => watch.state);
  }

  /** True once every resource that is there and may be read has been listed. */
  get settled(): boolean {
    return this.states().every(
      ({ lists, state }) => lists > 0 || state === "forbidden" || state === "absent",
    );
  }
}
