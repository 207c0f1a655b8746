import type { AddressAtoms } from "./address-atoms.js";
import type { IpAddress } from "./ip-address.js";
import type { LabelSet } from "./label-set.js";
import type { PodClass } from "./pod-class.js";

/** The other side of a connection, as rules see it. */
export interface PeerTraits {
  /** undefined for everything but pods; pods on their node's network are their node. */
  readonly podClass: PodClass | undefined;
  /** undefined for everything but nodes. */
  readonly nodeLabels: LabelSet | undefined;
  /** All that it may be seen under; empty where none is known. */
  readonly addresses: readonly IpAddress[];
  /** Why there are several addresses, where it is for a translation. */
  readonly translation: "translated-source" | "translated-destination" | undefined;
  /** A source that a rule may see under an address that is not its own, so that selectors may miss it. */
  readonly isDisguised: boolean;
  /** Known to lie in no network at all, for all that its addresses are not known. */
  readonly isNowhere: boolean;
}

export interface PeerView extends PeerTraits {
  readonly id: number;
}

/** Gives the same id to all peers that no rule can tell apart. */
export class PeerViews {
  readonly #atoms: AddressAtoms;
  readonly #ids = new Map<string, number>();

  constructor(atoms: AddressAtoms) {
    this.#atoms = atoms;
  }

  get size(): number {
    return this.#ids.size;
  }

  /**
   * Peers of one id differ in their addresses, and what an id stands for shrinks as atoms are cut; so the view keeps
   * the very addresses that it was asked for.
   */
  of(traits: PeerTraits): PeerView {
    const { podClass, nodeLabels, addresses, translation, isDisguised, isNowhere } = traits;
    const atoms = addresses.map((address) => this.#atoms.nameOf(address));
    const text = `${podClass?.id}|${nodeLabels?.id}|${atoms.join()}|${translation}|${isDisguised}|${isNowhere}`;
    let id = this.#ids.get(text);
    if (id === undefined) {
      id = this.#ids.size;
      this.#ids.set(text, id);
    }
    return { id, podClass, nodeLabels, addresses, translation, isDisguised, isNowhere };
  }

  clear(): void {
    this.#ids.clear();
  }
}
