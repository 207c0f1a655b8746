import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, type Drop, dropsAnswerSchema, flowsAnswerSchema, PATHS } from "@hopline/api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { auditDifferences, wholeAudit } from "./audit-counts.js";
import { type Conversation, Stack } from "./stack.js";

const WINDOW_MS = 10_000;
const POLL_MS = 400;
/** What is asked for again and again: the last so much. */
const LOOK_BACK_MS = 20_000;
const OBSERVED_WITHIN_MS = 5000;
const UNENFORCED_WITHIN_MS = 15_000;
const isRoot = process.getuid?.() === 0;

/** The policy that stops each of the lab's denied clients, and the direction in which it does. */
const STOPPED_BY: Readonly<Record<string, { direction: "ingress" | "egress"; policy: string }>> = {
  "tools/report-builder": { direction: "ingress", policy: "data/database" },
  "tools/backup": { direction: "egress", policy: "tools/backup-egress" },
};

/** A pod of the database's Service that is not ready, and that lets everybody in: who dials the Service never gets there. */
const STANDBY = `
apiVersion: v1
kind: Pod
metadata:
  name: standby
  namespace: data
  labels: { app: database, role: standby }
  annotations: { hopline.lab/ready: "false" }
spec:
  containers: [{ name: main, image: "hopline.lab/client:1" }]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: standby, namespace: data }
spec: { podSelector: { matchLabels: { role: standby } }, ingress: [{}] }
`;

/** How firewalls answer what they do not let pass: evidence and reason that is seen of it. */
const REJECTIONS = [
  ["reject-icmp", "icmp", "communication administratively prohibited (ICMP 3/13)"],
  ["reject-reset", "rst", ""],
] as const;

interface Range {
  readonly from: number;
  readonly to: number;
}

/** What the client itself knows of its connection. */
function dialledTuple({
  protocol,
  localAddress,
  localPort,
  remoteAddress,
  remotePort,
}: Conversation): string {
  return `${protocol} ${localAddress}:${localPort} > ${remoteAddress}:${remotePort}`;
}

function observedTuple({ protocol, client, server, service }: Connection): string {
  const dialled = service ?? server;
  return `${protocol} ${client.address}:${client.port} > ${dialled.address}:${dialled.port}`;
}

const isDenied = ({ expect: expected }: Conversation) => expected === "denied";

function deciders({ verdictBy }: Pick<Connection, "verdictBy">, direction: "ingress" | "egress"): string[] {
  return (verdictBy?.[direction].policies ?? []).map(({ namespace, name }) => `${namespace}/${name}`);
}

