import type { AuditCounts } from "@hopline/api";
import { formatExactCount } from "../../units/quantity";
import type { StripFigure } from "../surface/figure-strip";

export interface AuditCount {
  readonly name: string;
  /** What stands on a narrow badge. */
  readonly short: string;
  readonly meaning: string;
  readonly of: (counts: AuditCounts) => number;
  /** How a number above zero is shown. */
  readonly look: string;
}

export const OBSERVED: AuditCount = {
  ...{ name: "Denied, observed", short: "denied, observed", look: "font-semibold" },
  meaning: "denied, and a drop was observed",
  of: ({ deniedObserved }) => deniedObserved,
};
export const INFERRED: AuditCount = {
  ...{ name: "Denied, inferred", short: "denied, inferred", look: "font-semibold" },
  meaning: "denied, sent, and never seen at the destination although its agent captured",
  of: ({ deniedInferred }) => deniedInferred,
};

/** The six words of conformance, in the order of the columns. */
export const AUDIT_COUNTS: readonly AuditCount[] = [
  {
    ...{ name: "Allowed", short: "allowed", look: "" },
    meaning: "allowed, and delivered or refused by the receiver itself",
    of: ({ allowed }) => allowed,
  },
  OBSERVED,
  INFERRED,
  {
    ...{ name: "Unenforced", short: "unenforced", look: "font-semibold text-bad" },
    meaning: "denied by policy, and delivered all the same",
    of: ({ unenforced }) => unenforced,
  },
  {
    ...{ name: "Undelivered", short: "undelivered", look: "font-semibold text-warn" },
    meaning: "allowed, and not delivered",
    of: ({ undelivered }) => undelivered,
  },
  {
    ...{ name: "Undetermined", short: "undetermined", look: "" },
    meaning: "neither can be said",
    of: ({ undetermined }) => undetermined,
  },
];

/** The six counts as figures of a page. */
export function conformanceFigures(counts: AuditCounts): StripFigure[] {
  return AUDIT_COUNTS.map(({ name, meaning, of, look }) => ({
    ...{ name, meaning, value: formatExactCount(of(counts)) },
    look: of(counts) === 0 ? "text-faint" : look,
  }));
}
