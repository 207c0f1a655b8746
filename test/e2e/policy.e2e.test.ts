import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, type Drop, dropsAnswerSchema, flowsAnswerSchema, PATHS } from "@hopline/api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { auditDifferences, wholeAudit } from "./audit-counts.js";
import { type Conversation, Stack } from "./stack.js";

const WINDOW_MS = 10_000;
/** A question costs the engine half a second on a small machine: asked more often, the inserts would wait for it. */
const POLL_MS = 2500;
/** What is asked for again and again: the last so much. */
const LOOK_BACK_MS = 30_000;
const OBSERVED_WITHIN_MS = 5000;
const UNENFORCED_WITHIN_MS = 15_000;
const isRoot = process.getuid?.() === 0;

/** The policy that stops each of the lab's denied clients, and the direction in which it does. */
const STOPPED_BY: Readonly<Record<string, { direction: "ingress" | "egress"; policy: string }>> = {
  "tools/report-builder": { direction: "ingress", policy: "data/database" },
  "tools/backup": { direction: "egress", policy: "tools/backup-egress" },
};

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

function deciders({ verdictBy }: Pick<Connection, "verdictBy">, direction: "ingress" | "egress"): string[] {
  return (verdictBy?.[direction].policies ?? []).map(({ namespace, name }) => `${namespace}/${name}`);
}

