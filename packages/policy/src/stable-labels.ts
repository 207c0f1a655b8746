import type { Labels } from "./label-set.js";

/** Labels that controllers give each pod or each revision, and those that change with every release. */
const UNSTABLE: ReadonlySet<string> = new Set([
  "pod-template-hash",
  "controller-revision-hash",
  "pod-template-generation",
  "statefulset.kubernetes.io/pod-name",
  "apps.kubernetes.io/pod-index",
  "job-name",
  "controller-uid",
  "app.kubernetes.io/version",
  "helm.sh/chart",
]);

/** Said first, where they are enough. */
const PREFERRED: readonly string[] = [
  "app.kubernetes.io/name",
  "app.kubernetes.io/instance",
  "app.kubernetes.io/component",
  "k8s-app",
  "app",
  "name",
  "component",
  "tier",
  "role",
];

/** Said only where nothing else tells pods apart. */
const LAST: readonly string[] = ["version", "app.kubernetes.io/managed-by", "app.kubernetes.io/part-of"];

/** Whether a label stays with a workload's pods through restarts, rollouts and releases. */
function isStableLabel(key: string): boolean {
  return !UNSTABLE.has(key) && !key.startsWith("batch.kubernetes.io/");
}

/** The stable labels that all have alike, those that people write in selectors first. */
export function commonStableLabels(all: readonly Labels[]): [key: string, value: string][] {
  const [first, ...others] = all;
  return Object.entries(first ?? {})
    .filter(([key, value]) => isStableLabel(key) && others.every((labels) => labels[key] === value))
    .sort(([one], [other]) => rank(one) - rank(other) || (one < other ? -1 : 1));
}

function rank(key: string): number {
  const preferred = PREFERRED.indexOf(key);
  if (preferred >= 0) return preferred;
  return PREFERRED.length + 1 + LAST.indexOf(key);
}
