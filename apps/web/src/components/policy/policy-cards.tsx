import { formatExactCount } from "../../units/quantity";
import { AUDIT_COUNTS } from "../audit/audit-counts";
import { rulesText } from "./policy-counts";
import { policyKey, policyTitle } from "./policy-key";
import type { PolicyListProps } from "./policy-table";

/** Policies where there is no room for columns. */
export function PolicyCards({ policies, chosen, onChoose }: PolicyListProps) {
  return (
    <ul aria-label="Policies" data-policies className="divide-y divide-line">
      {policies.map((policy) => (
        <li key={policyKey(policy)}>
          <button
            type="button"
            aria-pressed={chosen === policyKey(policy)}
            onClick={() => onChoose(policy)}
            className="w-full space-y-0.5 px-4 py-2 text-left hover:bg-sunken"
          >
            <span className="flex items-baseline gap-2">
              <span className="min-w-0 font-medium text-accent [overflow-wrap:anywhere]">
                {policyTitle(policy)}
              </span>
              <span className="ml-auto shrink-0 text-2xs text-muted">{policy.pods} pods</span>
            </span>
            <span className="flex flex-wrap gap-x-3 text-2xs text-muted">
              {AUDIT_COUNTS.filter(({ of }) => of(policy.counts) > 0).map(({ short, of, look }) => (
                <span key={short} className={look}>
                  {formatExactCount(of(policy.counts))} {short}
                </span>
              ))}
              {policy.lastSeen === null ? <span className="text-warn">never matched</span> : null}
              <span>rules: {rulesText(policy)}</span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
