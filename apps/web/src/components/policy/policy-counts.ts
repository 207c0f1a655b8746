import type { PolicyFigures } from "@hopline/api";

/** Rules that decided about no connection of the span. */
export function unusedRules({ rules }: PolicyFigures): number {
  return rules.filter(({ connections }) => connections === 0).length;
}

/** `all 3 used`, `2 of 3 without traffic`, `none`. */
export function rulesText(policy: PolicyFigures): string {
  const all = policy.rules.length;
  const unused = unusedRules(policy);
  if (all === 0) return policy.present ? "none" : "gone";
  return unused === 0 ? `all ${all} used` : `${unused} of ${all} without traffic`;
}
