import type { AlertRuleName, AlertSeverity, AlertUnit } from "@hopline/api";

/** What a rule compares, and how long that must hold. */
export interface AlertRule {
  readonly name: AlertRuleName;
  readonly enabled: boolean;
  readonly severity: AlertSeverity;
  /** It fires above this; in `unit`. */
  readonly threshold: number;
  readonly unit: AlertUnit;
  /** For so long, of the time that the figures are of, it must have been true before it fires. */
  readonly forMs: number;
  /** For so long it must have been false before it is resolved. */
  readonly keepFiringMs: number;
  /** What the figure is over. */
  readonly lookBackMs: number;
  /** Fewer packets, connections, questions or frames than this bear no figure. */
  readonly floor: number;
  /** Where the threshold is a factor: the rise must be at least this, in the figure's own unit, too. */
  readonly leastRise: number;
}

export type AlertRules = Readonly<Record<AlertRuleName, AlertRule>>;
