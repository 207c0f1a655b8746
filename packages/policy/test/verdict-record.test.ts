import { describe, expect, it } from "vitest";
import { compile } from "../src/judge.js";
import type { Policy } from "../src/policy.js";
import type { PolicyName } from "../src/verdict.js";
import {
  decodeVerdict,
  encodeVerdict,
  recordedDoubtText,
  recordedWord,
  toVerdictRecord,
  undecidedRecord,
  type VerdictRecord,
} from "../src/verdict-record.js";
import { adminNetworkPolicy, networkPolicy } from "./policy-objects.js";
import { connection, shop } from "./shop-cluster.js";

const versionOf = ({ name }: PolicyName) => `v-${name}`;

function record(policies: readonly Policy[], text: string): VerdictRecord {
  return toVerdictRecord(compile(shop(...policies)).judge(connection(text)), versionOf);
}

const CLOSED = networkPolicy("data", "closed", { podSelector: {}, ingress: [] });
const FROM_STORE = networkPolicy("data", "from-store", {
  podSelector: {},
  ingress: [
    { from: [{ podSelector: {} }] },
    {
      from: [{ ipBlock: { cidr: "1.1.1.1/32" } }, { namespaceSelector: { matchLabels: { team: "store" } } }],
    },
  ],
});
const DENY = adminNetworkPolicy("deny", {
  priority: 1,
  subject: { namespaces: { matchLabels: { team: "data" } } },
  ingress: [{ name: "no store", action: "Deny", from: [{ namespaces: { matchLabels: { team: "store" } } }] }],
});

const NO_POLICY = { verdict: "allowed", by: "no-policy", policies: [] };
const DENIED_BY_DEFAULT = {
  verdict: "denied",
  by: "default-deny",
  tier: "networkPolicy",
  policies: [{ kind: "NetworkPolicy", namespace: "data", name: "closed", version: "v-closed" }],
};
const ALLOWED_BY_RULE = {
  verdict: "allowed",
  by: "rule",
  tier: "networkPolicy",
  action: "allow",
  policies: [
    {
      kind: "NetworkPolicy",
      namespace: "data",
      name: "from-store",
      version: "v-from-store",
      rule: 1,
      peer: 1,
    },
  ],
};
const WEB_TO_DB = "shop/web > data/db 5432/TCP";

describe("a verdict's record", () => {
  it.each<[string, Policy[], string, object]>([
    ["nothing decides", [], WEB_TO_DB, { doubt: null, egress: NO_POLICY, ingress: NO_POLICY }],
    [
      "default deny names what isolates",
      [CLOSED],
      WEB_TO_DB,
      { doubt: null, egress: NO_POLICY, ingress: DENIED_BY_DEFAULT },
    ],
    [
      "a rule has its index and its peer's",
      [CLOSED, FROM_STORE],
      WEB_TO_DB,
      { doubt: null, egress: NO_POLICY, ingress: ALLOWED_BY_RULE },
    ],
    [
      "a rule of the admin tier has its name",
      [DENY],
      WEB_TO_DB,
      {
        doubt: null,
        egress: NO_POLICY,
        ingress: {
          verdict: "denied",
          by: "rule",
          tier: "admin",
          action: "deny",
          policies: [
            {
              kind: "AdminNetworkPolicy",
              namespace: "",
              name: "deny",
              version: "v-deny",
              rule: 0,
              peer: 0,
              ruleName: "no store",
            },
          ],
        },
      },
    ],
    [
      "an exemption is named",
      [CLOSED],
      "shop/web > 8.8.8.8 53/UDP",
      {
        doubt: null,
        egress: NO_POLICY,
        ingress: { verdict: "allowed", by: "exemption", exemption: "not-a-pod", policies: [] },
      },
    ],
    [
      "a doubt has all that could decide",
      [CLOSED],
      "shop/web > data/db 0/132",
      { doubt: null, egress: NO_POLICY, ingress: DENIED_BY_DEFAULT },
    ],
    [
      "a protocol without ports",
      [CLOSED],
      "shop/web > data/db 0/1",
      {
        doubt: "protocol",
        egress: NO_POLICY,
        ingress: { verdict: "undetermined", by: "doubt", policies: DENIED_BY_DEFAULT.policies },
      },
    ],
  ])("%s", (_, policies, text, expected) => {
    const made = record(policies, text);
    expect(made).toEqual(expected);
    expect(decodeVerdict(encodeVerdict(made))).toEqual(made);
  });

  it("says what the verdict says", () => {
    for (const policies of [[], [CLOSED], [DENY], [CLOSED, FROM_STORE]]) {
      for (const text of [WEB_TO_DB, "shop/web > data/db 0/1", "data/agent > data/db 80/TCP"]) {
        const verdict = compile(shop(...policies)).judge(connection(text));
        expect(recordedWord(toVerdictRecord(verdict, versionOf))).toBe(verdict.verdict);
      }
    }
  });

  it("is undetermined where two that are possible differ", () => {
    const before = record([FROM_STORE], WEB_TO_DB);
    const after = record([CLOSED], WEB_TO_DB);
    const undecided = undecidedRecord("policy-changing", [before, after]);
    expect(undecided).toEqual({
      doubt: "policy-changing",
      egress: NO_POLICY,
      ingress: {
        verdict: "undetermined",
        by: "doubt",
        policies: [...ALLOWED_BY_RULE.policies, ...DENIED_BY_DEFAULT.policies],
      },
    });
    expect(recordedWord(undecided)).toBe("undetermined");
    expect(decodeVerdict(encodeVerdict(undecided))).toEqual(undecided);
  });

  it.each(["", "policy is not judged yet", "{", "{}", '{"doubt":null,"egress":{},"ingress":{}}', "[]"])(
    "is not made of %j",
    (text) => {
      expect(decodeVerdict(text)).toBeUndefined();
    },
  );

  it("has words for every doubt", () => {
    expect(recordedDoubtText("policy-changing")).toMatch(/changed just then/);
    expect(recordedDoubtText("backend-unknown")).toMatch(/backends/);
    expect(recordedDoubtText("pod-unknown")).toBe("the pod is not known");
    expect(recordedDoubtText("something new")).toBe("something new");
  });
});
