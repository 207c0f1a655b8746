import { z } from "zod";
import type { PolicyKind, Tier } from "./policy.js";
import {
  type Decider,
  type DirectionVerdict,
  type Doubt,
  doubtText,
  isDoubt,
  type PolicyName,
  type Verdict,
  type Word,
} from "./verdict.js";

/** Why a verdict of the past can't be given: what the specification leaves open, and what was not known of the time. */
export type RecordedDoubt =
  | Doubt
  /** A policy or labels changed just then, and before and after differ: nodes program changes at their own pace. */
  | "policy-changing"
  /** A Service was dialled, nobody knows for which of its backends, and they differ. */
  | "backend-unknown"
  /** Which end began the connection was guessed, and the two directions differ. */
  | "initiator-unknown";

/** A policy that decided, in the version that it had then. */
export interface PolicyRecord {
  readonly kind: PolicyKind;
  /** Empty for the kinds that belong to no namespace. */
  readonly namespace: string;
  readonly name: string;
  /** The first 8 hexadecimal digits of the SHA-256 of its spec; empty where that is not known. */
  readonly version: string;
  /** From 0, in the policy's list of this direction. */
  readonly rule?: number;
  /** From 0, in the rule's `from` or `to`. */
  readonly peer?: number;
  readonly ruleName?: string;
}

/** What decided for one direction. */
export interface DirectionRecord {
  readonly verdict: Word;
  readonly by: Decider["kind"];
  readonly exemption?: string;
  readonly tier?: Tier;
  readonly action?: string;
  /** Of a default deny, those that isolate the pod; of a rule, its policy; of a doubt, all that could decide. */
  readonly policies: readonly PolicyRecord[];
}

/** A {@link Verdict} as it is kept beside a connection: flat, with the versions of the policies that decided. */
export interface VerdictRecord {
  readonly doubt: string | null;
  readonly egress: DirectionRecord;
  readonly ingress: DirectionRecord;
}

const policyRecordSchema = z.object({
  kind: z.enum(["NetworkPolicy", "AdminNetworkPolicy", "BaselineAdminNetworkPolicy", "ClusterNetworkPolicy"]),
  namespace: z.string(),
  name: z.string(),
  version: z.string(),
  rule: z.int().min(0).optional(),
  peer: z.int().min(0).optional(),
  ruleName: z.string().optional(),
});

const directionRecordSchema = z.object({
  verdict: z.enum(["allowed", "denied", "undetermined"]),
  by: z.enum(["exemption", "no-policy", "default-deny", "rule", "doubt"]),
  exemption: z.string().optional(),
  tier: z.enum(["admin", "networkPolicy", "baseline"]).optional(),
  action: z.string().optional(),
  policies: z.array(policyRecordSchema),
});

export const verdictRecordSchema = z.object({
  doubt: z.string().nullable(),
  egress: directionRecordSchema,
  ingress: directionRecordSchema,
});

/** @param versionOf the version that a policy had when this was judged; empty where that is not known. */
export function toVerdictRecord(verdict: Verdict, versionOf: (name: PolicyName) => string): VerdictRecord {
  return {
    doubt: verdict.doubt ?? null,
    egress: toDirectionRecord(verdict.egress, versionOf),
    ingress: toDirectionRecord(verdict.ingress, versionOf),
  };
}

/**
 * The record of a connection that is judged in several ways, and it is not known which was so: undetermined in the
 * directions in which they differ, with all policies that could decide there.
 *
 * @param records at least one.
 */
export function undecidedRecord(doubt: RecordedDoubt, records: readonly VerdictRecord[]): VerdictRecord {
  return {
    doubt,
    egress: undecidedDirection(records.map(({ egress }) => egress)),
    ingress: undecidedDirection(records.map(({ ingress }) => ingress)),
  };
}

/** What the record as a whole says: it takes both directions to allow, and one to deny. */
export function recordedWord({ doubt, egress, ingress }: VerdictRecord): Word {
  if (doubt !== null) return "undetermined";
  const words = [egress.verdict, ingress.verdict];
  if (words.includes("denied")) return "denied";
  return words.includes("undetermined") ? "undetermined" : "allowed";
}

/** One line of JSON. */
export function encodeVerdict(record: VerdictRecord): string {
  return JSON.stringify(record);
}

/** undefined for a text that is no record: a sentence that says why nothing was judged. */
export function decodeVerdict(text: string): VerdictRecord | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    return verdictRecordSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** A record's doubt in words, without a full stop; a word that is not known here as it stands. */
export function recordedDoubtText(doubt: string): string {
  if (doubt === "policy-changing")
    return "a policy, labels or a named port changed just then, and before and after differ";
  if (doubt === "backend-unknown")
    return "a Service was dialled, nobody knows for which of its backends, and they differ";
  if (doubt === "initiator-unknown")
    return "which end began the connection is a guess, and policy differs between the two directions";
  return isDoubt(doubt) ? doubtText(doubt) : doubt;
}

function toDirectionRecord(
  { verdict, by }: DirectionVerdict,
  versionOf: (name: PolicyName) => string,
): DirectionRecord {
  const policies = policiesOf(by, versionOf);
  switch (by.kind) {
    case "exemption":
      return { verdict, by: by.kind, exemption: by.exemption, policies };
    case "default-deny":
      return { verdict, by: by.kind, tier: by.tier, policies };
    case "rule":
      return { verdict, by: by.kind, tier: by.tier, action: by.action, policies };
    case "no-policy":
    case "doubt":
      return { verdict, by: by.kind, policies };
  }
}

function policiesOf(by: Decider, versionOf: (name: PolicyName) => string): PolicyRecord[] {
  switch (by.kind) {
    case "exemption":
    case "no-policy":
      return [];
    case "default-deny":
      return by.policies.map((name) => ({ ...name, version: versionOf(name) }));
    case "rule": {
      const { policy, rule, peer, ruleName } = by;
      return [
        {
          ...policy,
          version: versionOf(policy),
          rule,
          ...(peer === undefined ? {} : { peer }),
          ...(ruleName === undefined ? {} : { ruleName }),
        },
      ];
    }
    case "doubt":
      return distinct(by.between.flatMap((each) => policiesOf(each, versionOf)));
  }
}

function undecidedDirection(records: readonly DirectionRecord[]): DirectionRecord {
  const first = records[0];
  if (first !== undefined && records.every(({ verdict }) => verdict === first.verdict)) return first;
  const policies = distinct(records.flatMap((record) => record.policies));
  return { verdict: "undetermined", by: "doubt", policies };
}

function distinct(policies: readonly PolicyRecord[]): PolicyRecord[] {
  return [...new Map(policies.map((policy) => [JSON.stringify(policy), policy])).values()];
}
