import { describe } from "@hopline/fault";

export interface PeriodicRestartsOptions {
  readonly restart: () => Promise<unknown>;
  readonly everyMs: number;
  readonly report: (message: string) => void;
}

/** Has a pod restarted now and then. */
export class PeriodicRestarts {
  readonly #options: PeriodicRestartsOptions;
  #timer: NodeJS.Timeout | undefined;
  #underWay: Promise<void> = Promise.resolve();

  constructor(options: PeriodicRestartsOptions) {
    this.#options = options;
  }

  start(): void {
    clearInterval(this.#timer);
    if (this.#options.everyMs > 0) this.#timer = setInterval(() => this.#restart(), this.#options.everyMs);
  }

  /** Settles when no restart is under way any more. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#underWay;
  }

  #restart(): void {
    const { restart, report } = this.#options;
    this.#underWay = restart().then(
      () => {},
      (thrown) => report(describe(thrown)),
    );
  }
}
