import type { KubeObject, ResourceEvent } from "@hopline/kube";
import { decodeVerdict } from "@hopline/policy";
import { describe, expect, it } from "vitest";
import type { NamedEnd } from "../src/naming/address-book.js";
import { ConnectionJudge, type ConnectionQuestion } from "../src/policy/connection-judge.js";
import { type KeptVersion, type ObjectProblem, PolicyHistory } from "../src/policy/policy-history.js";
import {
  at,
  CLOSED,
  CREATED_MS,
  GUARDED,
  labelledPod,
  networkPolicy,
  resourceOf,
  TOWN,
} from "./policy-objects.js";

const START_MS = Date.parse("2026-11-21T12:00:00Z");
const SETTLE_MS = 2000;

function pod(name: string): NamedEnd {
  return {
    kind: "workload",
    namespace: "town",
    workloadKind: "Pod",
    name,
    pod: name,
    node: "node1",
  };
}

const ADDRESSES: Readonly<Record<string, string>> = {
  client: "10.244.1.1",
  stranger: "10.244.1.2",
  server: "10.244.1.3",
};

function question(from: string, to: string, rest: Partial<ConnectionQuestion> = {}): ConnectionQuestion {
  return {
    client: pod(from),
    clientAddress: ADDRESSES[from] ?? "",
    server: pod(to),
    serverAddress: ADDRESSES[to] ?? "",
    protocol: 6,
    clientPort: 40_000,
    serverPort: 8080,
    dialledAddress: undefined,
    seenClientAddress: undefined,
    isGuess: false,
    ...rest,
  };
}

/** A judge, the clock in its hands, and what tells it of changes at a second after {@link START_MS}. */
function setUp(objects: readonly KubeObject[] = TOWN, kept: readonly KeptVersion[] = [], knownUntilMs = 0) {
  const time = { nowMs: START_MS };
  const problems: ObjectProblem[] = [];
  const knowledge = {
    untilMs: Number.POSITIVE_INFINITY,
    isLive: true,
    missing: undefined as string | undefined,
  };
  const history = new PolicyHistory({
    nowMs: () => time.nowMs,
    onProblem: (problem) => problems.push(problem),
  });
  history.restore(kept, knownUntilMs);
  const judge = new ConnectionJudge({
    history,
    knowledge: () => knowledge,
    now: () => time.nowMs,
    settleMs: SETTLE_MS,
  });
  const tell = (second: number, event: ResourceEvent): void => {
    time.nowMs = START_MS + second * 1000;
    history.apply(event);
  };
  const put = (second: number, object: KubeObject, sinceMs?: number): void =>
    tell(second, { type: "applied", object, resource: resourceOf(object.kind), ...(sinceMs && { sinceMs }) });
  const remove = (second: number, object: KubeObject): void =>
    tell(second, { type: "deleted", object, resource: resourceOf(object.kind) });
  for (const kind of new Set(objects.map((object) => object.kind))) {
    const listed = objects.filter((object) => object.kind === kind);
    tell(0, { type: "listed", resource: resourceOf(kind), objects: listed, sinceMs: 0 });
  }
  return {
    ...{ history, judge, knowledge, problems, time, tell, put, remove },
    /** The verdict at a second, with the doubt where there is one; asked long after. */
    at: (second: number, asked: ConnectionQuestion = question("stranger", "server")): string => {
      time.nowMs = START_MS + 3_600_000;
      const { verdict, record } = judge.judge(asked, START_MS + second * 1000).judged;
      return record === undefined || record.doubt === null ? verdict : `${verdict}: ${record.doubt}`;
    },
  };
}

const guarded = networkPolicy("town", "server", GUARDED);
const closed = networkPolicy("town", "server", CLOSED, { generation: 2 });

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

