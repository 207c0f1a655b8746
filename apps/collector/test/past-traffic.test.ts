import type { KubeObject } from "@hopline/kube";
import type { PolicyTrafficRow } from "@hopline/store";
import { expect, it } from "vitest";
import { PolicyHistory } from "../src/policy/policy-history.js";
import { EarlierObjects } from "../src/policy-report/earlier-objects.js";
import { PastPods } from "../src/policy-report/past-pods.js";
import { PolicyCluster } from "../src/policy-report/policy-cluster.js";
import { pastTrafficRows } from "../src/policy-report/traffic-rows.js";
import { whatIfAnswer } from "../src/policy-report/what-if-answer.js";
import { labelledPod, namespace, resourceOf, TOWN } from "./policy-objects.js";

const START_MS = Date.parse("2026-11-21T12:00:00Z");
const NOW_MS = START_MS + 3_600_000;
const ADDRESSES: Readonly<Record<string, string>> = {
  client: "10.244.1.1",
  stranger: "10.244.1.2",
  server: "10.244.1.3",
};
/** Only what is labelled `app: client` would get in. */
const PROPOSAL = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: server, namespace: town}
spec:
  podSelector: {matchLabels: {app: server}}
  ingress: [{from: [{podSelector: {matchLabels: {app: client}}}]}]
`;

/** A town whose objects change at seconds after {@link START_MS}. */
function setUp() {
  const time = { nowMs: START_MS };
  const history = new PolicyHistory({ nowMs: () => time.nowMs });
  history.restore([], 0);
  history.load(TOWN);
  const tell = (type: "applied" | "deleted", second: number, object: KubeObject): void => {
    time.nowMs = START_MS + second * 1000;
    history.apply({ type, object, resource: resourceOf(object.kind), sinceMs: time.nowMs });
  };
  const cluster = new PolicyCluster({
    history,
    knowledge: () => ({ untilMs: NOW_MS, isLive: true, missing: undefined }),
    now: () => NOW_MS,
  });
  const whatIfOf = async (yaml: string, ...traffic: PolicyTrafficRow[]) => {
    const past = new PastPods(cluster, cluster.state());
    const { rows, unknownThen } = pastTrafficRows(traffic, cluster, past);
    const range = { from: START_MS, to: NOW_MS };
    const told = { range, rows: rows.length, connections: rows.length, leftOutRows: 0 };
    const answer = await whatIfAnswer(
      cluster,
      {
        rows,
        told: { ...told, unknownThen },
        pods: past.pods,
      },
      { yaml },
    );
    return { ...answer.connections, unknownThen, policies: answer.policies };
  };
  const whatIf = (...traffic: PolicyTrafficRow[]) => whatIfOf(PROPOSAL, ...traffic);
  return { tell, whatIf, whatIfOf, takeChanges: () => history.takeChanges() };
}

function traffic(from: string, second: number, to = "server"): PolicyTrafficRow {
  const atMs = START_MS + second * 1000;
  const end = (pod: string) => ({
    entity: { kind: "workload" as const, namespace: "town", workloadKind: "Pod", name: pod },
    ...{ pod, node: "node1", address: ADDRESSES[pod] ?? "" },
  });
  return {
    ...{ client: end(from), server: end(to), service: null, protocol: 6, port: 8080 },
    ...{ dialledAddress: null, seenClientAddress: null, connections: 1, failed: 0 },
    ...{ firstSeenMs: atMs, lastSeenMs: atMs },
  };
}

const NONE = { newlyDenied: 0, newlyAllowed: 0, undetermined: 0, stillAllowed: 0, stillDenied: 0 };

it("judges traffic by the labels that pods had when they talked", async () => {
  const { tell, whatIf } = setUp();
  // The stranger was a client for a while.
  tell("applied", 100, labelledPod("town/stranger", { app: "client" }, "10.244.1.2"));
  tell("applied", 200, labelledPod("town/stranger", { app: "stranger" }, "10.244.1.2"));
  expect(await whatIf(traffic("stranger", 50))).toMatchObject({ ...NONE, newlyDenied: 1, unknownThen: 0 });
  expect(await whatIf(traffic("stranger", 150))).toMatchObject({ ...NONE, stillAllowed: 1, unknownThen: 0 });
  expect(await whatIf(traffic("stranger", 250))).toMatchObject({ ...NONE, newlyDenied: 1, unknownThen: 0 });
});

it("judges pods that are gone by what they were, and counts only today's as selected", async () => {
  const { tell, whatIf } = setUp();
  tell("deleted", 100, labelledPod("town/stranger", { app: "stranger" }, "10.244.1.2"));
  tell("deleted", 100, labelledPod("town/server", { app: "server" }, "10.244.1.3"));
  const answer = await whatIf(traffic("stranger", 50), traffic("client", 50));
  expect(answer).toMatchObject({ ...NONE, newlyDenied: 1, stillAllowed: 1, unknownThen: 0 });
  expect(answer.policies).toMatchObject([{ name: "server", change: "added", pods: 0 }]);
});

/** Only what comes from a namespace of the red team would get in. */
const FOR_RED = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: server, namespace: town}
spec:
  podSelector: {matchLabels: {app: server}}
  ingress: [{from: [{namespaceSelector: {matchLabels: {team: red}}}]}]
`;

it("judges traffic by the labels that namespaces had when their pods talked", async () => {
  const { tell, whatIfOf } = setUp();
  tell("applied", 100, namespace("town", { team: "red" }));
  tell("applied", 200, namespace("town", { team: "blue" }));
  const changes = async (second: number) => {
    const { newlyDenied, stillAllowed, unknownThen } = await whatIfOf(FOR_RED, traffic("client", second));
    return { newlyDenied, stillAllowed, unknownThen };
  };
  expect(await changes(50)).toEqual({ newlyDenied: 1, stillAllowed: 0, unknownThen: 0 });
  expect(await changes(150)).toEqual({ newlyDenied: 0, stillAllowed: 1, unknownThen: 0 });
  expect(await changes(250)).toEqual({ newlyDenied: 1, stillAllowed: 0, unknownThen: 0 });
  const all = await whatIfOf(FOR_RED, ...[50, 150, 250].map((second) => traffic("client", second)));
  expect(all).toMatchObject({ ...NONE, newlyDenied: 2, stillAllowed: 1, unknownThen: 0 });
});

it("finds pods and namespaces of before what is remembered in what was stored", () => {
  const { tell, takeChanges } = setUp();
  tell("applied", 100, labelledPod("town/stranger", { app: "client" }, "10.244.1.2"));
  tell("applied", 100, namespace("town", { team: "red" }));
  tell("deleted", 200, labelledPod("town/stranger", { app: "client" }, "10.244.1.2"));
  const earlier = new EarlierObjects([...takeChanges()].sort((one, other) => one.fromMs - other.fromMs));
  const labelsAt = (second: number) => {
    const timeMs = START_MS + second * 1000;
    return [
      earlier.podAt({ namespace: "town", name: "stranger" }, timeMs)?.pod.labels,
      earlier.namespaceAt("town", timeMs)?.labels,
    ];
  };
  expect(labelsAt(50)).toEqual([{ app: "stranger" }, {}]);
  expect(labelsAt(150)).toEqual([{ app: "client" }, { team: "red" }]);
  expect(labelsAt(250)).toEqual([undefined, { team: "red" }]);
});

it("says of how much it is not known", async () => {
  const { whatIf } = setUp();
  expect(await whatIf(traffic("ghost", 50))).toMatchObject({ ...NONE, undetermined: 1, unknownThen: 1 });
});
