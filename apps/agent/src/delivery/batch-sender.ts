import type { Fault } from "@hopline/fault";
import { Backoff } from "./backoff.js";
import type { PostResult } from "./collector-client.js";
import type { Spool, SpooledBatch } from "./spool.js";

export type SenderState =
  | { readonly kind: "idle" }
  | { readonly kind: "sending" }
  | { readonly kind: "waiting"; readonly fault: Fault };

export interface BatchSenderOptions {
  readonly spool: Spool;
  readonly post: (bytes: Uint8Array, signal: AbortSignal) => Promise<PostResult>;
  /** How many batches are posted side by side. */
  readonly atOnce: number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly onState?: (state: SenderState) => void;
  readonly onRefused?: (fault: Fault, batch: SpooledBatch) => void;
}

/** Counters since the start, all monotonic. */
export interface SenderCounters {
  sent: number;
  sentBytes: number;
  refused: number;
  /** By the fault's code. */
  readonly retries: Record<string, number>;
}

const FIRST_PAUSE_MS = 250;
const LAST_PAUSE_MS = 15_000;

/**
 * Sends what is in the spool, oldest first, and deletes what the collector has stored. When a batch has to be sent again
 * nothing else is sent before it: one batch at a time tries, with growing pauses, until the collector takes one. What says that
 * a window has been told waits until all before it is stored, and nothing waits with it: else the window would be taken for
 * whole while a part of it is still on its way, and that part for lost.
 */
export class BatchSender {
  readonly counters: SenderCounters = { sent: 0, sentBytes: 0, refused: 0, retries: {} };
  readonly #options: BatchSenderOptions;
  readonly #backoff: Backoff;
  readonly #inFlight = new Set<SpooledBatch>();
  readonly #abort = new AbortController();
  #state: SenderState = { kind: "idle" };
  #pause: NodeJS.Timeout | undefined;
  #healthy = true;
  #stopped = true;
  #onDrained: (() => void) | undefined;

  constructor(options: BatchSenderOptions) {
    this.#options = options;
    this.#backoff = new Backoff({ firstMs: FIRST_PAUSE_MS, lastMs: LAST_PAUSE_MS, random: options.random });
  }

  get state(): SenderState {
    return this.#state;
  }

  start(): void {
    this.#stopped = false;
    this.wake();
  }

  /** There may be something to send. */
  wake(): void {
    if (this.#stopped || this.#pause !== undefined) return;
    const { atOnce } = this.#options;
    const limit = this.#healthy ? atOnce : 1;
    while (this.#inFlight.size < limit) {
      const batch = this.#next();
      if (batch === undefined) break;
      this.#inFlight.add(batch);
      void this.#send(batch);
    }
    if (this.#inFlight.size > 0) {
      if (this.#healthy) this.#setState({ kind: "sending" });
      return;
    }
    this.#setState({ kind: "idle" });
    this.#onDrained?.();
  }

  #next(): SpooledBatch | undefined {
    const passedOver = new Set(this.#inFlight);
    for (;;) {
      const batch = this.#options.spool.oldest(passedOver);
      if (batch === undefined || !batch.isLast || !this.#isUnderWayBefore(batch)) return batch;
      passedOver.add(batch);
    }
  }

  #isUnderWayBefore({ bootId, sequence }: SpooledBatch): boolean {
    for (const one of this.#inFlight)
      if (one.bootId < bootId || (one.bootId === bootId && one.sequence < sequence)) return true;
    return false;
  }

  /** Settles when the spool is empty, or `withinMs` have passed. */
  async drain(withinMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      this.#onDrained = () => {
        clearTimeout(timer);
        resolve();
      };
      this.wake();
    });
    this.#onDrained = undefined;
  }

  /** What is under way is given up; it stays in the spool. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#pause);
    this.#abort.abort();
    while (this.#inFlight.size > 0) await new Promise((resolve) => setImmediate(resolve));
  }

  async #send(batch: SpooledBatch): Promise<void> {
    const { spool, post } = this.#options;
    const bytes = await spool.read(batch);
    const result = bytes === undefined ? undefined : await post(bytes, this.#abort.signal);
    if (result?.kind === "stored") {
      await spool.acknowledge(batch);
      this.counters.sent++;
      this.counters.sentBytes += batch.bytes;
    } else if (result?.kind === "refused") {
      await spool.reject(batch);
      this.counters.refused++;
      this.#options.onRefused?.(result.fault, batch);
    }
    this.#inFlight.delete(batch);
    if (this.#stopped) return;
    if (result?.kind === "retry") this.#retryLater(result.fault);
    else {
      this.#healthy = true;
      this.#backoff.reset();
      this.wake();
    }
  }

  #retryLater(fault: Fault): void {
    const { retries } = this.counters;
    retries[fault.code] = (retries[fault.code] ?? 0) + 1;
    this.#healthy = false;
    this.#setState({ kind: "waiting", fault });
    if (this.#pause !== undefined) return;
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      this.wake();
    }, this.#backoff.next());
  }

  #setState(state: SenderState): void {
    this.#state = state;
    this.#options.onState?.(state);
  }
}