describe("a Service of which nobody knows for which backend it was dialled", () => {
  const service: NamedEnd = {
    kind: "service",
    namespace: "town",
    workloadKind: "",
    name: "server",
    pod: "",
    node: "",
  };
  const dialled = (from: string) =>
    question(from, "server", { server: service, serverAddress: "10.96.0.3", serverPort: 80 });

  it("is judged by its backends, on the port that they name", () => {
    const { at: verdictAt } = setUp([...TOWN, guarded]);
    expect(verdictAt(10, dialled("stranger"))).toBe("denied");
    expect(verdictAt(10, dialled("client"))).toBe("allowed");
  });

  it("is undetermined where these differ, and where it has none", () => {
    const other = labelledPod("town/other", { app: "server", canary: "yes" }, "10.244.1.9");
    const canary = networkPolicy("town", "server", {
      podSelector: { matchLabels: { canary: "yes" } },
      ingress: [],
    });
    expect(setUp([...TOWN, other, canary]).at(10, dialled("stranger"))).toBe("undetermined: backend-unknown");
    const { at: verdictAt } = setUp(TOWN.filter(({ metadata }) => metadata.uid !== "town/server"));
    expect(verdictAt(10, dialled("stranger"))).toBe("undetermined");
  });
});

describe("a Service with EndpointSlices", () => {
  const service: NamedEnd = {
    ...{ kind: "service", namespace: "town", workloadKind: "", name: "server", pod: "", node: "" },
  };
  const dialled = (from: string) =>
    question(from, "server", { server: service, serverAddress: "10.96.0.3", serverPort: 80 });
  const endpoint = (address: string, name: string | undefined, ready = true) => ({
    addresses: [address],
    conditions: { ready },
    ...(name && { targetRef: { kind: "Pod", namespace: "town", name } }),
  });
  const slice = (port: number, ...endpoints: object[]): KubeObject => ({
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      ...{ namespace: "town", name: "server-x1", creationTimestamp: at(CREATED_MS) },
      labels: { "kubernetes.io/service-name": "server" },
    },
    addressType: "IPv4",
    ports: [{ port }],
    endpoints,
  });
  const unselected = (): KubeObject[] =>
    TOWN.map((object) =>
      object.kind === "Service"
        ? { ...object, spec: { clusterIP: "10.96.0.3", ports: [{ port: 80 }] } }
        : object,
    );

  it("is judged by the ready ones alone, at the port that the slice says", () => {
    const other = labelledPod("town/other", { app: "server", canary: "yes" }, "10.244.1.9");
    const canary = networkPolicy("town", "server", {
      podSelector: { matchLabels: { canary: "yes" } },
      ingress: [{ ports: [{ port: 8081 }] }],
    });
    const ready = endpoint("10.244.1.9", "other");
    const idle = endpoint("10.244.1.3", "server", false);
    expect(setUp([...TOWN, other, canary, slice(8080, ready, idle)]).at(10, dialled("stranger"))).toBe(
      "denied",
    );
    expect(setUp([...TOWN, other, canary, slice(8081, ready, idle)]).at(10, dialled("stranger"))).toBe(
      "allowed",
    );
  });

  it("is judged without a selector, by pods that only their address names, and by what is outside", () => {
    const inside = slice(8080, endpoint("10.244.1.3", undefined));
    expect(setUp([...unselected(), guarded, inside]).at(10, dialled("stranger"))).toBe("denied");
    expect(setUp([...unselected(), guarded, inside]).at(10, dialled("client"))).toBe("allowed");
    const outside = slice(443, endpoint("203.0.113.9", undefined));
    const egress = networkPolicy("town", "egress", {
      ...{ podSelector: { matchLabels: { app: "client" } }, policyTypes: ["Egress"] },
      egress: [{ to: [{ podSelector: {} }] }],
    });
    expect(setUp([...unselected(), egress, outside]).at(10, dialled("client"))).toBe("denied");
    expect(setUp([...unselected(), egress, outside]).at(10, dialled("stranger"))).toBe("allowed");
  });

  it("is judged by what the slices were then, and by its selector before there were any", () => {
    const { put, at: verdictAt } = setUp([...TOWN, guarded]);
    put(20, slice(8080, endpoint("203.0.113.9", undefined)), START_MS + 19_000);
    expect(verdictAt(10, dialled("stranger"))).toBe("denied");
    expect(verdictAt(30, dialled("stranger"))).toBe("allowed");
  });

  it("is kept, and put back", () => {
    const { history } = setUp([...unselected(), guarded, slice(8080, endpoint("10.244.1.3", undefined))]);
    const kept = setUp([], history.takeChanges(), START_MS);
    expect(kept.at(10, dialled("stranger"))).toBe("denied");
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
