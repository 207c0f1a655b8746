import type { LabelSelector } from "./schemas.js";

type Requirement = NonNullable<LabelSelector["matchExpressions"]>[number];
type Labels = Readonly<Record<string, string>>;

/** Whether labels fit a selector; the empty selector fits all. All of its requirements must hold. */
export function matchesSelector(selector: LabelSelector, labels: Labels = {}): boolean {
  const requirements = selector.matchExpressions ?? [];
  return (
    matchesLabels(selector.matchLabels ?? {}, labels) &&
    requirements.every((requirement) => meets(requirement, labels[requirement.key]))
  );
}

function meets(requirement: Requirement, value: string | undefined): boolean {
  const { operator, values = [] } = requirement;
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
  }
}

/** Whether labels hold all of the wanted ones. */
export function matchesLabels(wanted: Labels, labels: Labels = {}): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}
