import type { KubeObject, ResourceEvent } from "@hopline/kube";
import type { NamedEnd } from "../src/naming/address-book.js";
import { ConnectionJudge, type ConnectionQuestion } from "../src/policy/connection-judge.js";
import { type KeptVersion, type ObjectProblem, PolicyHistory } from "../src/policy/policy-history.js";
import { CLOSED, GUARDED, networkPolicy, resourceOf, TOWN } from "./policy-objects.js";

export const START_MS = Date.parse("2026-11-21T12:00:00Z");
const SETTLE_MS = 2000;

export function pod(name: string): NamedEnd {
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

export function question(
  from: string,
  to: string,
  rest: Partial<ConnectionQuestion> = {},
): ConnectionQuestion {
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
export function setUp(
  objects: readonly KubeObject[] = TOWN,
  kept: readonly KeptVersion[] = [],
  knownUntilMs = 0,
) {
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

export const guarded = networkPolicy("town", "server", GUARDED);
export const closed = networkPolicy("town", "server", CLOSED, { generation: 2 });
