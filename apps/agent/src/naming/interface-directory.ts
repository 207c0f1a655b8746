import type { CapturedInterface } from "@hopline/capture";
import type { NodeInterface, Role, Topology } from "@hopline/topology";

/** What a row says of its interface. */
export interface InterfaceLabel {
  readonly name: string;
  readonly role: Role;
}

/**
 * Interface indexes of rows to names and roles. Live captures carry the kernel's indexes; files their own, which
 * lead to names, and by them into the node's description.
 */
export class InterfaceDirectory {
  readonly #topology: Topology;
  readonly #live: boolean;
  #captured: ReadonlyMap<number, string> = new Map();

  constructor(topology: Topology, live: boolean) {
    this.#topology = topology;
    this.#live = live;
  }

  /** Files: the interfaces that the file has described so far. */
  setCaptured(interfaces: readonly CapturedInterface[]): void {
    if (this.#live || interfaces.length === this.#captured.size) return;
    this.#captured = new Map(interfaces.map(({ index, name }) => [index, name]));
  }

  labelOf(index: number): InterfaceLabel {
    const known = this.#find(index);
    if (known !== undefined) return known;
    const name = this.#live ? undefined : this.#captured.get(index);
    return { name: name ?? `if${index}`, role: "unknown" };
  }

  /** Whether {@link labelOf} knows it: the kernel may have made it a moment ago. */
  isKnown(index: number): boolean {
    return !this.#live || this.#find(index) !== undefined;
  }

  /**
   * Whether rows that began at `firstUs` are to be left out: everything is captured of an interface that nobody knows yet, and it turned
   * out to have a role that is not wanted.
   *
   * @param firstUs microseconds since the Unix epoch
   */
  isUnwanted(index: number, firstUs: number, wanted: ReadonlySet<Role>): boolean {
    const known = this.#live ? this.#find(index) : undefined;
    return known !== undefined && !wanted.has(known.role) && firstUs < known.sinceMs * 1000;
  }

  /** How many interfaces rows can come from: those that are there and have a role that is captured. */
  count(roles: ReadonlySet<Role>): number {
    return this.#live ? this.#topology.indexesOf(roles).length : this.#captured.size;
  }

  #find(index: number): NodeInterface | undefined {
    if (this.#live) return this.#topology.byIndex(index);
    const name = this.#captured.get(index);
    return name === undefined ? undefined : this.#topology.byName(name);
  }
}
