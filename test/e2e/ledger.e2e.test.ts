import { setTimeout as sleep } from "node:timers/promises";
import {
  type Connection,
  connectionDetailSchema,
  entityId,
  flowsAnswerSchema,
  mapAnswerSchema,
  PATHS,
  summarySchema,
} from "@hopline/api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { type Conversation, Stack } from "./stack.js";

/** What the lab says of an address that has passed on; pods as `namespace/name`. */
const handoverSchema = z.object({ address: z.string(), previousPod: z.string(), nextPod: z.string() });

const WINDOW_MS = 10_000;
const isRoot = process.getuid?.() === 0;

/** `protocol client:port > dialled address:port`: what the client itself knows of its connection. */
function dialledTuple(conversation: Conversation): string {
  const { protocol, localAddress, localPort, remoteAddress, remotePort } = conversation;
  return `${protocol} ${localAddress}:${localPort} > ${remoteAddress}:${remotePort}`;
}

function observedTuple({ protocol, client, server, service }: Connection): string {
  const dialled = service ?? server;
  return `${protocol} ${client.address}:${client.port} > ${dialled.address}:${dialled.port}`;
}

/** `namespace/workload`, the host outside by its address. */
function initiator(conversation: Conversation): string {
  return conversation.workloadKind === "External"
    ? `external:${conversation.localAddress}`
    : `workload:${conversation.namespace}/${conversation.workloadKind}/${conversation.workload}`;
}

