import { createHash } from "node:crypto";
import {
  connectionDetailSchema,
  dnsAnswerSchema,
  edgeSeriesSchema,
  endpointsAnswerSchema,
  flowsAnswerSchema,
  mapAnswerSchema,
  PATHS,
  problemSchema,
  statusSchema,
  summarySchema,
} from "@hopline/api";
import { ADDED_HOP_COLUMNS, decodeBatch, encodeCompleteness, HOP_COLUMNS } from "@hopline/batch";
import { tableToIPC } from "apache-arrow";
import { beforeAll, describe, expect, it } from "vitest";
import { dnsBatch } from "./dns-batch-builder.js";
import { hopBatch } from "./hop-batch-builder.js";
import { type RunningCollector, runCollector } from "./running-collector.js";
import { EXPECTED_SUMMARY, shopBatches } from "./shop-traffic.js";

const WINDOW = Math.floor(Date.now() / 10_000) * 10 - 60;

describe("a collector over the embedded store", () => {
  let collector: RunningCollector;

  beforeAll(async () => {
    collector = await runCollector(["--name-wait", "1000"]);
    const answers = await Promise.all(shopBatches(WINDOW).map((batch) => collector.send(batch)));
    for (const answer of answers) {
      expect(await answer.json()).toEqual({ ack: 1, duplicate: false });
      expect(answer.status).toBe(200);
    }
  }, 60_000);

  it("counts each connection once in its summary", async () => {
    const summary = await collector.ask(summarySchema, PATHS.summary);
    expect(summary).toMatchObject(EXPECTED_SUMMARY);
    expect(summary.namedShare).toBe(1);
    expect(summary.hopRows).toBe(28);
  });

  it("draws an edge for each conversation, with the bytes of one hop", async () => {
    const map = await collector.ask(mapAnswerSchema, PATHS.map);
    const edges = map.edges.map(({ client, server, forwardBytes, replyBytes, connections }) => ({
      edge: `${client} > ${server}`,
      forwardBytes,
      replyBytes,
      connections,
    }));
    const counted = { forwardBytes: 1000, replyBytes: 1000, connections: 1 };
    expect(edges.sort((a, b) => (a.edge < b.edge ? -1 : 1))).toEqual(
      [
        "external:203.0.113.50 > workload:shop/Pod/api",
        "external:203.0.113.60 > node:node2",
        "workload:shop/Pod/client > external:198.51.100.9",
        "workload:shop/Pod/client > workload:shop/Pod/api",
        "workload:shop/Pod/client > workload:shop/Pod/web",
      ].map((edge) => ({ edge, ...counted })),
    );
  });

  it("lists connections with the Service that was dialled, in pages", async () => {
    const flows = await collector.ask(flowsAnswerSchema, `${PATHS.flows}?limit=3`);
    expect(flows.total).toBe(5);
    expect(flows.connections).toHaveLength(3);
    const rest = await collector.ask(flowsAnswerSchema, `${PATHS.flows}?limit=3&cursor=${flows.nextCursor}`);
    const all = [...flows.connections, ...rest.connections];
    expect(all.map(({ id, service }) => [id.slice(-2), service?.name ?? null]).sort()).toEqual([
      ["11", "web"],
      ["22", "api"],
      ["33", "api"],
      ["44", null],
      ["55", null],
    ]);
  });

  it("shows a connection's hops on both nodes", async () => {
    const detail = await collector.ask(connectionDetailSchema, `${PATHS.connections}/0000000000000022`);
    expect(detail.connection.scope).toBe("cross-node");
    const places = detail.hops.filter(({ isReply }) => !isReply).map(({ node, role }) => `${node} ${role}`);
    expect(places.sort()).toEqual(["node1 pod", "node1 uplink", "node2 pod", "node2 uplink"]);
  });

  it("answers a series for an edge and who has which address", async () => {
    const series = await collector.ask(edgeSeriesSchema, `${PATHS.edgeSeries}?server=workload:shop/Pod/api`);
    expect(series.points.reduce((sum, point) => sum + point.forwardBytes, 0)).toBe(2000);
    await expect
      .poll(
        async () => (await collector.ask(endpointsAnswerSchema, `${PATHS.endpoints}?q=api`)).endpoints.length,
        {
          timeout: 10_000,
        },
      )
      .toBeGreaterThan(0);
  });

  it("takes a repeated batch without counting it again", async () => {
    for (const batch of shopBatches(WINDOW)) {
      const answer = await collector.send(batch);
      expect(await answer.json()).toEqual({ ack: 1, duplicate: true });
    }
    expect(await collector.ask(summarySchema, PATHS.summary)).toMatchObject({
      ...EXPECTED_SUMMARY,
      hopRows: 28,
    });
  });

  it("tells what agents say of their captures", async () => {
    const batch = encodeCompleteness(
      { node: "node1", bootId: "00000000deadbeef", sequence: 2, agentVersion: "0.1.0" },
      {
        count: 1,
        window_start: Uint32Array.of(WINDOW),
        seen_frames: Float64Array.of(1000),
        counted_frames: Float64Array.of(990),
        uncounted: { values: ["arp=10"], indexes: Uint16Array.of(0) },
        dropped_frames: Float64Array.of(3),
        conntrack_lost: Float64Array.of(0),
        active_flows: Uint32Array.of(5),
        evicted_flows: Float64Array.of(0),
        interfaces: Uint32Array.of(4),
        sampling: Uint32Array.of(1),
        agent_flags: Uint8Array.of(1),
      },
    );
    expect((await collector.send(new Uint8Array(batch))).status).toBe(200);
    const summary = await collector.ask(summarySchema, PATHS.summary);
    expect(summary).toMatchObject({ captureDrops: 3, ringPackets: 1000 });
    const status = await collector.ask(statusSchema, PATHS.status);
    expect(status.agents.map(({ node }) => node)).toContain("node1");
    expect(status.store).toMatchObject({ kind: "embedded", state: "ready" });
    expect(status.ingest.batches).toBeGreaterThanOrEqual(3);
  });

  it("stores a row that nobody can name after its wait, and says so", async () => {
    const batch = hopBatch({ node: "node1", sequence: 3 }, [
      {
        connectionId: 0x99n,
        windowStart: WINDOW + 10,
        role: "pod",
        direction: 0,
        client: "10.244.1.5:40009",
        server: "10.244.2.200:1",
      },
    ]);
    const startedMs = Date.now();
    expect((await collector.send(batch)).status).toBe(200);
    expect(Date.now() - startedMs).toBeGreaterThanOrEqual(950);
    const status = await collector.ask(statusSchema, PATHS.status);
    expect(status.ingest).toMatchObject({ unnamed: 1, waiting: 0 });
    const later = hopBatch({ node: "node1", sequence: 4 }, [
      {
        connectionId: 0x9an,
        windowStart: WINDOW + 10,
        role: "pod",
        direction: 0,
        client: "10.244.1.5:40010",
        server: "10.244.2.200:1",
      },
    ]);
    expect((await collector.send(later)).status).toBe(200);
    const metrics = await (await collector.get(PATHS.metrics)).text();
    expect(metrics, "not waited for twice").toContain('hopline_naming_gave_up_total{what="address"} 1\n');
  });

  it("takes DNS questions, names who asked whom, and counts each once", async () => {
    const question = { role: "pod", direction: 0, client: "10.244.1.5", server: "10.96.0.20" } as const;
    const batch = dnsBatch({ node: "node1", sequence: 20 }, [
      { ...question, windowStart: WINDOW, name: "api.shop.svc.cluster.local", questions: 9, latencyUs: 700 },
      { ...question, windowStart: WINDOW, name: "gone.example", code: 255, questions: 2 },
      { ...question, windowStart: WINDOW, name: "gone.example", role: "uplink", direction: 1, code: 255 },
    ]);
    expect(await (await collector.send(batch)).json()).toEqual({ ack: 20, duplicate: false });
    expect(await (await collector.send(batch)).json()).toEqual({ ack: 20, duplicate: true });
    const answer = await collector.ask(dnsAnswerSchema, PATHS.dns);
    expect(answer).toMatchObject({ total: 2, questions: 11, failures: 2, unanswered: 2, latencyMeanUs: 700 });
    expect(answer.names.map(({ name, client, server }) => [name, client.name, server.name])).toEqual([
      ["gone.example", "client", "api"],
      ["api.shop.svc.cluster.local", "client", "api"],
    ]);
    const metrics = await (await collector.get(PATHS.metrics)).text();
    expect(metrics).toContain('hopline_ingest_batches_total{kind="dns"} 1\n');
    expect(metrics).toContain('hopline_ingest_rows_total{kind="dns"} 3\n');
  });

  it("takes a batch that an agent of the first version left on its disk", async () => {
    const connectionId = 0xabn;
    const { table } = decodeBatch(
      hopBatch({ node: "node1", sequence: 21 }, [
        {
          ...{ connectionId, windowStart: WINDOW, role: "pod", direction: 0 },
          ...{ client: "10.244.1.5:40021", server: "10.244.1.6:80" },
        },
      ]),
    );
    const columns = Object.keys(HOP_COLUMNS).filter((name) => !ADDED_HOP_COLUMNS.has(name));
    expect(columns).toHaveLength(42);
    const stream = tableToIPC(table.select(columns), "stream");
    const old = Buffer.concat([stream, createHash("sha256").update(stream).digest()]);
    expect(await (await collector.send(new Uint8Array(old))).json()).toEqual({ ack: 21, duplicate: false });
    const { hops } = await collector.ask(connectionDetailSchema, `${PATHS.connections}/00000000000000ab`);
    expect(hops).toMatchObject([
      { packets: 1, outOfOrderBytes: 0, windowScale: null, icmpError: null, encapsulation: "none" },
    ]);
  });

  describe("what is wrong gets a problem of one sentence", () => {
    const problemOf = async (response: Response) => {
      expect(response.headers.get("content-type")).toContain("application/problem+json");
      return problemSchema.parse(await response.json());
    };

    it("a path that does not exist", async () => {
      const problem = await problemOf(await collector.get("/api/v1/nothing"));
      expect(problem).toMatchObject({ code: "NOT_FOUND", status: 404 });
      expect(problem.title).toBe("There is nothing at GET /api/v1/nothing.");
    });

    it.each([
      [`${PATHS.flows}?limit=0`, "limit"],
      [`${PATHS.map}?from=yesterday`, "from"],
      [`${PATHS.flows}?entity=web`, "entity"],
      [`${PATHS.flows}?protocol=tpc`, "protocol"],
      [`${PATHS.connections}/xyz`, "id"],
      [`${PATHS.dns}?sort=best`, "sort"],
    ])("a parameter that does not fit: %s", async (path, parameter) => {
      const problem = await problemOf(await collector.get(path));
      expect(problem).toMatchObject({ code: "QUERY_INVALID", status: 400 });
      expect(problem.title).toContain(`"${parameter}"`);
      expect(problem.title).not.toMatch(/\n| at .*\.js/);
    });

    it("a connection that is not there", async () => {
      const problem = await problemOf(await collector.get(`${PATHS.connections}/00000000000000ff`));
      expect(problem).toMatchObject({ code: "NOT_FOUND", status: 404 });
    });

    it.each([
      ["nothing at all", new Uint8Array(0)],
      ["no Arrow", new TextEncoder().encode("hello")],
      ["a batch cut short", new Uint8Array(shopBatches(WINDOW, 50)[0]!.subarray(0, 900))],
      ["a window in the far future", hopBatchAt(4_000_000_000)],
      ["a window that is none", hopBatchAt(WINDOW + 3)],
    ])("a batch that is %s", async (_, bytes) => {
      const problem = await problemOf(await collector.send(bytes));
      expect(problem.status).toBe(400);
      expect(problem.code).toMatch(/^BATCH_(INVALID|DAMAGED)$/);
    });

    it("a body of another type, and one that is too large", async () => {
      const wrongType = await collector.send(new Uint8Array(8), { "content-type": "text/plain" });
      expect(await problemOf(wrongType)).toMatchObject({ status: 415, code: "CONTENT_TYPE_UNSUPPORTED" });
      const tooLarge = await collector.send(new Uint8Array(33 * 1024 * 1024));
      expect(await problemOf(tooLarge)).toMatchObject({ status: 413, code: "BODY_TOO_LARGE" });
    });
  });

  it("describes itself, says that it is ready, and counts", async () => {
    const document = (await (await collector.get(PATHS.openapi)).json()) as {
      paths: Record<string, unknown>;
    };
    for (const path of [PATHS.map, PATHS.flows, PATHS.flowStream, PATHS.dns, PATHS.summary, PATHS.ingest])
      expect(Object.keys(document.paths)).toContain(path);
    expect((await collector.get(PATHS.health)).status).toBe(200);
    expect(await (await collector.get(PATHS.ready)).json()).toEqual({ ready: true, waitingFor: [] });
    const metrics = await (await collector.get(PATHS.metrics)).text();
    expect(metrics).toMatch(/hopline_ingest_batches_total\{kind="hops"\} \d/);
    expect(metrics).toMatch(/hopline_ingest_duplicates_total 3/);
    expect(metrics).toMatch(/hopline_store_seconds_count\{operation="insert_hops",result="ok"\} \d/);
  });
});

function hopBatchAt(windowStart: number): Uint8Array<ArrayBuffer> {
  return hopBatch({ node: "node1", sequence: 60 }, [
    {
      connectionId: 1n,
      windowStart,
      role: "pod",
      direction: 0,
      client: "10.244.1.5:1",
      server: "10.244.1.6:1",
    },
  ]);
}