describe.skipIf(!isRoot)("policy against what happens (needs root: a cluster in the kernel)", () => {
  const stack = new Stack({ name: `apol${process.pid}` });
  /** What was said in each part, and the connections of all. */
  let prompt: Conversation[] = [];
  let enforced: Conversation[] = [];
  const rejected = new Map<string, Conversation[]>();
  let unenforced: Conversation[] = [];
  let connections: Connection[] = [];
  /** Of that time in which policies were enforced, one way or the other. */
  let range: Range = { from: 0, to: 0 };
  /** When each connection was first seen to be so: `CONFORMANCE TUPLE`. */
  const seenAt = new Map<string, number>();

  /** Asks for what is not allowed, as somebody before a screen would. */
  async function look(): Promise<void> {
    const query = { from: Date.now() - LOOK_BACK_MS, to: Date.now() + WINDOW_MS, limit: 1000 };
    const page = await stack.api.get(flowsAnswerSchema, PATHS.flows, {
      ...query,
      conformance: "denied-observed,unenforced",
    });
    for (const connection of page.connections) {
      const key = `${connection.conformance} ${observedTuple(connection)}`;
      if (!seenAt.has(key)) seenAt.set(key, Date.now());
    }
    await sleep(POLL_MS);
  }

  /**
   * Lets the workloads talk for a while, and looks until all that is denied has been seen to be so.
   *
   * @param word how it has to show, `withinMs` after it began; absent where nobody looks
   */
  async function talk(forMs: number, word?: string, withinMs = 0): Promise<Conversation[]> {
    const from = Date.now();
    await stack.resume();
    if (word === undefined) await sleep(forMs);
    else while (Date.now() - from < forMs) await look();
    await stack.quiesce();
    const said = stack.conversations().filter(({ startedUs }) => startedUs / 1000 >= from);
    const awaited = said.filter(isDenied);
    const untilMs = Math.max(...awaited.map(({ startedUs }) => startedUs / 1000)) + withinMs;
    while (Date.now() < untilMs && awaited.some((each) => !seenAt.has(`${word} ${dialledTuple(each)}`)))
      await look();
    return said;
  }

  /** Denied conversations that were not seen to be so soon enough, in words. */
  function late(conversations: readonly Conversation[], word: string, withinMs: number): string[] {
    const took = conversations.filter(isDenied).map((conversation) => {
      const tuple = dialledTuple(conversation);
      const tookMs =
        (seenAt.get(`${word} ${tuple}`) ?? Number.POSITIVE_INFINITY) - conversation.startedUs / 1000;
      return { tookMs, text: `${tuple} (${conversation.id}): ${word} after ${tookMs} ms` };
    });
    const sorted = took.map(({ tookMs }) => Math.round(tookMs)).sort((one, other) => one - other);
    process.stderr.write(`${word} after ${sorted.join(", ")} ms\n`);
    return took.flatMap(({ tookMs, text }) => (tookMs <= withinMs ? [] : [text]));
  }

  beforeAll(async () => {
    await stack.start();
    await stack.lab.apply(STANDBY, "standby.yaml");
    // Everything that began before the agents has to end first, or half of it would be seen.
    await stack.quiesce();
    // And agents that found no collector at first have found it: they try again after pauses that grow.
    await stack.settle();
    const from = Math.floor(Date.now() / WINDOW_MS) * WINDOW_MS;
    prompt = await talk(15_000, "denied-observed", OBSERVED_WITHIN_MS);
    await stack.resume();
    await sleep(1000);
    await stack.killCollector();
    await sleep(2000);
    stack.startCollector();
    await sleep(5000);
    await stack.quiesce();
    enforced = stack.conversations().filter(({ startedUs }) => startedUs / 1000 >= from);
    for (const [denial] of REJECTIONS) {
      await stack.lab.denyWith(denial);
      rejected.set(denial, await talk(10_000));
    }
    await stack.lab.denyWith("drop");
    range = { from, to: await stack.nextWindow() };
    const { id } = await stack.lab.addFault({ kind: "enforcement-off" });
    unenforced = await talk(12_000, "unenforced", UNENFORCED_WITHIN_MS);
    await stack.lab.removeFault(id);
    await stack.settle();
    connections = await allConnections(stack, { from, to: Math.ceil(Date.now() / WINDOW_MS) * WINDOW_MS });
  }, 240_000);

  afterAll(() => stack.stop());

  const byTuple = () => new Map(connections.map((connection) => [observedTuple(connection), connection]));
  const dropsBy = async (source?: "icmp" | "rst"): Promise<readonly Drop[]> =>
    (await stack.api.get(dropsAnswerSchema, PATHS.drops, { ...range, source, limit: 1000 })).drops;
  /** All that was said while policies were enforced. */
  const ruled = () => [...enforced, ...[...rejected.values()].flat()];

  test("nothing ended that should run", () => {
    expect(stack.lost).toEqual([]);
  });

  test("every attempt that policy denies shows as denied and dropped, observed, within five seconds", () => {
    const denied = prompt.filter(isDenied);
    expect(new Set(denied.map(({ namespace, workload }) => `${namespace}/${workload}`))).toEqual(
      new Set(Object.keys(STOPPED_BY)),
    );
    expect(late(prompt, "denied-observed", OBSERVED_WITHIN_MS).slice(0, 12)).toEqual([]);
  });

  test("with the policy that denies, as the rule that dropped names it", async () => {
    const known = byTuple();
    const dropped = new Map((await dropsBy()).map((drop) => [drop.connection, drop]));
    const wrong: string[] = [];
    for (const conversation of enforced.filter(isDenied)) {
      const { direction, policy } = STOPPED_BY[`${conversation.namespace}/${conversation.workload}`]!;
      const connection = known.get(dialledTuple(conversation));
      const drop = connection === undefined ? undefined : dropped.get(connection.id);
      const said = {
        conformance: connection?.conformance,
        verdict: connection?.verdict,
        policies: connection && deciders(connection, direction),
        rule: drop?.policy && `${drop.policy.direction} ${drop.policy.namespace}/${drop.policy.name}`,
      };
      const wanted = {
        conformance: "denied-observed",
        verdict: "denied",
        policies: [policy],
        rule: `${direction} ${policy}`,
      };
      if (JSON.stringify(said) !== JSON.stringify(wanted))
        wrong.push(`${dialledTuple(conversation)} (${conversation.id}): ${JSON.stringify(said)}`);
    }
    expect(wrong.slice(0, 12)).toEqual([]);
  });

  test("no connection that is allowed ever shows as denied", () => {
    const denied = new Set([...ruled(), ...unenforced].filter(isDenied).map(dialledTuple));
    const wrong = connections.filter(
      (connection) => connection.verdict === "denied" && !denied.has(observedTuple(connection)),
    );
    expect(wrong.map((connection) => `${observedTuple(connection)} ${connection.conformance}`)).toEqual([]);
    const known = byTuple();
    const delivered = ruled().filter((each) => !isDenied(each) && each.outcome === "ok");
    const verdicts = delivered.map((each) => known.get(dialledTuple(each))?.conformance ?? "not seen");
    expect(delivered.length).toBeGreaterThan(100);
    expect(count(verdicts)).toEqual({ allowed: delivered.length });
  });

  test("as many are denied as the lab counts attempts, over a kill of the collector", async () => {
    const attempts = [...ruled(), ...unenforced].filter(isDenied).length;
    expect(connections.filter(({ verdict }) => verdict === "denied")).toHaveLength(attempts);
    expect(auditDifferences(ruled(), await wholeAudit(stack, range))).toEqual([]);
  });

  test("the audit names the policy's version, and has every window of every node", async () => {
    const { rows, completeness } = await wholeAudit(stack, range);
    for (const [client, { direction, policy }] of Object.entries(STOPPED_BY)) {
      const denied = rows.filter(
        (row) => `${row.client.namespace}/${row.client.name}` === client && row.deniedObserved > 0,
      );
      expect(denied.length, client).toBeGreaterThan(0);
      for (const { policies, evidence, deniedObserved } of denied) {
        const deciders = policies.filter(({ verdict }) => verdict === "denied");
        expect(deciders).toEqual([
          {
            ...{ direction, verdict: "denied", kind: "NetworkPolicy" },
            ...{ namespace: policy.split("/")[0], name: policy.split("/")[1] },
            ...{ version: expect.stringMatching(/^[0-9a-f]{8}$/), connections: deniedObserved },
          },
        ]);
        expect(evidence.drops).toBeGreaterThanOrEqual(deniedObserved);
      }
    }
    expect(completeness.nodes.map(({ node, heard, missing }) => [node, heard, missing])).toEqual(
      expect.arrayContaining(stack.nodes.map(({ name }) => [name, true, 0])),
    );
  });

  test.each(REJECTIONS)(
    "what a firewall answers and does not log (%s) is seen all the same",
    async (denial, source, reason) => {
      const attempts = (rejected.get(denial) ?? [])
        .filter(isDenied)
        .filter(({ protocol }) => protocol === "tcp");
      expect(attempts.length).toBeGreaterThan(3);
      const known = byTuple();
      const drops = await dropsBy(source);
      const evidence = new Map(drops.map((drop) => [drop.connection, drop.reason]));
      const said = attempts.map((conversation) => {
        const connection = known.get(dialledTuple(conversation));
        return `${connection?.conformance}, ${evidence.get(connection?.id ?? "") ?? "no evidence"}`;
      });
      expect(count(said)).toEqual({ [`denied-observed, ${reason}`]: attempts.length });
      const denied = new Set(ruled().filter(isDenied).map(dialledTuple));
      const wrong = drops.filter(({ connection }) => {
        const of = connections.find(({ id }) => id === connection);
        return of === undefined || !denied.has(observedTuple(of));
      });
      expect(wrong).toEqual([]);
    },
  );

  test("with enforcement switched off, what policy denies shows as unenforced within 15 seconds", () => {
    const denied = unenforced.filter(isDenied);
    expect(denied.length).toBeGreaterThan(4);
    expect(late(unenforced, "unenforced", UNENFORCED_WITHIN_MS).slice(0, 12)).toEqual([]);
    const known = byTuple();
    expect(count(denied.map((each) => known.get(dialledTuple(each))?.conformance ?? "not seen"))).toEqual({
      unenforced: denied.length,
    });
  });
});

function count(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

async function allConnections(stack: Stack, range: Range): Promise<Connection[]> {
  const rows: Connection[] = [];
  let cursor: string | undefined;
  do {
    const page = await stack.api.get(flowsAnswerSchema, PATHS.flows, { ...range, limit: 1000, cursor });
    rows.push(...page.connections);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return rows;
}
