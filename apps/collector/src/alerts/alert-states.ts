import type { StoredAlert } from "@hopline/store";
import { alertId, fingerprint } from "./alert-identity.js";
import type { Reading, Sample } from "./readings/reading.js";
import type { AlertRule, AlertRules } from "./rules/alert-rule.js";

type OpenAlert = StoredAlert & { readonly state: "pending" | "firing" };

interface Tracked {
  alert: OpenAlert;
  /** For how much of the time that readings stand for it was true, since it was not. */
  heldMs: number;
  /** The same of being false, while it fires. */
  clearMs: number;
  /** When something was last known of it. */
  knownAtMs: number;
}

/** So long nothing may be known of something true before it is given up. */
export const NO_DATA_MS = 10 * 60_000;
/** Things of one rule that may be true at once. */
export const MOST_ALERTS_A_RULE = 200;

/**
 * The states of all alerts: inactive -> pending -> firing -> resolved. Plain bookkeeping over readings: no clock, no store.
 *
 * `for` counts the time that readings stand for, not the time that passes: where nothing is known, nothing is added, and
 * a reading that comes again adds nothing. What is unknown neither fires nor resolves, but is given up after
 * {@link NO_DATA_MS}.
 */
export class AlertStates {
  readonly #open = new Map<string, Tracked>();
  readonly #readTo = new Map<string, number>();
  #leftOut = 0;

