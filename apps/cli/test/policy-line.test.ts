import type { Connection } from "@hopline/api";
import { expect, it } from "vitest";
import { policyLine } from "../src/policy/policy-line.js";

const ALLOWED = { verdict: "allowed", by: "no-policy", policies: [] } as const;
const DENIED = {
  verdict: "denied",
  by: "default-deny",
  policies: [{ kind: "NetworkPolicy", namespace: "data", name: "database", version: "9f2c41aa" }],
} as const;
const denied: NonNullable<Connection["verdictBy"]> = {
  ...{ doubt: null, egress: { ...ALLOWED, policies: [] } },
  ingress: { ...DENIED, policies: [...DENIED.policies] },
};

it.each([
  ["allowed", "allowed", null, false, "policy: allowed"],
  [
    ...(["denied", "denied-observed", denied, false] as const),
    "policy: denied (denied-observed), ingress: no rule of NetworkPolicy data/database matches",
  ],
  [
    ...(["denied", "undetermined", denied, true] as const),
    "policy: denied (undetermined), ingress: no rule of NetworkPolicy data/database matches; a policy changed while it lasted: allowed at one time, denied at another, and the first counts",
  ],
] as const)("%s, %s is said in a line", (verdict, conformance, verdictBy, verdictChanged, line) => {
  expect(policyLine({ verdict, conformance, verdictBy, verdictChanged })).toBe(line);
});
