import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ClusterState } from "../src/cluster.js";
import type { Connection } from "../src/connection.js";
import { compile } from "../src/judge.js";
import { parsePolicy } from "../src/parse-policy.js";
import type { Policy } from "../src/policy.js";
import type { RawPolicy } from "./naive-judge.js";
import { networkPolicy } from "./policy-objects.js";
import { RandomCluster } from "./random-cluster.js";

const PODS = 8;

/** A random cluster, whose policies have distinct names, and connections in it; all from one seed. */
function world(seed: number): { state: ClusterState; raw: RawPolicy[]; connections: Connection[] } {
  const random = new RandomCluster(seed);
  const raw = Array.from({ length: 6 }, (_, index) => random.policy(index));
  const isFirst = (policy: RawPolicy, at: number) =>
    raw.findIndex(({ kind, metadata }) => kind === policy.kind && metadata.name === policy.metadata.name) ===
    at;
  const distinct = raw.filter(isFirst);
  const pods = Array.from({ length: PODS }, (_, index) => random.pod(index));
  const namespaces = Object.entries(random.namespaces()).map(([name, labels]) => ({ name, labels }));
  const state = { policies: distinct.map(toPolicy), namespaces, nodes: [], pods };
  const connections = Array.from({ length: 40 }, () => random.connection(pods));
  return { state, raw: distinct, connections };
}

function toPolicy(raw: RawPolicy): Policy {
  const { value, issues } = parsePolicy(raw.kind, raw);
  if (issues !== undefined) throw new Error(JSON.stringify(issues));
  return value;
}

function verdicts(state: ClusterState, connections: readonly Connection[]) {
  const judge = compile(state);
  return connections.map((connection) => judge.judge(connection));
}

const words = (state: ClusterState, connections: readonly Connection[]) =>
  verdicts(state, connections).map(({ verdict }) => verdict);

const seeds = fc.integer({ min: 0, max: 2 ** 31 });

describe("verdicts", () => {
  it("do not depend on the order of policies, nor does what they say", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { state, connections } = world(seed);
        const reversed = { ...state, policies: [...state.policies].reverse() };
        expect(verdicts(reversed, connections)).toEqual(verdicts(state, connections));
      }),
      { numRuns: 150 },
    );
  });

  it("are never made stricter by a NetworkPolicy that isolates nothing new", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { state, connections } = world(seed);
        const random = new RandomCluster(seed + 1);
        const isolating = state.policies.filter(({ tier }) => tier === "networkPolicy");
        fc.pre(isolating.length > 0);
        // The same pods in the same directions as a policy that is there, with rules of another.
        const model = random.pick(isolating);
        const rules = random.pick(isolating);
        const added: Policy = {
          ...model,
          name: "added",
          ingress: model.ingress && (rules.ingress ?? []),
          egress: model.egress && (rules.egress ?? []),
        };
        const before = words(state, connections);
        const after = words({ ...state, policies: [...state.policies, added] }, connections);
        const strictness = ["allowed", "undetermined", "denied"];
        for (const [index, word] of after.entries())
          expect(strictness.indexOf(word)).toBeLessThanOrEqual(strictness.indexOf(before[index]!));
      }),
      { numRuns: 150 },
    );
  });

  it("are never made laxer by a NetworkPolicy without rules", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { state, connections } = world(seed);
        // Where the baseline denies, even an isolating policy can open nothing that has no rule.
        const added = networkPolicy("red", "none", { podSelector: {}, policyTypes: ["Ingress", "Egress"] });
        const before = words(state, connections);
        const after = words({ ...state, policies: [...state.policies, added] }, connections);
        for (const [index, word] of after.entries())
          if (before[index] === "denied") expect(word).not.toBe("allowed");
      }),
      { numRuns: 150 },
    );
  });

  it("are the same for two formulations of a selector", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { state, raw, connections } = world(seed);
        const reworded = { ...state, policies: raw.map((policy) => toPolicy(rewordedSelectors(policy))) };
        expect(words(reworded, connections)).toEqual(words(state, connections));
      }),
      { numRuns: 150 },
    );
  });
});

/** The same policy with every selector written in another way. */
function rewordedSelectors<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value), (_key, part) => {
    if (typeof part !== "object" || part === null || !("matchLabels" in part || "matchExpressions" in part))
      return part;
    const { matchLabels = {}, matchExpressions = [] } = part;
    const equalities = Object.entries(matchLabels).map(([key, only]) => ({
      key,
      operator: "In",
      values: [only],
    }));
    return { matchExpressions: [...matchExpressions.flatMap(twice), ...equalities].reverse() };
  });
}

/** A requirement, and one that follows from it. */
function twice(requirement: { key: string; operator: string }): object[] {
  if (requirement.operator !== "In") return [requirement];
  return [requirement, { key: requirement.key, operator: "Exists" }];
}
