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

/** Numbers the elements of all rules' `from` and `to`: those that are written alike have one number. */
export class CompiledPeers {
  readonly #selections: SelectionTable;
  readonly #atoms: AddressAtoms;
  readonly #peers: CompiledPeer[] = [];
  readonly #numbers = new Map<CompiledSelection | CompiledSelector | string, number>();
  /** Pods of one namespace, by its name; the numbers grow. */
  readonly #ofNamespace = new Map<string, number[]>();
  /** All others. */
  readonly #ofAnywhere: number[] = [];

  constructor(selections: SelectionTable, atoms: AddressAtoms) {
    this.#selections = selections;
    this.#atoms = atoms;
  }

  /** How many numbers there are; the first is 0. */
  get count(): number {
    return this.#peers.length;
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

  /** Tells of all from the number `first` on that match a side of a connection, or may. */
  matching(side: PeerTraits, first: number, tell: (number: number, match: true | Doubt) => void): void {
    const near = side.podClass === undefined ? undefined : this.#ofNamespace.get(side.podClass.namespace);
    for (const numbers of near === undefined ? [this.#ofAnywhere] : [this.#ofAnywhere, near]) {
      for (let at = numbers.length - 1; at >= 0 && numbers[at]! >= first; at--) {
        const number = numbers[at]!;
        const match = matchPeer(this.#peers[number]!, side);
        if (match !== false) tell(number, match);
      }
    }
  }

  #number(key: CompiledSelection | CompiledSelector | string, compile: () => CompiledPeer): number {
    let number = this.#numbers.get(key);
    if (number === undefined) {
      const peer = compile();
      number = this.#peers.length;
      this.#peers.push(peer);
      this.#numbers.set(key, number);
      this.#shelfOf(peer).push(number);
    }
    return number;
  }

  #shelfOf(peer: CompiledPeer): number[] {
    const namespace = peer.kind === "pods" ? peer.selection.namespace : undefined;
    if (namespace === undefined) return this.#ofAnywhere;
    let shelf = this.#ofNamespace.get(namespace);
    if (shelf === undefined) {
      shelf = [];
      this.#ofNamespace.set(namespace, shelf);
    }
    return shelf;
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
