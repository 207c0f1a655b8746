import type { AlertReceiver } from "@hopline/api";
import { describe } from "@hopline/fault";
import type { Logger } from "@hopline/process";
import type { StoredAlert } from "@hopline/store";
import type { Clock } from "../../clock.js";
import type { CollectorMetrics } from "../../metrics.js";
import type { Receiver, ToldAlert } from "./receiver.js";

export interface DelivererOptions {
  readonly receiver: Receiver;
  /** The receiver has taken this state of an alert for the first time. */
  readonly onTaken: (alert: ToldAlert) => void;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Pick<CollectorMetrics, "alertDeliveries">;
}

interface Entry {
  alert: ToldAlert;
  /** What the receiver has taken last, and when. */
  taken: "firing" | "resolved" | undefined;
  takenAtMs: number;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
const LOOK_EVERY_MS = 1000;
/** In one request. */
const MOST_AT_ONCE = 200;
/** Beyond it the alerts that were resolved longest ago are forgotten. */
const MOST_WAITING = 5000;

/** Tells one receiver of alerts, again and again until it takes them. */
export class Deliverer {
  readonly #options: DelivererOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #stopping = new AbortController();
  #wake = new AbortController();
  #running: Promise<void> | undefined;
  #lastTakenAtMs: number | null = null;
  #lastError: string | null = null;
  #isFailing = false;

  constructor(options: DelivererOptions) {
    this.#options = options;
  }

  get status(): AlertReceiver {
    const { kind, url } = this.#options.receiver;
    const waiting = [...this.#entries.values()].filter(({ alert, taken }) => taken !== alert.state).length;
    return {
      kind,
      url,
      state: this.#isFailing ? "failing" : this.#lastTakenAtMs === null ? "idle" : "delivered",
      waiting,
      lastTakenAt: this.#lastTakenAtMs,
      lastError: this.#lastError,
    };
  }

  start(): void {
    this.#running = this.#run();
  }

  /** What was not taken is told by the collector that comes next. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake.abort();
    await this.#running;
  }

  /** The alert as it is now. One that only was pending is nobody's business. */
  note(alert: StoredAlert): void {
    if (!isTold(alert)) {
      // It gave way to another of the same thing, which is told under the same labels.
      if (alert.state === "lapsed") this.#entries.delete(alert.id);
      return;
    }
    const taken = alert.deliveries[this.#options.receiver.url];
    const entry = this.#entries.get(alert.id);
    if (entry !== undefined) entry.alert = alert;
    else if (alert.state === "firing" || taken !== "resolved")
      // What an earlier collector told last may be about to run out: tell it anew.
      this.#entries.set(alert.id, { alert, taken, takenAtMs: 0 });
    this.#forget();
    this.#wake.abort();
  }

  async #run(): Promise<void> {
    const { clock, log, receiver, metrics } = this.#options;
    let pauseMs = FIRST_PAUSE_MS;
    while (!this.#stopping.signal.aborted) {
      this.#wake = new AbortController();
      const due = this.#due(clock.now());
      if (due.length === 0) {
        await clock.sleep(LOOK_EVERY_MS, this.#wake.signal);
        continue;
      }
      try {
        await receiver.tell(
          due.map(({ alert }) => alert),
          clock.now(),
          this.#stopping.signal,
        );
        metrics.alertDeliveries.inc({ receiver: receiver.kind, result: "taken" }, due.length);
        this.#taken(due, clock.now());
        pauseMs = FIRST_PAUSE_MS;
      } catch (thrown) {
        if (this.#stopping.signal.aborted) return;
        metrics.alertDeliveries.inc({ receiver: receiver.kind, result: "failed" }, due.length);
        this.#lastError = `${receiver.url}: ${describe(causeOf(thrown))}`;
        if (!this.#isFailing) log.warn(`alerts are not delivered, trying again: ${this.#lastError}`);
        this.#isFailing = true;
        await clock.sleep(pauseMs, this.#stopping.signal);
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      }
    }
  }

  #due(nowMs: number): { readonly entry: Entry; readonly alert: ToldAlert }[] {
    const { repeatMs } = this.#options.receiver;
    const due: { entry: Entry; alert: ToldAlert }[] = [];
    for (const entry of this.#entries.values()) {
      const { alert, taken, takenAtMs } = entry;
      const isNews = taken !== alert.state;
      const isStale = repeatMs !== undefined && alert.state === "firing" && nowMs - takenAtMs >= repeatMs;
      if (isNews || isStale) due.push({ entry, alert });
      if (due.length === MOST_AT_ONCE) break;
    }
    return due;
  }

  #taken(told: readonly { readonly entry: Entry; readonly alert: ToldAlert }[], nowMs: number): void {
    this.#lastTakenAtMs = nowMs;
    if (this.#isFailing) this.#options.log.info(`alerts are delivered again: ${this.#options.receiver.url}`);
    this.#isFailing = false;
    for (const { entry, alert } of told) {
      const isNews = entry.taken !== alert.state;
      entry.taken = alert.state;
      entry.takenAtMs = nowMs;
      // It may have been resolved while it was told to be firing.
      if (alert.state === "resolved") this.#entries.delete(alert.id);
      if (isNews) this.#options.onTaken(alert);
    }
  }

  #forget(): void {
    if (this.#entries.size <= MOST_WAITING) return;
    for (const [id, { alert }] of this.#entries) {
      if (alert.state !== "resolved") continue;
      this.#entries.delete(id);
      this.#options.metrics.alertDeliveries.inc({
        receiver: this.#options.receiver.kind,
        result: "given_up",
      });
      return;
    }
  }
}

function isTold(alert: StoredAlert): alert is ToldAlert {
  return alert.state === "firing" || alert.state === "resolved";
}

/** `fetch` says only that it failed; why is in its cause. */
function causeOf(thrown: unknown): unknown {
  return thrown instanceof TypeError && thrown.cause !== undefined ? thrown.cause : thrown;
}
