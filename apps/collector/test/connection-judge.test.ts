import { decodeVerdict } from "@hopline/policy";
import { describe, expect, it } from "vitest";
import type { NamedEnd } from "../src/naming/address-book.js";
import { closed, guarded, pod, question, START_MS, setUp } from "./judged-town.js";
import { at, CREATED_MS, GUARDED, labelledPod, networkPolicy, resourceOf, TOWN } from "./policy-objects.js";

describe("a connection is judged as of its time", () => {
  it("by the policies there were", () => {
    const { put, remove, at: verdictAt } = setUp();
    put(10, networkPolicy("town", "server", GUARDED, { creationTimestamp: at(START_MS + 10_000) }));
    remove(60, guarded);
    expect([0, 5, 30, 57, 70].map((second) => verdictAt(second))).toEqual([
      "allowed",
      "allowed",
      "denied",
      "denied",
      "allowed",
    ]);
    expect(verdictAt(30, question("client", "server"))).toBe("allowed");
  });

  it("never as denied within a second before a change was heard of and two after it", () => {
    const { put, at: verdictAt } = setUp([...TOWN, closed]);
    put(30, networkPolicy("town", "server", GUARDED, { generation: 3 }));
    const asked = question("client", "server");
    expect([28.9, 29.1, 30, 31.9, 32.1].map((second) => verdictAt(second, asked))).toEqual([
      "denied",
      "undetermined: policy-changing",
      "undetermined: policy-changing",
      "undetermined: policy-changing",
      "allowed",
    ]);
    // Whom both deny, they deny all the while.
    expect([28.9, 29.1, 30, 31.9, 32.1].map((second) => verdictAt(second))).toEqual(Array(5).fill("denied"));
  });

  it("not by changes in a namespace that it has nothing to do with", () => {
    const { put, at: verdictAt } = setUp([...TOWN, guarded]);
    for (let index = 0; index < 40; index++)
      put(30 + index / 100, networkPolicy("elsewhere", `p${index}`, { podSelector: {}, ingress: [] }));
    expect(verdictAt(30.2)).toBe("denied");
    for (let index = 0; index < 40; index++)
      put(60 + index / 100, networkPolicy("town", `p${index}`, { podSelector: {}, ingress: [] }));
    expect(verdictAt(60.2)).toBe("undetermined: policy-changing");
    expect(verdictAt(90)).toBe("denied");
  });

  it("by the labels that pods and namespaces had", () => {
    const { put, at: verdictAt } = setUp([...TOWN, guarded]);
    put(30, labelledPod("town/stranger", { app: "client" }, "10.244.1.2"));
    expect([20, 30.5, 40].map((second) => verdictAt(second))).toEqual([
      "denied",
      "undetermined: policy-changing",
      "allowed",
    ]);
  });

  it("by the time that the object itself tells, where its watch was interrupted", () => {
    const { put, at: verdictAt } = setUp();
    // Heard at 60, since when the watch had been away for half a minute.
    put(
      60,
      networkPolicy("town", "server", GUARDED, { creationTimestamp: at(START_MS + 40_000) }),
      START_MS + 30_000,
    );
    expect([35, 38, 40, 42, 45, 59].map((second) => verdictAt(second))).toEqual([
      "allowed",
      "allowed",
      "undetermined: policy-changing",
      "undetermined: policy-changing",
      "denied",
      "denied",
    ]);
  });

  it("with a doubt all the time in which it is not known when the change was", () => {
    const { tell, at: verdictAt } = setUp([...TOWN, guarded]);
    tell(60, {
      type: "listed",
      resource: resourceOf("NetworkPolicy"),
      objects: [],
      sinceMs: START_MS + 30_000,
    });
    expect([28, 35, 59, 61, 63].map((second) => verdictAt(second))).toEqual([
      "denied",
      "undetermined: policy-changing",
      "undetermined: policy-changing",
      "undetermined: policy-changing",
      "allowed",
    ]);
  });
});

