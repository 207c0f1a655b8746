import type { Fault } from "@hopline/fault";

const KEPT = 100;

/** The newest warnings of a source; older ones make room, so that a device that fails every second costs no memory. */
export class Warnings {
  readonly list: Fault[] = [];

  add(warning: Fault): void {
    if (this.list.length === KEPT) this.list.shift();
    this.list.push(warning);
  }
}
