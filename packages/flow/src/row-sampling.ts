import type { HopRows } from "./hop-rows.js";
import { ROW_SAMPLED } from "./row-flags.js";

/** Whether packets of a connection with these ports are captured where one in 2^shift connections is. */
export type IsSampled = (protocol: number, portA: number, portB: number, shift: number) => boolean;

/** Which rows sampling may have left packets out of. */
export class RowSampling {
  readonly #isSampled: IsSampled;
  #shift = 0;
  /** The most that was in force since the oldest window that is still open began: its rows may lack packets too. */
  #strongestShift = 0;
  /** The most since a window was last closed. */
  #shiftSinceClose = 0;

  constructor(isSampled: IsSampled = () => true) {
    this.#isSampled = isSampled;
  }

  set(shift: number): void {
    this.#shift = shift;
    this.#shiftSinceClose = Math.max(this.#shiftSinceClose, shift);
    this.#strongestShift = Math.max(this.#strongestShift, shift);
  }

  /**
   * Rows of the window that was closed now are out. The next one began a little before, but after the close before this:
   * what was in force until then no longer matters.
   */
  windowClosed(): void {
    this.#strongestShift = this.#shiftSinceClose;
    this.#shiftSinceClose = this.#shift;
  }

  /** Marks the rows from `from` to before `to` that lack packets. */
  mark({ protocols, sourcePorts, destinationPorts, rowFlags }: HopRows, from: number, to: number): void {
    if (this.#strongestShift === 0) return;
    for (let row = from; row < to; row++)
      if (!this.#isSampled(protocols[row], sourcePorts[row], destinationPorts[row], this.#strongestShift))
        rowFlags[row] |= ROW_SAMPLED;
  }
}
