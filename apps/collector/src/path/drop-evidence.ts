import { type Drop, dropsQuerySchema, type TimeRange } from "@hopline/api";
import type { Evidence } from "@hopline/path";
import type { Store } from "@hopline/store";

/** Of one connection; more rows than this say nothing new. */
const MOST_ROWS = 1000;

/** Which rules say that they dropped packets of a connection, by node. */
export async function dropEvidence(
  store: Pick<Store, "drops">,
  connection: string,
  range: TimeRange,
): Promise<Evidence[]> {
  const query = { ...range, connection, source: "nflog", limit: MOST_ROWS };
  const { drops } = await store.drops(dropsQuerySchema.parse(query));
  const byRule = new Map<string, Extract<Evidence, { kind: "rule-drop" }>>();
  for (const { node, packets, ...drop } of drops) {
    const rule = ruleText(drop);
    const key = `${node} ${rule}`;
    const before = byRule.get(key)?.packets ?? 0;
    byRule.set(key, { kind: "rule-drop", node, rule, packets: before + packets });
  }
  return [...byRule.values()];
}

/** The policy that the rule stands for, or the rule's prefix, or where it logs to. */
function ruleText({ policy, prefix, group }: Pick<Drop, "policy" | "prefix" | "group">): string {
  if (policy !== null) {
    const of = policy.namespace === "" ? policy.name : `${policy.namespace}/${policy.name}`;
    return policy.direction === null ? `${policy.kind} ${of}` : `${policy.kind} ${of}, ${policy.direction}`;
  }
  return prefix === "" ? `of NFLOG group ${group}` : prefix;
}
