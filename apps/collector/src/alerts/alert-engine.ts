import type { AlertingStatus } from "@hopline/api";
import { describe } from "@hopline/fault";
import type { Logger } from "@hopline/process";
import type { Store, StoredAlert } from "@hopline/store";
import type { Clock } from "../clock.js";
import type { CollectorMetrics } from "../metrics.js";
import type { StoreKeeper } from "../store-keeper.js";
import { AlertStates } from "./alert-states.js";
import { Deliverer } from "./delivery/deliverer.js";
import type { Receiver, ToldAlert } from "./delivery/receiver.js";
import type { AlertReader } from "./readings/reading.js";
import type { AlertRule, AlertRules } from "./rules/alert-rule.js";

export interface AlertEngineOptions {
  readonly keeper: StoreKeeper;
  readonly rules: AlertRules;
  readonly readers: readonly AlertReader[];
  readonly receivers: readonly Receiver[];
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Pick<
    CollectorMetrics,
    "alerts" | "alertDeliveries" | "alertEvaluationSeconds" | "alertEvaluationsFailed" | "alertsLeftOut"
  >;
}

/** A resolved alert that a receiver has not taken is told to it for so long, by whichever collector comes. */
const RESOLVED_TOLD_MS = 24 * 3_600_000;
const RESTORE_RETRY_MS = 2000;
/** The embedded engine runs one statement at a time: on a machine that is overloaded batches go before alerts, but for urgent ones. */
const IDLE_FOR_BUSY = 3;
const LEAST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 60_000;
const MOST_REMEMBERED = 10_000;

/**
 * Evaluates the rules when their figures are due, keeps the alerts' states in the store, and has receivers told.
 *
 * Beside others on one ClickHouse server it reads theirs before each round: see {@link AlertStates.adopt}. All of them
 * tell the receivers, which know an alert by its labels.
 */
export class AlertEngine {
  readonly #options: AlertEngineOptions;
  readonly #states = new AlertStates();
  readonly #deliverers: readonly Deliverer[];
  readonly #stopping = new AbortController();
  /** By id: alerts as they are now, until they are over and everybody has been told. */
  readonly #latest = new Map<string, StoredAlert>();
  /** Of those, or over since: what the store has not taken yet. */
  readonly #unstored = new Map<string, StoredAlert>();
  /** Reader to the last time that it was due. */
  readonly #readFor = new Map<AlertReader, number>();
  readonly #errors = new Map<string, string>();
  /** Until then only what is urgent is read. */
  #idleUntilMs = 0;
  #running: Promise<void> | undefined;
  #startedAtMs = 0;
  #restored = false;
  #leftOut = 0;
  #evaluatedAtMs: number | null = null;

