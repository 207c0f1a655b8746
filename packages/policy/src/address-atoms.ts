import type { AddressSet } from "./address-set.js";
import type { Family, IpAddress } from "./ip-address.js";

/**
 * Cuts the address space at every border of every network that a policy names. Between two borders, an atom, all
 * addresses behave alike, so a decision made for one holds for all. An atom is named by the border where it begins.
 *
 * Borders are only added: a new one leaves its atom's first half its name, and gives the second half a new one.
 */
export class AddressAtoms {
  readonly #borders: Readonly<Record<Family, bigint[]>> = { 4: [0n], 6: [0n] };
  /** Goes up whenever a border was added, so that whoever remembers an atom's name asks again. */
  epoch = 0;

  add(set: AddressSet): void {
    for (const { family, first, last } of set.ranges) {
      this.#addBorder(family, first);
      this.#addBorder(family, last + 1n);
    }
  }

  /** The name of the atom that the address lies in. */
  nameOf({ family, value }: IpAddress): string {
    const borders = this.#borders[family];
    return `${family}:${borders[this.#after(borders, value) - 1]!.toString(36)}`;
  }

  #addBorder(family: Family, border: bigint): void {
    const borders = this.#borders[family];
    const at = this.#after(borders, border);
    if (borders[at - 1] === border) return;
    borders.splice(at, 0, border);
    this.epoch++;
  }

  /** How many borders are at most `value`; the first of all is 0. */
  #after(borders: readonly bigint[], value: bigint): number {
    let low = 0;
    let high = borders.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (borders[middle]! <= value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
