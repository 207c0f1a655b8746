import { createLoader, parseAsString, parseAsStringLiteral } from "nuqs/server";
import { filterParams, spanParams } from "../../filters/filter-params";

export const POLICY_VIEWS = ["policies", "what-if", "advise"] as const;

/** What the policy page's address holds besides namespaces and time span. */
export const policyParams = {
  show: parseAsStringLiteral(POLICY_VIEWS).withDefault("policies"),
  /** `KIND/NAMESPACE/NAME` of the policy whose panel is open. */
  policy: parseAsString,
};

export const loadPolicyPage = createLoader({ ...filterParams, ...spanParams, ...policyParams });
