import type { VerdictRecord } from "./connection.js";

type Direction = "ingress" | "egress";
type DirectionRecord = VerdictRecord[Direction];

const EXEMPTIONS: ReadonlyMap<string, string> = new Map([
  ["not-a-pod", "it is no pod, so no policy selects it"],
  ["self", "a pod always reaches itself"],
  ["own-node", "a pod's own node always reaches it"],
]);

const DOUBTS: ReadonlyMap<string, string> = new Map([
  [
    "translated-destination",
    "an ipBlock matches only before or only after translation, and which counts is up to the network plugin",
  ],
  [
    "translated-source",
    "the source was translated, and whether a rule sees it before or after is up to the network plugin",
  ],
  ["address-unknown", "an ipBlock would decide, and the pod's address is not known"],
  ["domain-name", "a rule for domain names would decide, and what they resolve to is not known"],
  ["equal-priority", "policies of equal priority disagree"],
  ["protocol", "NetworkPolicy leaves protocols other than TCP, UDP and SCTP undefined"],
  ["own-node", "whether a pod's own node is exempt from its egress policies is not defined"],
  ["pod-unknown", "the pod is not known"],
  ["policy-changing", "a policy or labels changed just then, and before and after differ"],
  ["backend-unknown", "a Service was dialled, nobody knows for which of its backends, and they differ"],
]);

/** Why a verdict is undetermined, in words without a full stop; a word that is not known here as it stands. */
export function verdictDoubtText(doubt: string): string {
  return DOUBTS.get(doubt) ?? doubt;
}

/** `NetworkPolicy shop/web`. */
export function policyNameText({
  kind,
  namespace,
  name,
}: Pick<DirectionRecord["policies"][number], "kind" | "namespace" | "name">): string {
  return namespace === "" ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

/** What decided for one direction, in words without a full stop, e.g. `NetworkPolicy shop/web, ingress[0].from[1]`. */
export function directionDecidedBy(record: DirectionRecord, direction: Direction): string {
  const names = record.policies.map(policyNameText);
  switch (record.by) {
    case "exemption":
      return EXEMPTIONS.get(record.exemption ?? "") ?? "policy does not apply";
    case "no-policy":
      return "no policy selects it";
    case "default-deny":
      return `no rule of ${names.join(", ")} matches`;
    case "rule":
      return record.policies.map((policy) => ruleText(policy, direction)).join(", ");
    case "doubt":
      return names.length === 0 ? "it can't be decided" : `it can't be decided: ${names.join(" or ")}`;
  }
}

/** What decided, of the directions that did: of a denial those that denied, else both, or the doubt. */
export function verdictDecidedBy(record: VerdictRecord): string {
  if (record.doubt !== null) return verdictDoubtText(record.doubt);
  const directions: readonly Direction[] = ["egress", "ingress"];
  const denying = directions.filter((direction) => record[direction].verdict === "denied");
  return (denying.length > 0 ? denying : directions)
    .map((direction) => `${direction}: ${directionDecidedBy(record[direction], direction)}`)
    .join("; ");
}

function ruleText(policy: DirectionRecord["policies"][number], direction: Direction): string {
  const peers = direction === "ingress" ? "from" : "to";
  const rule = policy.rule === undefined ? "" : `, ${direction}[${policy.rule}]`;
  const peer = policy.peer === undefined ? "" : `.${peers}[${policy.peer}]`;
  const name = policy.ruleName === undefined ? "" : ` (${policy.ruleName})`;
  return `${policyNameText(policy)}${rule}${peer}${name}`;
}
