import { describe, expect, it } from "vitest";
import { PolicyHistory } from "../src/policy/policy-history.js";
import { closed, guarded, question, START_MS, setUp } from "./judged-town.js";
import { GUARDED, labelledPod, networkPolicy, resourceOf, TOWN } from "./policy-objects.js";

describe("a collector that starts again", () => {
  it("judges late rows by what was kept, and what changed meanwhile with a doubt", () => {
    const first = setUp([...TOWN, closed]);
    first.put(30, networkPolicy("town", "server", GUARDED, { generation: 3 }));
    const kept = first.history.takeChanges();
    // Killed at 40, and back at 100: the policy has gone.
    const second = setUp([], kept, START_MS + 40_000);
    second.tell(100, { type: "listed", resource: resourceOf("NetworkPolicy"), objects: [], sinceMs: 0 });
    const asked = question("client", "server");
    expect([20, 35].map((at) => second.at(at, asked))).toEqual(["denied", "allowed"]);
    expect([20, 38, 70, 101, 103].map((at) => second.at(at))).toEqual([
      "denied",
      "denied",
      "undetermined: policy-changing",
      "undetermined: policy-changing",
      "allowed",
    ]);
  });

  it("keeps nothing anew where nothing changed", () => {
    const first = setUp([...TOWN, guarded]);
    const kept = first.history.takeChanges();
    expect(kept.map(({ kind, name, toMs }) => [kind, name, toMs])).toContainEqual([
      "NetworkPolicy",
      "server",
      null,
    ]);
    const second = setUp([...TOWN, guarded], kept, START_MS);
    expect(second.history.takeChanges()).toEqual([]);
    expect(second.at(-3600)).toBe("denied");
  });

  it("holds what it hears until what was kept is put back", () => {
    const history = new PolicyHistory({ nowMs: () => START_MS });
    history.apply({ type: "listed", resource: resourceOf("NetworkPolicy"), objects: [guarded], sinceMs: 0 });
    expect(history.stateAt(START_MS).policies).toEqual([]);
    history.restore([], 0);
    expect(history.stateAt(START_MS).policies.map(({ name }) => name)).toEqual(["server"]);
  });
});

describe("an object that cannot be read", () => {
  it("is named by its field, once, and the others judge", () => {
    const broken = networkPolicy("town", "broken", {
      podSelector: {},
      ingress: [{ from: [{ ipBlock: { cidr: "10.0.0.0/33" } }] }],
    });
    const { history, problems, put, remove, at: verdictAt } = setUp([...TOWN, guarded, broken]);
    put(5, broken);
    const problem = {
      object: "NetworkPolicy town/broken",
      field: "spec.ingress[0].from[0].ipBlock.cidr",
      message: expect.any(String),
    };
    expect(problems).toEqual([problem]);
    expect(history.problems).toEqual([problem]);
    expect(verdictAt(10)).toBe("denied");
    remove(20, broken);
    expect(history.problems).toEqual([]);
  });
});

describe("the cluster's state at a time", () => {
  it("is what there was then, and no more is remembered than is asked for", () => {
    const { history, put, remove, at: verdictAt } = setUp([...TOWN, closed]);
    put(30, networkPolicy("town", "server", GUARDED, { generation: 3 }));
    remove(60, labelledPod("town/stranger", {}, ""));
    const ingressAt = (second: number) =>
      history.stateAt(START_MS + second * 1000).policies.map(({ ingress }) => ingress?.length);
    expect([10, 40].map(ingressAt)).toEqual([[0], [1]]);
    const podsAt = (second: number) => history.stateAt(START_MS + second * 1000).pods.length;
    expect([10, 70].map(podsAt)).toEqual([3, 2]);
    history.dropEndedBefore(START_MS + 50_000);
    expect(verdictAt(55)).toBe("denied");
    expect(history.stateAt(START_MS + 10_000).policies).toEqual([]);
  });
});
