import type { WatchOrder } from "@hopline/batch";
import { type FocusTuple, MOST_FOCUS_TUPLES } from "@hopline/capture";
import { parseAddress } from "@hopline/packet";

export interface ConnectionWatchesOptions {
  /** Asks the collector what it wants; undefined where it cannot be asked. */
  readonly ask: () => Promise<readonly WatchOrder[] | undefined>;
  /** The connections to capture everywhere from now on. */
  readonly onChange: (tuples: readonly FocusTuple[]) => void;
  /** Milliseconds, monotonic. */
  readonly nowMs: () => number;
}

const TICK_MS = 500;
/** So long after the collector last said something it is asked. Acknowledgements of batches say it too. */
const ASK_AFTER_MS = 2000;

interface Lasting {
  readonly tuples: readonly FocusTuple[];
  readonly untilMs: number;
}

/** Connections that the collector wants captured at all interfaces for a while. Each ends by itself. */
export class ConnectionWatches {
  readonly #options: ConnectionWatchesOptions;
  readonly #lasting = new Map<string, Lasting>();
  #timer: NodeJS.Timeout | undefined;
  #heardAtMs = Number.NEGATIVE_INFINITY;
  #asking = false;

  constructor(options: ConnectionWatchesOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** What is captured everywhere now; no more than the kernel's filter takes. */
  get tuples(): FocusTuple[] {
    return [...this.#lasting.values()].flatMap(({ tuples }) => tuples).slice(0, MOST_FOCUS_TUPLES);
  }

  /** The collector has said what it wants: all of it. */
  heard(orders: readonly WatchOrder[]): void {
    const now = this.#options.nowMs();
    this.#heardAtMs = now;
    let isChanged = false;
    for (const order of orders) {
      // Its end is counted from when it was heard first: clocks of two machines may differ.
      if (this.#lasting.has(order.id)) continue;
      this.#lasting.set(order.id, { tuples: tuplesOf(order), untilMs: now + order.remainingMs });
      isChanged = true;
    }
    if (isChanged) this.#options.onChange(this.tuples);
  }

  #tick(): void {
    const now = this.#options.nowMs();
    const ended = [...this.#lasting].filter(([, { untilMs }]) => untilMs <= now);
    for (const [id] of ended) this.#lasting.delete(id);
    if (ended.length > 0) this.#options.onChange(this.tuples);
    if (!this.#asking && now - this.#heardAtMs >= ASK_AFTER_MS) void this.#ask();
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    const orders = await this.#options.ask();
    this.#asking = false;
    if (orders !== undefined) this.heard(orders);
    // Not at once again, whatever it was that went wrong.
    else this.#heardAtMs = this.#options.nowMs();
  }
}

/** From whichever port of the client. */
function tuplesOf({ protocol, client, servers }: WatchOrder): FocusTuple[] {
  const addressA = parseAddress(client);
  return servers.flatMap(({ address, port }) => {
    const addressB = parseAddress(address);
    if (addressA === undefined || addressB === undefined) return [];
    return [{ protocol, addressA, portA: 0, addressB, portB: port }];
  });
}
