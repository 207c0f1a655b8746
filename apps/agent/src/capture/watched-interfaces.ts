import type { Role, Topology } from "@hopline/topology";

export interface WatchedInterfacesOptions {
  readonly topology: Topology;
  readonly roles: ReadonlySet<Role>;
  /** Whether the source captures interfaces that are newer than all that it was told of: the ring does. */
  readonly seesNewer: boolean;
}

/** Which of the node's interfaces are captured now. */
export class WatchedInterfaces {
  readonly #options: WatchedInterfacesOptions;
  /** Kernel indexes. */
  indexes: readonly number[] = [];
  /** The newest interface of all, watched or not. */
  newestKnown = 0;
  /** Since the start: interfaces that were there before they could be captured. */
  late = 0;

  constructor(options: WatchedInterfacesOptions) {
    this.#options = options;
  }

  /** As the node is when capturing begins: nothing is late yet. */
  begin(): void {
    this.#set();
  }

  /** As the node is now. @returns whether the source has to be told */
  update(): boolean {
    const { seesNewer } = this.#options;
    const [before, newestBefore] = [new Set(this.indexes), this.newestKnown];
    this.#set();
    const added = this.indexes.filter((index) => !before.has(index));
    // An index that had been free is not newer than all that was known.
    this.late += added.filter((index) => !seesNewer || index <= newestBefore).length;
    return added.length > 0 || this.indexes.length !== before.size || this.newestKnown !== newestBefore;
  }

  #set(): void {
    const { topology, roles } = this.#options;
    this.indexes = topology.indexesOf(roles);
    this.newestKnown = topology.newestIndex;
  }
}
