import type { AddressAtoms } from "./address-atoms.js";
import { AddressSet } from "./address-set.js";
import type { CompiledSelection, SelectionTable } from "./compiled-selection.js";
import type { CompiledSelector } from "./label-selector.js";
import type { PeerTraits } from "./peer-view.js";
import type { Peer } from "./policy.js";
import type { Doubt } from "./verdict.js";

/** Whether something matches; a doubt where that can't be said. */
type Match = boolean | Doubt;

type CompiledPeer =
  | { readonly kind: "pods"; readonly selection: CompiledSelection }
  | { readonly kind: "networks"; readonly addresses: AddressSet }
  | { readonly kind: "nodes"; readonly nodes: CompiledSelector }
  | { readonly kind: "domains" };

/** Which elements of all rules' `from` and `to` match one side of a connection; by their numbers in {@link CompiledPeers}. */
export class PeerMatches {
  /** Those that match for sure: one bit each. */
  bits = new Int32Array(0);
  /** Those of which that can't be said, and why; undefined where there are none. */
  doubts: Map<number, Doubt> | undefined;
  /** How many have been asked. */
  asked = 0;

  has(number: number): boolean {
    return (this.bits[number >>> 5]! & (1 << (number & 31))) !== 0;
  }
}

/** Numbers the elements of all rules' `from` and `to`: those that are written alike have one number. */
export class CompiledPeers {
  readonly #selections: SelectionTable;
  readonly #atoms: AddressAtoms;
  readonly #peers: CompiledPeer[] = [];
  readonly #numbers = new Map<CompiledSelection | CompiledSelector | string, number>();

  constructor(selections: SelectionTable, atoms: AddressAtoms) {
    this.#selections = selections;
    this.#atoms = atoms;
  }

  /** `ownNamespace` is the policy's, for a selection that names no namespaces. */
  numberOf(peer: Peer, ownNamespace: string): number {
    switch (peer.kind) {
      case "pods": {
        const { namespaces, pods } = peer;
        const selection = this.#selections.of({ namespaces, pods }, ownNamespace);
        return this.#number(selection, () => ({ kind: "pods", selection }));
      }
      case "networks": {
        const { networks, except } = peer;
        return this.#number(JSON.stringify([networks, except]), () => {
          const addresses = AddressSet.of(networks, except);
          this.#atoms.add(addresses);
          return { kind: "networks", addresses };
        });
      }
      case "nodes": {
        const nodes = this.#selections.selector(peer.nodes);
        return this.#number(nodes, () => ({ kind: "nodes", nodes }));
      }
      case "domains":
        return this.#number("domains", () => ({ kind: "domains" }));
    }
  }

  /** Asks what has not been asked yet. */
  complete(matches: PeerMatches, side: PeerTraits): void {
    const count = this.#peers.length;
    if (matches.asked === count) return;
    const words = (count + 31) >>> 5;
    if (words > matches.bits.length) {
      const longer = new Int32Array(words);
      longer.set(matches.bits);
      matches.bits = longer;
    }
    for (let number = matches.asked; number < count; number++) {
      const match = matchPeer(this.#peers[number]!, side);
      if (match === false) continue;
      if (match === true) {
        matches.bits[number >>> 5]! |= 1 << (number & 31);
        continue;
      }
      matches.doubts ??= new Map();
      matches.doubts.set(number, match);
    }
    matches.asked = count;
  }

  #number(key: CompiledSelection | CompiledSelector | string, compile: () => CompiledPeer): number {
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#peers.length;
      this.#peers.push(compile());
      this.#numbers.set(key, number);
    }
    return number;
  }
}

function matchPeer(peer: CompiledPeer, side: PeerTraits): Match {
  switch (peer.kind) {
    case "pods":
      if (side.podClass === undefined || !peer.selection.selects(side.podClass)) return false;
      return side.isDisguised ? "translated-source" : true;
    case "networks":
      return matchAddresses(peer.addresses, side);
    case "nodes":
      return side.nodeLabels !== undefined && peer.nodes.selects(side.nodeLabels);
    case "domains":
      return side.podClass === undefined && side.nodeLabels === undefined ? "domain-name" : false;
  }
}

function matchAddresses(set: AddressSet, { addresses, translation, isNowhere }: PeerTraits): Match {
  if (isNowhere) return false;
  let inside = 0;
  for (const address of addresses) if (set.contains(address)) inside++;
  if (addresses.length > 0 && (inside === 0 || inside === addresses.length)) return inside > 0;
  return translation ?? "address-unknown";
}
