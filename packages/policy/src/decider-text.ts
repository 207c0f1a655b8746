import type { Direction } from "./policy.js";
import type { Decider, Exemption, PolicyName } from "./verdict.js";

const EXEMPTION_TEXTS: Readonly<Record<Exemption, string>> = {
  "not-a-pod": "no pod, so no policy selects it",
  self: "a pod always reaches itself",
  "own-node": "a pod's own node always reaches it",
};

/** What decided, in words, e.g. `NetworkPolicy shop/web, ingress[0].from[1]`. */
export function deciderText(by: Decider, direction: Direction): string {
  switch (by.kind) {
    case "exemption":
      return EXEMPTION_TEXTS[by.exemption];
    case "no-policy":
      return "no policy selects it";
    case "default-deny":
      return `no rule of ${by.policies.map(policyText).join(", ")} matches`;
    case "rule": {
      const peers = direction === "ingress" ? "from" : "to";
      const peer = by.peer === undefined ? "" : `.${peers}[${by.peer}]`;
      const name = by.ruleName === undefined ? "" : ` (${by.ruleName})`;
      return `${policyText(by.policy)}, ${direction}[${by.rule}]${peer}${name}`;
    }
    case "doubt":
      return by.between.map((decider) => deciderText(decider, direction)).join(" or ");
  }
}

function policyText({ kind, namespace, name }: PolicyName): string {
  return namespace === "" ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}
