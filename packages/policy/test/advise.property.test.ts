import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { advise } from "../src/advise.js";
import type { ClusterState, Pod } from "../src/cluster.js";
import type { LeftOut } from "../src/left-out.js";
import { parsePolicy } from "../src/parse-policy.js";
import { policyKey } from "../src/policy.js";
import type { TrafficRow } from "../src/traffic.js";
import { groupWhatIf, type Proposal, WhatIfJudge, type WhatIfRow, whatIf } from "../src/what-if.js";
import { NODE_ADDRESSES, RandomCluster } from "./random-cluster.js";
import { endOf } from "./shop-traffic.js";

const NAMESPACES = ["red", "green", "blue"];

/** A random cluster of workloads with replicas, with policies of every kind, and traffic of its pods and of gone ones. */
function world(seed: number): { state: ClusterState; traffic: TrafficRow[] } {
  const random = new RandomCluster(seed);
  const policies = new Map(
    Array.from({ length: random.below(4) }, (_, index) => random.policy(index)).flatMap((raw) => {
      const { value } = parsePolicy(raw.kind, raw);
      return value === undefined ? [] : [[policyKey(value), value] as const];
    }),
  );
  const pods = Array.from({ length: 12 }, (_, index): Pod => {
    const pod = random.pod(index);
    // Replicas of a workload: twelve pods, three namespaces, two workloads in each.
    const name = `w${Math.floor(index / 3) % 2}`;
    const own: Record<string, string> = random.chance(0.85) ? { app: name } : {};
    const labels = { ...pod.labels, ...own, "pod-template-hash": `h${index % 2}`, "job-name": "nightly" };
    return { ...pod, labels, workload: { kind: "Deployment", name } };
  });
  const state: ClusterState = {
    policies: [...policies.values()],
    namespaces: Object.entries(random.namespaces()).map(([name, labels]) => ({ name, labels })),
    nodes: Object.entries(NODE_ADDRESSES).map(([name, address]) => ({
      name,
      labels: { zone: "a" },
      addresses: random.chance(0.8) ? [address] : [],
    })),
    pods,
  };
  const present = random.chance(0.3) ? { ...state, pods: pods.slice(0, 10) } : state;
  const traffic = Array.from({ length: 40 }, (): TrafficRow => {
    const { source, destination, ...rest } = random.connection(pods);
    const connections = 1 + random.below(50);
    const several = [destination, random.connection(pods).destination];
    return {
      ...rest,
      source: endOf(source, state),
      destination: random.chance(0.1)
        ? { peer: { kind: "service", namespace: "red", name: "s" }, parties: several }
        : endOf(destination, state),
      connections,
      failed: random.chance(0.1) ? connections : 0,
      firstSeenMs: 1,
      lastSeenMs: 2,
    };
  });
  return { state: present, traffic };
}

const seeds = fc.integer({ min: 0, max: 2 ** 31 });

describe("advice", () => {
  it("denies nothing of what it was made from, and reads back as it was written", () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(...NAMESPACES), (seed, namespace) => {
        const { state, traffic } = world(seed);
        const advice = advise(state, traffic, { namespace });
        expect(advice.check.connections["newly-denied"]).toBe(0);
        expect(advice.check.connections["still-denied"]).toBe(0);
        expect(advice.yaml).not.toMatch(/pod-template-hash|job-name/);
        const documents = advice.yaml.match(/^kind: NetworkPolicy$/gm) ?? [];
        expect(advice.policies).toHaveLength(documents.length);
        // What else would be denied by it is named.
        const place = ({ source, destination, protocol, port }: LeftOut) =>
          JSON.stringify([source, destination, protocol, port]);
        const named = new Set(advice.leftOut.map(place));
        for (const { change, row } of judgeWhatIf(state, { put: advice.policies, remove: [] }, traffic)) {
          if (change !== "newly-denied") continue;
          const ends = { source: row.source.peer, destination: row.destination.peer };
          expect(named).toContain(place({ ...row, ...ends, reason: "" }));
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe("what-if", () => {
  it("is undone by the opposite, and changes nothing where nothing is proposed", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { state, traffic } = world(seed);
        const none = whatIf(state, { put: [], remove: [] }, traffic).connections;
        expect([none["newly-denied"], none["newly-allowed"]]).toEqual([0, 0]);
        const without = whatIf(state, { put: [], remove: state.policies }, traffic).connections;
        const bare = { ...state, policies: [] };
        const rows = judgeWhatIf(bare, { put: state.policies, remove: [] }, traffic);
        expect(without["newly-denied"]).toBe(0);
        // Where no policy is, everything is allowed that anybody is there for.
        const denied = rows.filter(({ after }) => after.verdict === "denied");
        expect(groupWhatIf(denied).connections["newly-denied"]).toBe(
          without["newly-allowed"] - freed(state, traffic),
        );
      }),
      { numRuns: 60 },
    );
  });
});

/** Connections that were undetermined, and are allowed without policies. */
function freed(state: ClusterState, traffic: readonly TrafficRow[]): number {
  return judgeWhatIf(state, { put: [], remove: state.policies }, traffic)
    .filter(({ before, change }) => before.verdict === "undetermined" && change === "newly-allowed")
    .reduce((sum, { row }) => sum + row.connections, 0);
}

function judgeWhatIf(state: ClusterState, proposal: Proposal, traffic: readonly TrafficRow[]): WhatIfRow[] {
  const judge = new WhatIfJudge(state, proposal);
  return traffic.map((row) => judge.of(row));
}
