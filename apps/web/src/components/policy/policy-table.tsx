import type { PolicyFigures } from "@hopline/api";
import clsx from "clsx";
import { formatExactCount } from "../../units/quantity";
import { type DataColumn, DataTable } from "../surface/data-table";
import { ClockText } from "../time/clock-text";
import { rulesText, unusedRules } from "./policy-counts";
import { policyKey, policyTitle } from "./policy-key";

export interface PolicyListProps {
  readonly policies: readonly PolicyFigures[];
  readonly chosen: string | null;
  readonly onChoose: (policy: PolicyFigures) => void;
}

/** A line for each policy, what is not enforced first. */
export function PolicyTable({ policies, chosen, onChoose }: PolicyListProps) {
  const columns: readonly DataColumn<PolicyFigures>[] = [
    {
      name: "Policy",
      cell: (policy) => (
        <span className="block min-w-48">
          <button
            type="button"
            aria-pressed={chosen === policyKey(policy)}
            onClick={() => onChoose(policy)}
            className="rounded text-left font-medium text-accent [overflow-wrap:anywhere] hover:underline"
          >
            {policyTitle(policy)}
          </button>
          <span className="block text-2xs text-muted">
            {policy.kind}
            {policy.directions.length === 0 ? null : ` · ${policy.directions.join(" and ")}`}
            {policy.present ? null : " · gone"}
          </span>
        </span>
      ),
    },
    count("Pods", ({ pods }) => pods),
    count("Allowed", ({ counts }) => counts.allowed),
    count("Denied", ({ counts }) => counts.deniedObserved + counts.deniedInferred, "font-semibold"),
    count("Unenforced", ({ counts }) => counts.unenforced, "font-semibold text-bad"),
    count("Undelivered", ({ counts }) => counts.undelivered, "font-semibold text-warn"),
    count("Undetermined", ({ counts }) => counts.undetermined),
    {
      name: "Rules",
      cell: (policy) => (
        <span
          className={clsx(
            "text-xs whitespace-nowrap",
            unusedRules(policy) > 0 ? "font-medium text-warn" : "text-muted",
          )}
        >
          {rulesText(policy)}
        </span>
      ),
    },
    {
      name: "Last decided",
      numeric: true,
      cell: ({ lastSeen }) =>
        lastSeen === null ? (
          <span className="text-xs whitespace-nowrap text-warn">never matched</span>
        ) : (
          <span className="font-mono text-xs">
            <ClockText timeMs={lastSeen} />
          </span>
        ),
    },
  ];
  return (
    <div data-policies>
      <DataTable caption="Policies" columns={columns} rows={policies} keyOf={policyKey} />
    </div>
  );
}

function count(name: string, of: (policy: PolicyFigures) => number, look = ""): DataColumn<PolicyFigures> {
  return {
    name,
    numeric: true,
    cell: (policy) => (
      <span className={of(policy) === 0 ? "text-faint" : look}>{formatExactCount(of(policy))}</span>
    ),
  };
}