describe("a verdict names what decided", () => {
  it("with the policy's version", () => {
    const { judge, history } = setUp([...TOWN, guarded]);
    const { judged } = judge.judge(question("stranger", "server"), START_MS);
    const version = history.policyVersionAt(
      { kind: "NetworkPolicy", namespace: "town", name: "server" },
      START_MS,
    );
    expect(version).toBe("5ab98f0b");
    expect(decodeVerdict(judged.reason)).toEqual({
      doubt: null,
      egress: { verdict: "allowed", by: "no-policy", policies: [] },
      ingress: {
        verdict: "denied",
        by: "default-deny",
        tier: "networkPolicy",
        policies: [{ kind: "NetworkPolicy", namespace: "town", name: "server", version }],
      },
    });
  });

  it("a version is its spec's: labels and a new generation leave it", () => {
    const { put, history } = setUp([...TOWN, guarded]);
    history.takeChanges();
    put(30, networkPolicy("town", "server", GUARDED, { labels: { a: "b" }, generation: 2 }));
    expect(history.takeChanges()).toEqual([]);
  });
});

describe("what is not known", () => {
  it("is said in a sentence", () => {
    const { judge, knowledge } = setUp([...TOWN, guarded]);
    knowledge.missing = "The collector may not list networkpolicies, which policy is judged by.";
    expect(judge.judge(question("stranger", "server"), START_MS).judged).toEqual({
      verdict: "undetermined",
      reason: knowledge.missing,
      record: undefined,
    });
    const nobody: NamedEnd = { ...pod("x"), kind: "unknown" };
    knowledge.missing = undefined;
    expect(judge.judge(question("x", "server", { client: nobody }), START_MS).judged.reason).toBe(
      "It is not known who one of the ends was.",
    );
  });

  it("is waited for: a denial for a second, what comes after an interruption until it is over", () => {
    const { judge, knowledge, time } = setUp([...TOWN, guarded]);
    time.nowMs = START_MS + 10_300;
    expect(judge.judge(question("stranger", "server"), START_MS + 10_000)).toMatchObject({
      judged: { verdict: "denied" },
      askAgainAtMs: START_MS + 11_000,
    });
    expect(judge.judge(question("client", "server"), START_MS + 10_000).askAgainAtMs).toBeUndefined();
    knowledge.untilMs = START_MS + 5000;
    const answer = judge.judge(question("client", "server"), START_MS + 10_000);
    expect(answer).toMatchObject({ judged: { verdict: "undetermined" }, knownAtMs: START_MS + 10_000 });
    expect(judge.isKnown(START_MS + 10_000)).toBe(false);
    expect(judge.judge(question("stranger", "server"), START_MS + 4000).judged.verdict).toBe("denied");
  });

  it("is doubted: a guessed initiator where the ports could be the other way round, ICMP that a rule denies", () => {
    const { at: verdictAt } = setUp([...TOWN, guarded]);
    const guess = { isGuess: true, protocol: 17 };
    expect(verdictAt(10, question("stranger", "server", guess))).toBe("denied");
    expect(verdictAt(10, question("stranger", "server", { ...guess, clientPort: 9000 }))).toBe(
      "undetermined: initiator-unknown",
    );
    expect(verdictAt(10, question("stranger", "server", { protocol: 1 }))).toBe("undetermined: protocol");
    const admin = {
      apiVersion: "policy.networking.k8s.io/v1alpha1",
      kind: "AdminNetworkPolicy",
      metadata: { name: "no", creationTimestamp: at(CREATED_MS) },
      spec: {
        priority: 1,
        subject: { namespaces: {} },
        ingress: [{ action: "Deny", from: [{ namespaces: {} }] }],
      },
    };
    const strict = setUp([...TOWN, admin]);
    expect(strict.at(10, question("stranger", "server"))).toBe("denied");
    expect(strict.at(10, question("stranger", "server", { protocol: 1 }))).toBe("undetermined: protocol");
  });
});
