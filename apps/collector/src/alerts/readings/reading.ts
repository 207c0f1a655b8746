import type { AlertFacts, TimeRange } from "@hopline/api";
import type { Store } from "@hopline/store";
import type { AlertRule, AlertRules } from "../rules/alert-rule.js";

/** What is known of one thing that a rule is about. */
export type Sample = {
  /** Which thing: with the rule, the alert's identity. */
  readonly labels: Readonly<Record<string, string>>;
} & (
  | {
      readonly state: "over";
      readonly summary: string;
      readonly facts: Omit<AlertFacts, "threshold" | "unit">;
      /** Where the UI shows it as it was: an absolute path with its query. */
      readonly link: string;
    }
  | { readonly state: "under" }
  /** Nothing can be said: it neither fires nor is resolved by this. */
  | { readonly state: "unknown" }
);

/** One look at everything that a rule is about. */
export interface Reading {
  readonly rule: AlertRule;
  /** The rule's look-back ends here; milliseconds since the Unix epoch. */
  readonly toMs: number;
  readonly samples: readonly Sample[];
  /** What to think of a thing that has no sample. */
  readonly absent: "under" | "unknown";
}

export interface ReaderContext {
  readonly store: Store;
  readonly rules: AlertRules;
  readonly nowMs: number;
  /** When this collector began: nobody was heard before. */
  readonly startedAtMs: number;
}

/** Asks the store once for what one or more rules need. */
export interface AlertReader {
  /** For the metrics. */
  readonly name: string;
  readonly rules: readonly AlertRule["name"][];
  readonly everyMs: number;
  /** Milliseconds past each multiple of `everyMs`. */
  readonly offsetMs: number;
  /** Never put off for what others took: an alert of it should fire, and be resolved, within a minute. */
  readonly isUrgent?: boolean;
  read(context: ReaderContext): Promise<Reading[]>;
}

export function over(
  labels: Sample["labels"],
  value: number,
  about: {
    readonly summary: string;
    readonly range: TimeRange;
    readonly figures: AlertFacts["figures"];
    readonly connections?: AlertFacts["connections"];
    readonly link: string;
  },
): Sample {
  const { summary, range, figures, connections = [], link } = about;
  return { labels, state: "over", summary, link, facts: { value, range, figures, connections } };
}