  /** Pending and firing. */
  get open(): OpenAlert[] {
    return [...this.#open.values()].map(({ alert }) => alert);
  }

  /** How often something true was not followed because its rule has too many already. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** What the store has of an earlier collector. How long a pending one had been true is not known any more. */
  restore(stored: readonly StoredAlert[], nowMs: number): void {
    for (const alert of stored) {
      if (!isOpen(alert)) continue;
      const key = fingerprint(alert.rule, alert.labels);
      this.#open.set(key, { alert, heldMs: 0, clearMs: 0, knownAtMs: nowMs });
    }
  }

  /**
   * What other collectors have stored meanwhile. Of two open alerts of one thing the earlier stays, and what one collector
   * resolved is resolved.
   *
   * @returns what changed here, to be told to receivers, and stored where it lapsed.
   */
  adopt(stored: readonly StoredAlert[], nowMs: number): StoredAlert[] {
    const changed: StoredAlert[] = [];
    for (const alert of stored) {
      const key = fingerprint(alert.rule, alert.labels);
      const own = this.#open.get(key);
      if (!isOpen(alert)) {
        if (own?.alert.id !== alert.id) continue;
        this.#open.delete(key);
        changed.push(alert);
        continue;
      }
      if (own === undefined) {
        this.#open.set(key, { alert, heldMs: 0, clearMs: 0, knownAtMs: nowMs });
        changed.push(alert);
      } else if (own.alert.id === alert.id) {
        if (own.alert.state === "pending" && alert.state === "firing") {
          own.alert = alert;
          changed.push(alert);
        }
      } else if (isEarlier(alert, own.alert)) {
        changed.push({ ...own.alert, state: "lapsed" }, alert);
        own.alert = alert;
      }
    }
    return changed;
  }

  /** @returns alerts that are in another state than before. */
  apply(reading: Reading, nowMs: number): StoredAlert[] {
    const { rule, toMs, samples, absent } = reading;
    const before = this.#readTo.get(rule.name);
    if (before !== undefined && toMs <= before) return [];
    this.#readTo.set(rule.name, toMs);
    // The figures are over the look-back: of what is new they speak for no more than that.
    const newMs = before === undefined ? 0 : Math.min(toMs - before, rule.lookBackMs);
    const changed: StoredAlert[] = [];
    const seen = new Set<string>();
    for (const sample of samples) {
      const key = fingerprint(rule.name, sample.labels);
      seen.add(key);
      if (sample.state === "over") this.#isOver(key, rule, sample, newMs, nowMs, changed);
      else this.#isNotOver(key, rule, sample.state, newMs, nowMs, changed);
    }
    for (const [key, { alert }] of this.#open)
      if (alert.rule === rule.name && !seen.has(key))
        this.#isNotOver(key, rule, absent, newMs, nowMs, changed);
    return changed;
  }

  /** Ends what belongs to rules that are switched off. */
  endOff(rules: AlertRules, nowMs: number): StoredAlert[] {
    const changed: StoredAlert[] = [];
    for (const [key, { alert }] of this.#open)
      if (!rules[alert.rule].enabled) this.#end(key, "rule-off", nowMs, changed);
    return changed;
  }

  #isOver(
    key: string,
    rule: AlertRule,
    sample: Extract<Sample, { state: "over" }>,
    newMs: number,
    nowMs: number,
    changed: StoredAlert[],
  ): void {
    const known = this.#open.get(key);
    if (known === undefined && this.#countOf(rule) >= MOST_ALERTS_A_RULE) {
      this.#leftOut++;
      return;
    }
    const tracked = known ?? this.#begin(key, rule, sample, nowMs);
    tracked.knownAtMs = nowMs;
    tracked.heldMs += newMs;
    tracked.clearMs = 0;
    if (tracked.alert.state === "firing") return;
    const { threshold, unit } = rule;
    tracked.alert = {
      ...tracked.alert,
      severity: rule.severity,
      summary: sample.summary,
      link: sample.link,
      facts: { ...sample.facts, threshold, unit },
    };
    if (tracked.heldMs >= rule.forMs) tracked.alert = { ...tracked.alert, state: "firing", firedAt: nowMs };
    if (known === undefined || tracked.alert.state === "firing") changed.push(tracked.alert);
  }

  #begin(key: string, rule: AlertRule, sample: Extract<Sample, { state: "over" }>, nowMs: number): Tracked {
    const { threshold, unit } = rule;
    const tracked: Tracked = {
      alert: {
        id: alertId(key, nowMs),
        rule: rule.name,
        severity: rule.severity,
        state: "pending",
        labels: sample.labels,
        summary: sample.summary,
        pendingAt: nowMs,
        firedAt: null,
        resolvedAt: null,
        resolution: null,
        facts: { ...sample.facts, threshold, unit },
        link: sample.link,
        deliveries: {},
      },
      heldMs: 0,
      clearMs: 0,
      knownAtMs: nowMs,
    };
    this.#open.set(key, tracked);
    return tracked;
  }

  #isNotOver(
    key: string,
    rule: AlertRule,
    state: "under" | "unknown",
    newMs: number,
    nowMs: number,
    changed: StoredAlert[],
  ): void {
    const tracked = this.#open.get(key);
    if (tracked === undefined) return;
    if (state === "unknown") {
      if (nowMs - tracked.knownAtMs >= NO_DATA_MS) this.#end(key, "no-data", nowMs, changed);
      return;
    }
    tracked.knownAtMs = nowMs;
    tracked.clearMs += newMs;
    if (tracked.alert.state === "pending" || tracked.clearMs >= rule.keepFiringMs)
      this.#end(key, "cleared", nowMs, changed);
  }

  #end(
    key: string,
    resolution: NonNullable<StoredAlert["resolution"]>,
    nowMs: number,
    changed: StoredAlert[],
  ): void {
    const tracked = this.#open.get(key);
    if (tracked === undefined) return;
    this.#open.delete(key);
    changed.push(
      tracked.alert.state === "pending"
        ? { ...tracked.alert, state: "lapsed" }
        : { ...tracked.alert, state: "resolved", resolvedAt: nowMs, resolution },
    );
  }

  #countOf(rule: AlertRule): number {
    let count = 0;
    for (const { alert } of this.#open.values()) if (alert.rule === rule.name) count++;
    return count;
  }
}

function isOpen(alert: StoredAlert): alert is OpenAlert {
  return alert.state === "pending" || alert.state === "firing";
}

function isEarlier(one: StoredAlert, other: StoredAlert): boolean {
  return one.pendingAt !== other.pendingAt ? one.pendingAt < other.pendingAt : one.id < other.id;
}
