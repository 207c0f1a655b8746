import { describe, expect, it } from "vitest";
import type { VerdictRecord } from "../src/connection.js";
import { verdictDecidedBy } from "../src/verdict-text.js";

const policy = { kind: "NetworkPolicy" as const, namespace: "shop", name: "web", version: "0badcafe" };
const open: VerdictRecord["egress"] = { verdict: "allowed", by: "no-policy", policies: [] };

describe("what decided, in words", () => {
  it("names the direction that denied", () => {
    const ingress = { verdict: "denied" as const, by: "default-deny" as const, policies: [policy] };
    expect(verdictDecidedBy({ doubt: null, egress: open, ingress })).toBe(
      "ingress: no rule of NetworkPolicy shop/web matches",
    );
  });

  it("names both directions of what is allowed, with rule and peer", () => {
    const ingress = {
      verdict: "allowed" as const,
      by: "rule" as const,
      policies: [{ ...policy, rule: 0, peer: 1, ruleName: "from-cart" }],
    };
    expect(verdictDecidedBy({ doubt: null, egress: open, ingress })).toBe(
      "egress: no policy selects it; ingress: NetworkPolicy shop/web, ingress[0].from[1] (from-cart)",
    );
  });

  it("says the doubt, and leaves words that it does not know as they are", () => {
    const ingress = { verdict: "undetermined" as const, by: "doubt" as const, policies: [policy] };
    expect(verdictDecidedBy({ doubt: "pod-unknown", egress: open, ingress })).toBe("the pod is not known");
    expect(verdictDecidedBy({ doubt: "later-word", egress: open, ingress })).toBe("later-word");
  });
});
