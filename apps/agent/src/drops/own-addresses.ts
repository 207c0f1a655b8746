import { ADDRESS_BYTES, parseAddress } from "@hopline/packet";
import type { NodeDescription, Topology } from "@hopline/topology";

/** The addresses that a node has itself, on whichever interface. */
export class OwnAddresses {
  readonly #topology: Pick<Topology, "description">;
  #description: NodeDescription | undefined;
  #known: ReadonlySet<string> = new Set();

  constructor(topology: Pick<Topology, "description">) {
    this.#topology = topology;
  }

  /** @param addresses 16 bytes each, IPv4 mapped */
  has(addresses: Uint8Array, offset: number): boolean {
    const { description } = this.#topology;
    if (description !== this.#description) {
      this.#description = description;
      const all = description.addresses.flatMap((entry) => entry.addr_info.map(({ local }) => local));
      this.#known = new Set(all.flatMap((text) => keyOf(parseAddress(text)) ?? []));
    }
    return this.#known.has(keyOf(addresses.subarray(offset, offset + ADDRESS_BYTES)) ?? "");
  }
}

function keyOf(address: Uint8Array | undefined): string | undefined {
  return address && Buffer.from(address).toString("latin1");
}
