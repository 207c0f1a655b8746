import { describe } from "@hopline/fault";

export interface PeriodicRestartsOptions {
  readonly restart: () => Promise<unknown>;
  readonly everyMs: number;
  readonly report: (message: string) => void;
}

/**
 * Has a pod restarted now and then. While one is being restarted no other is: on a machine that has no time for it they would
 * queue up, and whoever waits for the last would wait for all of them.
 */
export class PeriodicRestarts {
  readonly #options: PeriodicRestartsOptions;
  #timer: NodeJS.Timeout | undefined;
  #underWay: Promise<void> | undefined;

  constructor(options: PeriodicRestartsOptions) {
    this.#options = options;
  }

  start(): void {
    clearInterval(this.#timer);
    if (this.#options.everyMs > 0) this.#timer = setInterval(() => this.#restart(), this.#options.everyMs);
  }

  /** Settles when no restart is under way any more. */
  async stop(): Promise<void> {
    this.abandon();
    await this.#underWay;
  }

  /** No more of them; what becomes of the one under way is nobody's concern. */
  abandon(): void {
    clearInterval(this.#timer);
  }

  #restart(): void {
    const { restart, report } = this.#options;
    this.#underWay ??= restart()
      .then(
        () => {},
        (thrown) => report(describe(thrown)),
      )
      .finally(() => {
        this.#underWay = undefined;
      });
  }
}