  constructor(options: AlertEngineOptions) {
    this.#options = options;
    this.#deliverers = options.receivers.map(
      (receiver) =>
        new Deliverer({
          ...options,
          receiver,
          onTaken: (alert) => this.#taken(alert, receiver.url),
        }),
    );
  }

  start(): void {
    if (this.#options.readers.length === 0) return;
    this.#startedAtMs = this.#options.clock.now();
    for (const deliverer of this.#deliverers) deliverer.start();
    this.#running = this.#run();
  }

  /** What changed last is stored, if the store is there. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await Promise.all(this.#deliverers.map((deliverer) => deliverer.stop()));
    await this.#store();
  }

  get status(): AlertingStatus {
    const open = this.#states.open;
    const firing = open.filter(({ state }) => state === "firing").length;
    return {
      firing,
      pending: open.length - firing,
      rules: this.#rulesRead().length,
      evaluatedAt: this.#evaluatedAtMs,
      lastError: [...this.#errors.values()][0] ?? null,
      receivers: this.#deliverers.map((deliverer) => deliverer.status),
    };
  }

  /** Brings the gauge up to date. */
  measure(): void {
    const { metrics } = this.#options;
    metrics.alerts.reset();
    for (const { name, severity } of this.#rulesRead()) {
      for (const state of ["pending", "firing"]) metrics.alerts.set({ rule: name, severity, state }, 0);
    }
    for (const { rule, severity, state } of this.#states.open) metrics.alerts.inc({ rule, severity, state });
  }

  #rulesRead(): AlertRule[] {
    const { readers, rules } = this.#options;
    return readers
      .flatMap((reader) => reader.rules.map((name) => rules[name]))
      .filter(({ enabled }) => enabled);
  }

  async #run(): Promise<void> {
    const { clock, keeper } = this.#options;
    while (!this.#stopping.signal.aborted) {
      if (keeper.state.state === "unavailable" || !(await this.#restore())) {
        await clock.sleep(RESTORE_RETRY_MS, this.#stopping.signal);
        continue;
      }
      const beganMs = clock.now();
      const due = this.#dueReaders(beganMs);
      if (due.length > 0) await this.#round(due);
      await this.#store();
      const endedMs = clock.now();
      if (due.some(({ isUrgent = false }) => !isUrgent))
        this.#idleUntilMs = endedMs + (endedMs - beganMs) * IDLE_FOR_BUSY;
      await clock.sleep(this.#untilNext(endedMs), this.#stopping.signal);
    }
  }

  async #restore(): Promise<boolean> {
    if (this.#restored) return true;
    const { keeper, rules, clock, log } = this.#options;
    try {
      const stored = await keeper.use("open_alerts", (store) =>
        store.openAlerts(clock.now() - RESOLVED_TOLD_MS),
      );
      this.#states.restore(stored, clock.now());
      for (const alert of stored) this.#tell(alert);
      this.#note(this.#states.endOff(rules, clock.now()));
      this.#restored = true;
    } catch (thrown) {
      log.warn(`alerts of before could not be read yet: ${describe(thrown)}`);
    }
    return this.#restored;
  }

  #dueReaders(nowMs: number): AlertReader[] {
    return this.#enabledReaders().filter((reader) => {
      if (nowMs < this.#notBefore(reader)) return false;
      const dueAt = lastDue(reader, nowMs);
      if (this.#readFor.get(reader) === dueAt) return false;
      this.#readFor.set(reader, dueAt);
      return true;
    });
  }

  #untilNext(nowMs: number): number {
    const next = this.#enabledReaders().map((reader) => {
      const dueAt = lastDue(reader, nowMs);
      const nextAt = this.#readFor.get(reader) === dueAt ? dueAt + reader.everyMs : nowMs;
      return Math.max(nextAt, this.#notBefore(reader));
    });
    return Math.max(LEAST_PAUSE_MS, Math.min(nowMs + LONGEST_PAUSE_MS, ...next) - nowMs);
  }

  #notBefore({ isUrgent = false }: AlertReader): number {
    return isUrgent ? 0 : this.#idleUntilMs;
  }

  #enabledReaders(): AlertReader[] {
    const { readers, rules } = this.#options;
    return readers.filter((reader) => reader.rules.some((name) => rules[name].enabled));
  }

  async #round(readers: readonly AlertReader[]): Promise<void> {
    const { keeper, clock } = this.#options;
    if (keeper.kind === "server") await this.#adopt();
    for (const reader of readers) {
      if (this.#stopping.signal.aborted) return;
      await this.#read(reader);
    }
    this.#evaluatedAtMs = clock.now();
  }

  /** What collectors beside this one have stored. */
  async #adopt(): Promise<void> {
    const { keeper, clock, log } = this.#options;
    try {
      const stored = await keeper.use("open_alerts", (store) =>
        store.openAlerts(clock.now() - RESOLVED_TOLD_MS),
      );
      for (const alert of this.#states.adopt(stored, clock.now())) {
        if (alert.state === "lapsed") this.#unstored.set(alert.id, alert);
        this.#tell(alert);
      }
    } catch (thrown) {
      log.debug(`alerts of other collectors could not be read: ${describe(thrown)}`);
    }
  }

  async #read(reader: AlertReader): Promise<void> {
    const { keeper, rules, clock, log, metrics } = this.#options;
    const finish = metrics.alertEvaluationSeconds.startTimer({ reader: reader.name });
    const nowMs = clock.now();
    try {
      const readings = await keeper.use(`alerts_${reader.name}`, (store: Store) =>
        reader.read({ store, rules, nowMs, startedAtMs: this.#startedAtMs }),
      );
      for (const reading of readings) this.#note(this.#states.apply(reading, clock.now()));
      metrics.alertsLeftOut.inc(this.#states.leftOut - this.#leftOut);
      this.#leftOut = this.#states.leftOut;
      this.#errors.delete(reader.name);
    } catch (thrown) {
      metrics.alertEvaluationsFailed.inc({ reader: reader.name });
      const sentence = `alert rules on ${reader.name} could not be evaluated: ${describe(thrown)}`;
      if (!this.#errors.has(reader.name)) log.warn(sentence);
      this.#errors.set(reader.name, sentence);
    } finally {
      finish();
    }
  }

  #note(changed: readonly StoredAlert[]): void {
    for (const alert of changed) {
      this.#unstored.set(alert.id, this.#tell(alert));
      if (alert.state === "firing" || alert.state === "resolved")
        this.#options.log.info(
          { alert: alert.id, rule: alert.rule, state: alert.state, labels: alert.labels },
          alert.summary,
        );
    }
  }

  /** @returns the alert with what is known of who has been told. */
  #tell(alert: StoredAlert): StoredAlert {
    const deliveries = { ...alert.deliveries, ...this.#latest.get(alert.id)?.deliveries };
    const latest = { ...alert, deliveries };
    this.#remember(latest);
    for (const deliverer of this.#deliverers) deliverer.note(latest);
    return latest;
  }

  #taken(alert: ToldAlert, receiver: string): void {
    const known = this.#latest.get(alert.id) ?? alert;
    const latest = { ...known, deliveries: { ...known.deliveries, [receiver]: alert.state } };
    this.#remember(latest);
    this.#unstored.set(alert.id, latest);
  }

  #remember(alert: StoredAlert): void {
    const isOver = alert.state === "lapsed" || alert.state === "resolved";
    const isTold = this.#options.receivers.every(({ url }) => alert.deliveries[url] === "resolved");
    if (isOver && (isTold || alert.state === "lapsed")) this.#latest.delete(alert.id);
    else this.#latest.set(alert.id, alert);
    for (const [id, { state }] of this.#latest) {
      if (this.#latest.size <= MOST_REMEMBERED) break;
      if (state === "resolved") this.#latest.delete(id);
    }
  }

  async #store(): Promise<void> {
    const { keeper, log } = this.#options;
    const rows = [...this.#unstored.values()];
    if (rows.length === 0 || keeper.state.state === "unavailable") return;
    try {
      await keeper.use("insert_alerts", (store) => store.insertAlerts(rows));
    } catch (thrown) {
      log.warn(`alerts are not stored yet: ${describe(thrown)}`);
      return;
    }
    for (const row of rows) if (this.#unstored.get(row.id) === row) this.#unstored.delete(row.id);
  }
}

/** The last moment, up to now, at which the reader was to read. */
function lastDue({ everyMs, offsetMs }: AlertReader, nowMs: number): number {
  return Math.floor((nowMs - offsetMs) / everyMs) * everyMs + offsetMs;
}
