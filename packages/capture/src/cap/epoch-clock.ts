/** More than this apart, the system's clock was set: follow it. Less is the millisecond that Date.now() rounds by. */
const STEP_MS = 50;

/** Microseconds since the Unix epoch, finer than the millisecond of `Date.now()`, and following the clock when it is set. */
export class EpochClock {
  readonly #wallMs: () => number;
  readonly #steadyMs: () => number;
  #offsetMs: number;

  constructor(wallMs: () => number = Date.now, steadyMs: () => number = () => performance.now()) {
    this.#wallMs = wallMs;
    this.#steadyMs = steadyMs;
    this.#offsetMs = wallMs() - steadyMs();
  }

  nowUs(): number {
    return (this.#steadyMs() + this.#offsetMs) * 1000;
  }

  /** Compares with the system's clock; call it now and then. */
  follow(): void {
    const offsetMs = this.#wallMs() - this.#steadyMs();
    if (Math.abs(offsetMs - this.#offsetMs) > STEP_MS) this.#offsetMs = offsetMs;
  }
}