describe.skipIf(!isRoot)(
  "what the workloads say against what Hopline saw (needs root: a cluster in the kernel)",
  () => {
    const stack = new Stack({ name: `e2e${process.pid}` });
    let conversations: Conversation[] = [];
    let connections: Connection[] = [];
    let range = { from: 0, to: 0 };
    let handover = { address: "", previousPod: "", nextPod: "" };

    beforeAll(async () => {
      await stack.start();
      // Everything that began before the agents has to end first, or half of it would be seen.
      await stack.quiesce();
      const from = await stack.nextWindow();
      await stack.resume();
      // An address passes to another workload's pod meanwhile, and the collector is killed: neither must show.
      await sleep(5000);
      handover = handoverSchema.parse(await stack.restartPod());
      await sleep(8000);
      await stack.killCollector();
      await sleep(2000);
      stack.startCollector();
      await sleep(10_000);
      await stack.quiesce();
      await stack.settle();
      range = { from, to: Math.ceil(Date.now() / WINDOW_MS) * WINDOW_MS };
      conversations = stack.conversations().filter((conversation) => conversation.startedUs / 1000 >= from);
      connections = await allConnections(stack, range);
    });

    afterAll(() => stack.stop());

    test("nothing ended that should run", () => {
      expect(stack.lost).toEqual([]);
    });

    test("there is traffic of every kind", async () => {
      const summary = await stack.api.get(summarySchema, PATHS.summary, range);
      for (const key of ["sameNode", "crossNode", "viaService", "external"] as const)
        expect(summary[key]).toBeGreaterThan(0);
      expect(summary.namedShare).toBe(1);
      expect(summary.captureDrops).toBe(0);
      expect(conversations.length).toBeGreaterThan(100);
    });

    test("every conversation that a workload began appears once, with the right two ends and Service", () => {
      const seen = new Map<string, Connection[]>();
      for (const connection of connections) {
        const tuple = observedTuple(connection);
        seen.set(tuple, [...(seen.get(tuple) ?? []), connection]);
      }
      const wrong: string[] = [];
      for (const conversation of conversations) {
        const tuple = dialledTuple(conversation);
        const found = seen.get(tuple) ?? [];
        if (found.length !== 1) {
          wrong.push(
            `${tuple} (${conversation.id} > ${conversation.target.name}): ${found.length} connections`,
          );
          continue;
        }
        const [connection] = found as [Connection];
        if (entityId(connection.client.entity) !== initiator(conversation)) {
          wrong.push(
            `${tuple}: client ${entityId(connection.client.entity)}, not ${initiator(conversation)}`,
          );
        }
        if (conversation.target.kind === "Service") {
          const service = `${connection.service?.namespace}/${connection.service?.name}`;
          const wanted = `${conversation.target.namespace}/${conversation.target.name}`;
          if (conversation.expect === "allowed" && service !== wanted)
            wrong.push(`${tuple}: service ${service}, not ${wanted}`);
        }
        if (conversation.servedBy !== undefined) {
          const server = `${connection.server.entity.namespace}/${connection.server.pod}`;
          if (server !== conversation.servedBy)
            wrong.push(`${tuple}: server ${server}, not ${conversation.servedBy}`);
        }
      }
      expect(wrong.slice(0, 12)).toEqual([]);
    });

    test("an address that passed to another workload's pod names both pods, each in its time", () => {
      const lastSeen = new Map<string, number>();
      const firstSeen = new Map<string, number>();
      for (const { client, server, firstSeen: from, lastSeen: to } of connections) {
        for (const end of [client, server]) {
          if (end.address !== handover.address) continue;
          const pod = `${end.entity.namespace}/${end.pod}`;
          lastSeen.set(pod, Math.max(lastSeen.get(pod) ?? 0, to));
          firstSeen.set(pod, Math.min(firstSeen.get(pod) ?? Infinity, from));
        }
      }
      expect([...lastSeen.keys()].sort()).toEqual([handover.previousPod, handover.nextPod].sort());
      expect(lastSeen.get(handover.previousPod)).toBeLessThan(firstSeen.get(handover.nextPod)!);
    });

    test("payload bytes equal what the workloads counted themselves, to the byte", async () => {
      const seen = new Map(connections.map((connection) => [observedTuple(connection), connection]));
      const wrong: string[] = [];
      let compared = 0;
      for (const conversation of conversations) {
        if (conversation.outcome !== "ok") continue;
        const connection = seen.get(dialledTuple(conversation));
        if (connection === undefined) continue;
        compared++;
        const sent = connection.forward.payloadBytes - connection.forward.retransmittedBytes;
        const received = connection.reply.payloadBytes - connection.reply.retransmittedBytes;
        if (sent !== conversation.sentBytes || received !== conversation.receivedBytes) {
          wrong.push(
            `${dialledTuple(conversation)} (${conversation.id}): ${sent}/${received} seen, ${conversation.sentBytes}/${conversation.receivedBytes} said; ${await ledgerOf(stack, connection, range)}`,
          );
        }
      }
      expect(wrong.slice(0, 12)).toEqual([]);
      expect(compared).toBeGreaterThan(100);
    });

    test("the map's edges add up to what the workloads counted", async () => {
      const map = await stack.api.get(mapAnswerSchema, PATHS.map, {
        ...range,
        maxNodes: 1000,
        maxEdges: 5000,
      });
      const said = new Map<string, { sent: number; received: number }>();
      const byTuple = new Map(connections.map((connection) => [observedTuple(connection), connection]));
      for (const conversation of conversations) {
        if (conversation.outcome !== "ok") continue;
        const connection = byTuple.get(dialledTuple(conversation));
        if (connection === undefined) continue;
        const edge = `${initiator(conversation)}>${entityId(connection.server.entity)}`;
        const sum = said.get(edge) ?? { sent: 0, received: 0 };
        sum.sent += conversation.sentBytes;
        sum.received += conversation.receivedBytes;
        said.set(edge, sum);
      }
      const wrong: string[] = [];
      for (const [id, sum] of said) {
        const edge = map.edges.find((candidate) => candidate.id === id);
        if (edge === undefined) wrong.push(`${id} is not on the map`);
        else if (
          edge.retransmittedBytes === 0 &&
          (edge.forwardPayloadBytes < sum.sent || edge.replyPayloadBytes < sum.received)
        ) {
          wrong.push(
            `${id}: ${edge.forwardPayloadBytes}/${edge.replyPayloadBytes} on the map, ${sum.sent}/${sum.received} said`,
          );
        }
      }
      expect(wrong.slice(0, 12)).toEqual([]);
      expect(said.size).toBeGreaterThan(10);
    });

    test("what policy denies is seen, as dropped", () => {
      const denied = conversations.filter((conversation) => conversation.expect === "denied");
      expect(denied.length).toBeGreaterThan(0);
      const byTuple = new Map(connections.map((connection) => [observedTuple(connection), connection]));
      for (const conversation of denied) {
        expect(conversation.outcome).not.toBe("ok");
        const connection = byTuple.get(dialledTuple(conversation));
        const { outcome, conformance } = connection ?? {};
        expect({ outcome, conformance }, dialledTuple(conversation)).toEqual({
          outcome: "dropped",
          conformance: "denied-observed",
        });
      }
    });
  },
);

/** What each hop counted, for a message. */
async function ledgerOf(
  stack: Stack,
  { id }: Connection,
  range: { from: number; to: number },
): Promise<string> {
  const { hops } = await stack.api.get(connectionDetailSchema, `${PATHS.connections}/${id}`, range);
  return hops
    .map(
      (hop) =>
        `${hop.node} ${hop.role} ${hop.direction} ${hop.isReply ? "reply" : "forward"} ${hop.payloadBytes}`,
    )
    .join(", ");
}

async function allConnections(stack: Stack, range: { from: number; to: number }): Promise<Connection[]> {
  const rows: Connection[] = [];
  let cursor: string | undefined;
  do {
    const page = await stack.api.get(flowsAnswerSchema, PATHS.flows, { ...range, limit: 1000, cursor });
    rows.push(...page.connections);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return rows;
}
