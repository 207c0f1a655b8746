import {
  connectionPathSchema,
  dropsAnswerSchema,
  flowsAnswerSchema,
  PATHS,
  problemSchema,
} from "@hopline/api";
import { beforeAll, describe, expect, it } from "vitest";
import { type DropRow, dropBatch } from "./drop-batch-builder.js";
import { type HopRow, hopBatch } from "./hop-batch-builder.js";
import { type RunningCollector, runCollector } from "./running-collector.js";
import { shop } from "./shop-cluster.js";

/** Two minutes ago: settled. */
const WINDOW = Math.floor(Date.now() / 10_000) * 10 - 120;
const { node1, node2, pods, namespace } = shop();
const PREFIX = `hopline-deny:in:${namespace}/api-ingress`;

const CONNECTION = {
  connectionId: 0xd1n,
  client: `${pods}.1.5:40001`,
  server: `${pods}.2.7:8080`,
} as const;
const DROPPED: DropRow = { ...CONNECTION, droppedAt: WINDOW + 5.25, prefix: PREFIX };

const hop = (role: "pod" | "uplink", direction: 0 | 1): HopRow => ({
  ...CONNECTION,
  windowStart: WINDOW,
  role,
  direction,
  interfaceIndex: role === "pod" ? 1 : 2,
  packets: 2,
  bytes: 120,
  synPackets: 2,
  firstSeenUs: (WINDOW + 5) * 1e6,
});

describe("what rules drop", () => {
  let collector: RunningCollector;
  const send = (sequence: number, rows: readonly DropRow[]) =>
    collector.send(dropBatch({ node: node2, sequence }, rows));

  beforeAll(async () => {
    collector = await runCollector(["--name-wait", "500"]);
    await collector.send(hopBatch({ node: node1, sequence: 1 }, [hop("pod", 0), hop("uplink", 1)]));
    await collector.send(hopBatch({ node: node2, sequence: 1 }, [hop("uplink", 0)]));
    const others = { connectionId: 0xd2n, client: `${pods}.1.5:40002`, server: `${pods}.2.7:9090` };
    expect(
      (
        await send(2, [
          DROPPED,
          { ...DROPPED, droppedAt: WINDOW + 6.25 },
          // Logged, and not dropped: what Calico allowed, and what nobody can tell.
          { ...others, droppedAt: WINDOW + 5, group: 1, prefix: `API0|knp/${namespace}/api-ingress` },
          { ...others, droppedAt: WINDOW + 5, prefix: "looked at: " },
          {
            ...{ connectionId: 0n, protocol: 0, client: "", server: "" },
            ...{ droppedAt: WINDOW + 9, source: "kernel", group: 0, reason: "NO_SOCKET", packets: 12 },
          },
        ])
      ).status,
    ).toBe(200);
  }, 60_000);

  it("is asked for with its ends, its policy and who enforces it", async () => {
    const answer = await collector.ask(dropsAnswerSchema, PATHS.drops);
    expect(answer).toMatchObject({ total: 3, packets: 14, connections: 1 });
    expect(answer.drops.map(({ source }) => source)).toEqual(["kernel", "nflog", "nflog"]);
    expect(answer.drops[0]).toMatchObject({
      enforcer: null,
      connection: null,
      client: null,
      reason: "NO_SOCKET",
    });
    expect(answer.drops[2]).toMatchObject({
      droppedAt: (WINDOW + 5.25) * 1000,
      node: node2,
      enforcer: "hopline-lab",
      policy: { kind: "NetworkPolicy", namespace, name: "api-ingress", direction: "ingress" },
      connection: "00000000000000d1",
      client: { entity: { kind: "workload", name: "client" }, node: node1 },
      server: { entity: { kind: "workload", name: "api" }, node: node2 },
    });
  });

  it("makes its connection a dropped one, and no other", async () => {
    const { connections } = await collector.ask(flowsAnswerSchema, PATHS.flows);
    expect(connections.map(({ id, outcome }) => [id, outcome])).toEqual([["00000000000000d1", "dropped"]]);
  });

  it("is what the connection's path breaks by", async () => {
    const { broken } = await collector.ask(connectionPathSchema, `${PATHS.path}/00000000000000d1`);
    expect(broken?.evidence[0]).toEqual({
      code: "rule-drop",
      text: `Rule "NetworkPolicy ${namespace}/api-ingress, ingress" on ${node2} dropped 2 packets: change the rule, or the policy that made it.`,
    });
    expect(broken?.sentence).toContain("dropped 2 packets");
  });

  it("is counted where it is none", async () => {
    const metrics = await (await collector.get(PATHS.metrics)).text();
    expect(metrics).toMatch(/^hopline_ingest_logged_not_dropped_rows_total 2$/m);
  });

  it("is taken once, and refused where it can't be true", async () => {
    expect(await (await send(2, [DROPPED])).json()).toMatchObject({ duplicate: true });
    for (const [row, message] of [
      [{ ...DROPPED, source: "rumour" }, /"source", row 0: it is none of nflog/],
      [{ ...DROPPED, droppedAt: 1 }, /a window lies before 2000/],
    ] as const) {
      const response = await send(9, [row]);
      expect(response.status).toBe(400);
      expect(problemSchema.parse(await response.json()).title).toMatch(message);
    }
  });
});
