import type { Action, PolicyKind, Tier } from "./policy.js";

export type Word = "allowed" | "denied" | "undetermined";

/** Why a verdict can't be given. */
export type Doubt =
  /** An ipBlock would decide, and matches only one of the addresses before and after translation. */
  | "translated-destination"
  | "translated-source"
  /** An ipBlock would decide, and the pod's address is not known, or it has several that differ in this. */
  | "address-unknown"
  /** A rule for domain names would decide, and what they resolve to is not known. */
  | "domain-name"
  /** Policies of the same tier and priority disagree. */
  | "equal-priority"
  /** NetworkPolicy says nothing about protocols other than TCP, UDP and SCTP. */
  | "protocol"
  /** The pod's own node as a destination: the documentation exempts it, the API reference does not. */
  | "own-node"
  /** The pod is not known. */
  | "pod-unknown";

/** Why no policy was asked. */
export type Exemption =
  /** The side is a node, a pod on its node's network, or outside of the cluster: policies select pods only. */
  | "not-a-pod"
  /** A pod always reaches itself. */
  | "self"
  /** A pod's own node always reaches it. */
  | "own-node";

export interface PolicyName {
  readonly kind: PolicyKind;
  readonly namespace: string;
  readonly name: string;
}

/** What decided for one direction. */
export type Decider =
  | { readonly kind: "exemption"; readonly exemption: Exemption }
  /** No policy of any tier has a say: everything is allowed. */
  | { readonly kind: "no-policy" }
  /** These policies isolate the pod in this direction, and no rule of theirs matched. */
  | {
      readonly kind: "default-deny";
      readonly tier: "networkPolicy";
      readonly policies: readonly PolicyName[];
    }
  | {
      readonly kind: "rule";
      readonly tier: Tier;
      readonly policy: PolicyName;
      readonly action: Action;
      /** From 0, in the policy's list of this direction. */
      readonly rule: number;
      readonly ruleName: string | undefined;
      /** From 0, in the rule's `from` or `to`; undefined where the rule has none. */
      readonly peer: number | undefined;
    }
  /** What could decide, and would differ. */
  | { readonly kind: "doubt"; readonly between: readonly Decider[] };

export interface DirectionVerdict {
  readonly verdict: Word;
  readonly by: Decider;
  /** Only where the verdict is `undetermined`. */
  readonly doubt: Doubt | undefined;
}

/** What policy says of a connection: it needs the egress of its source and the ingress of its destination. */
export interface Verdict {
  readonly verdict: Word;
  /** Why it is `undetermined`, if it is. */
  readonly doubt: Doubt | undefined;
  readonly egress: DirectionVerdict;
  readonly ingress: DirectionVerdict;
}

const DOUBT_TEXTS: Readonly<Record<Doubt, string>> = {
  "translated-destination":
    "an ipBlock matches the destination only before or only after translation, and which one counts is up to the network plugin",
  "translated-source":
    "the source was translated, and whether a rule sees it before or after is up to the network plugin",
  "address-unknown": "an ipBlock would decide, and the pod's address is not known",
  "domain-name": "a rule for domain names would decide, and what they resolve to is not known",
  "equal-priority": "policies of equal priority disagree",
  protocol: "NetworkPolicy leaves protocols other than TCP, UDP and SCTP undefined",
  "own-node": "whether a pod's own node is exempt from its egress policies is not defined",
  "pod-unknown": "the pod is not known",
};

export function isDoubt(text: string): text is Doubt {
  return Object.hasOwn(DOUBT_TEXTS, text);
}

/** A doubt in words, without a full stop. */
export function doubtText(doubt: Doubt): string {
  return DOUBT_TEXTS[doubt];
}