describe.skipIf(!isRoot)("policy against what happens (needs root: a cluster in the kernel)", () => {
  const stack = new Stack({ name: `apol${process.pid}` });
  let enforced: Conversation[] = [];
  let connections: Connection[] = [];
  let drops: Drop[] = [];
  let range: Range = { from: 0, to: 0 };
  /** When each connection was first seen to be so: `CONFORMANCE TUPLE`. */
  const seenAt = new Map<string, number>();
  let watched: Range = { from: 0, to: 0 };
  let unenforced: Conversation[] = [];
  let unenforcedConnections: Connection[] = [];

  /** Asks again and again for what is not allowed, as somebody before a screen would. */
  async function watchFor(ms: number): Promise<Range> {
    const from = Date.now();
    while (Date.now() - from < ms) {
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
    return { from, to: Date.now() };
  }

  /** Denied conversations of a time that were not seen to be so soon enough, in words. */
  function late(
    conversations: readonly Conversation[],
    { from, to }: Range,
    word: string,
    withinMs: number,
  ): string[] {
    return conversations
      .filter(({ expect: expected }) => expected === "denied")
      .filter(({ startedUs }) => startedUs / 1000 >= from && startedUs / 1000 < to - withinMs)
      .flatMap((conversation) => {
        const tuple = dialledTuple(conversation);
        const tookMs =
          (seenAt.get(`${word} ${tuple}`) ?? Number.POSITIVE_INFINITY) - conversation.startedUs / 1000;
        return tookMs <= withinMs + POLL_MS
          ? []
          : [`${tuple} (${conversation.id}): ${word} after ${tookMs} ms`];
      });
  }

  beforeAll(async () => {
    await stack.start();
    // Everything that began before the agents has to end first, or half of it would be seen.
    await stack.quiesce();
    await stack.settle();
    const from = Math.ceil(Date.now() / WINDOW_MS) * WINDOW_MS - WINDOW_MS;
    range = { from, to: from };
    await stack.resume();
    watched = await watchFor(20_000);
    await stack.killCollector();
    await sleep(2000);
    stack.startCollector();
    await sleep(8000);
    await stack.quiesce();
    await stack.settle();
    range = { from, to: Math.ceil(Date.now() / WINDOW_MS) * WINDOW_MS };
    enforced = stack.conversations().filter(({ startedUs }) => startedUs / 1000 >= from);
    connections = await allConnections(stack, range);
    const answer = await stack.api.get(dropsAnswerSchema, PATHS.drops, { ...range, limit: 1000 });
    drops = [...answer.drops];
  }, 240_000);

  afterAll(() => stack.stop());

  test("nothing ended that should run", () => {
    expect(stack.lost).toEqual([]);
  });

  test("every attempt that policy denies shows as denied and dropped, observed, within five seconds", () => {
    const denied = enforced.filter((conversation) => conversation.expect === "denied");
    expect(new Set(denied.map(({ namespace, workload }) => `${namespace}/${workload}`))).toEqual(
      new Set(Object.keys(STOPPED_BY)),
    );
    expect(late(enforced, watched, "denied-observed", OBSERVED_WITHIN_MS).slice(0, 12)).toEqual([]);
  });

  test("with the policy that denies, as the rule that dropped names it", () => {
    const byTuple = new Map(connections.map((connection) => [observedTuple(connection), connection]));
    const dropped = new Map(drops.map((drop) => [drop.connection, drop]));
    const wrong: string[] = [];
    for (const conversation of enforced.filter((each) => each.expect === "denied")) {
      const { direction, policy } = STOPPED_BY[`${conversation.namespace}/${conversation.workload}`]!;
      const connection = byTuple.get(dialledTuple(conversation));
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
    const denied = new Set(
      enforced.filter(({ expect: expected }) => expected === "denied").map(dialledTuple),
    );
    const wrong = connections.filter(
      (connection) => connection.verdict === "denied" && !denied.has(observedTuple(connection)),
    );
    expect(wrong.map((connection) => `${observedTuple(connection)} ${connection.conformance}`)).toEqual([]);
    const byTuple = new Map(connections.map((connection) => [observedTuple(connection), connection]));
    const delivered = enforced.filter((each) => each.expect === "allowed" && each.outcome === "ok");
    const verdicts = delivered.map((each) => byTuple.get(dialledTuple(each))?.conformance ?? "not seen");
    expect(delivered.length).toBeGreaterThan(100);
    expect(count(verdicts)).toEqual({ allowed: delivered.length });
  });

  test("as many are denied as the lab counts attempts, over a kill of the collector", async () => {
    const attempts = enforced.filter((conversation) => conversation.expect === "denied").length;
    expect(connections.filter(({ verdict }) => verdict === "denied")).toHaveLength(attempts);
    expect(auditDifferences(enforced, await wholeAudit(stack, range))).toEqual([]);
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

  test.each([
    ["reject-icmp", "icmp", "communication administratively prohibited (ICMP 3/13)"],
    ["reject-reset", "rst", ""],
  ] as const)(
    "what a firewall answers and does not log (%s) is seen all the same",
    async (denial, source, reason) => {
      await stack.lab.denyWith(denial);
      await stack.resume();
      const open = await watchFor(12_000);
      await stack.quiesce();
      await stack.lab.denyWith("drop");
      // Each sign of a rejection waits for what may speak against it.
      await sleep(3000);
      await stack.settle();
      const rejected = stack
        .conversations()
        .filter(({ startedUs }) => startedUs / 1000 >= open.from)
        .filter(({ protocol, expect: expected }) => protocol === "tcp" && expected === "denied");
      expect(rejected.length).toBeGreaterThan(3);
      const span = { from: open.from - WINDOW_MS, to: Math.ceil(Date.now() / WINDOW_MS) * WINDOW_MS };
      const found = await allConnections(stack, span);
      const byTuple = new Map(found.map((connection) => [observedTuple(connection), connection]));
      const answer = await stack.api.get(dropsAnswerSchema, PATHS.drops, { ...span, source, limit: 1000 });
      const evidence = new Map(answer.drops.map((drop) => [drop.connection, drop.reason]));
      const said = rejected.map((conversation) => {
        const connection = byTuple.get(dialledTuple(conversation));
        return `${connection?.conformance}, ${evidence.get(connection?.id ?? "") ?? "no evidence"}`;
      });
      expect(count(said)).toEqual({ [`denied-observed, ${reason}`]: rejected.length });
      const denied = new Set(
        stack
          .conversations()
          .filter((each) => each.expect === "denied")
          .map(dialledTuple),
      );
      const wrong = answer.drops.filter(({ connection }) => {
        const of = found.find(({ id }) => id === connection);
        return of === undefined || !denied.has(observedTuple(of));
      });
      expect(wrong).toEqual([]);
    },
  );

  test("with enforcement switched off, what policy denies shows as unenforced within 15 seconds", async () => {
    const { id } = await stack.lab.addFault({ kind: "enforcement-off" });
    await stack.resume();
    const open = await watchFor(24_000);
    await stack.quiesce();
    await stack.lab.removeFault(id);
    await stack.settle();
    unenforced = stack.conversations().filter(({ startedUs }) => startedUs / 1000 >= open.from);
    const denied = unenforced.filter(({ expect: expected }) => expected === "denied");
    expect(denied.length).toBeGreaterThan(6);
    expect(late(unenforced, open, "unenforced", UNENFORCED_WITHIN_MS).slice(0, 12)).toEqual([]);
    const to = Math.ceil(Date.now() / WINDOW_MS) * WINDOW_MS;
    // What began before the last range's end lies in its last window.
    unenforcedConnections = await allConnections(stack, { from: range.to - WINDOW_MS, to });
    const byTuple = new Map(unenforcedConnections.map((each) => [observedTuple(each), each.conformance]));
    expect(count(denied.map((each) => byTuple.get(dialledTuple(each)) ?? "not seen"))).toEqual({
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
