import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type AuditRow, auditQuerySchema, auditScopeSchema, type VerdictRecord } from "@hopline/api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { Database } from "../src/database.js";
import { KEEP_EVERYTHING } from "../src/retention.js";
import { openStore, type Store } from "../src/store.js";
import { temporaryDirectory } from "./embedded-store.js";
import {
  completenessRow,
  dropRow,
  encodeStoredCompleteness,
  encodeStoredDrops,
  encodeStoredHops,
  hop,
  type StoredHop,
  T0,
} from "./stored-rows.js";

const NOW_MS = (T0 + 120) * 1000;
const RANGE = { from: T0 * 1000, to: (T0 + 60) * 1000 };

const policy = (name: string, version: string) => ({
  kind: "NetworkPolicy" as const,
  ...{ namespace: "shop", name, version },
});
const record = (doubt: string | null, ingress: VerdictRecord["ingress"]) => ({
  verdict: doubt !== null ? "undetermined" : ingress.verdict,
  verdict_reason: JSON.stringify({
    doubt,
    egress: { verdict: "allowed", by: "no-policy", policies: [] },
    ingress,
  } satisfies VerdictRecord),
});
const ALLOWED = record(null, { verdict: "allowed", by: "rule", policies: [policy("api-only", "0a1b2c3d")] });
const DENIED = record(null, {
  verdict: "denied",
  by: "default-deny",
  // Two rules of one policy name it twice; a connection counts once under it.
  policies: [policy("default-deny", "11111111"), policy("default-deny", "11111111"), policy("z-last", "")],
});
const DENIED_LATER = record(null, {
  verdict: "denied",
  by: "default-deny",
  policies: [policy("default-deny", "22222222")],
});
const CHANGING = record("policy-changing", { verdict: "undetermined", by: "doubt", policies: [] });
const UNWATCHED = { verdict: "undetermined", verdict_reason: 'the watch said "no", \\ and; so on' };

const SYN = { payload_bytes: 0, payload_packets: 0, packets: 1, syn_packets: 1 };
const SYN_ACK = { is_reply: 1, direction: 1, ...SYN, syn_packets: 0, syn_ack_packets: 1 };

let next = 1n;
/** So many connections, each with a port of its own; those of one call alike. */
function connections(howMany: number, over: Partial<StoredHop>, isAnswered: boolean): StoredHop[] {
  return Array.from({ length: howMany }, () => {
    const id = next++;
    const each = { connection_id: id, client_port: 20_000 + Number(id), ...over };
    const again = { ...each, window_start: (over.window_start ?? T0) + 20 };
    const sent = [hop({ ...SYN, ...each }), hop({ ...SYN, ...again })];
    return isAnswered ? [...sent, hop({ ...SYN_ACK, ...each })] : sent;
  }).flat();
}

const TO_DB = { server_workload: "db", server_pod: "db-0", server_port: 5432 };
const BY_SERVICE = { service_namespace: "shop", service_name: "api", translation: "dnat" };
const FROM_OUTSIDE = {
  ...{ client_kind: "external", client_namespace: "", client_workload_kind: "" },
  ...{ client_workload: "203.0.113.7", client_pod: "", client_node: "" },
};

const allowed = connections(2000, ALLOWED, true);
const viaService = connections(5, { ...ALLOWED, ...BY_SERVICE }, true);
const undelivered = connections(2, { ...ALLOWED, server_node: "node9" }, false);
const observed = connections(7, { ...DENIED, ...TO_DB, server_node: "node9" }, false);
const inferred = connections(4, { ...DENIED_LATER, ...TO_DB }, false);
const unenforced = connections(3, { ...DENIED, ...TO_DB }, true);
const changing = connections(6, { ...CHANGING, ...TO_DB }, true);
const unwatched = connections(1, { ...UNWATCHED, ...TO_DB }, true);
const outside = connections(1, { ...ALLOWED, ...FROM_OUTSIDE, protocol: 17 }, true);
const tooEarly = connections(9, { ...ALLOWED, window_start: T0 - 40 }, true);

const dropsOf = (hops: readonly StoredHop[]) =>
  hops
    .filter((row) => row.window_start === T0)
    .flatMap(({ connection_id, client_port }, index) => [
      dropRow({ connection_id, client_port, ...TO_DB, packets: 2 }),
      ...(index === 0
        ? [
            dropRow({
              connection_id,
              client_port,
              ...TO_DB,
              node: "node2",
              prefix: "",
              reason: "NETFILTER_DROP",
              source: "kernel",
            }),
          ]
        : []),
    ]);

const WINDOWS = [0, 10, 20, 30, 40, 50];
const completeness = [
  ...WINDOWS.map((at) => completenessRow({ window_start: T0 + at })),
  // The second node misses one window; in two others it lost something, in one of them in two ways.
  completenessRow({ node: "node2", window_start: T0 }),
  completenessRow({ node: "node2", window_start: T0 + 10, dropped_frames: 12, sampling: 4 }),
  completenessRow({ node: "node2", window_start: T0 + 20, evicted_flows: 3, agent_flags: 1 }),
  completenessRow({ node: "node2", window_start: T0 + 30 }),
  completenessRow({ node: "node2", window_start: T0 + 40, agent_flags: 4 | 8, conntrack_lost: 2 }),
];

let store: Store;
let dataDir: string;
beforeAll(async () => {
  dataDir = await temporaryDirectory();
  store = openStore({ kind: "embedded", dataDir, retention: KEEP_EVERYTHING, now: () => NOW_MS });
  await store.start();
  await store.insertCompleteness(encodeStoredCompleteness(completeness), "c/1");
  const hops = [
    ...[allowed, viaService, undelivered, observed, inferred, unenforced, changing, unwatched, outside],
    tooEarly,
  ].flat();
  await store.insertHops(encodeStoredHops(hops), "h/1");
  await store.insertHops(encodeStoredHops(hops), "h/1");
  await store.insertDrops(encodeStoredDrops(dropsOf(observed)), "d/1");
  const node = (name: string, fromMs: number) => ({
    address: `192.168.50.${name.slice(-1)}`,
    entity: { kind: "node" as const, namespace: "", workloadKind: "", name },
    ...{ pod: "", node: name, fromMs, toMs: null },
  });
  await store.insertEndpoints([
    node("node1", RANGE.from - 1),
    node("node2", RANGE.from - 1),
    node("node3", RANGE.from + 41_000),
  ]);
}, 60_000);
afterAll(() => store.stop());

const ask = (query: Record<string, unknown> = {}) =>
  store.audit(auditQuerySchema.parse({ ...RANGE, ...query }));
const brief = ({ client, server, service, protocol, port, connections }: AuditRow) =>
  `${client.name} > ${server.name}${service === null ? "" : ` by ${service.name}`} ${protocol}/${port}: ${connections}`;

describe("an audit", () => {
  it("counts every connection exactly once, under the word that fits it", async () => {
    const { rows, total, totals, range } = await ask();
    expect(range).toEqual(RANGE);
    expect(total).toBe(4);
    expect(totals).toEqual({
      ...{ connections: 2029, allowed: 2006, deniedObserved: 7, deniedInferred: 4 },
      ...{ unenforced: 3, undelivered: 2, undetermined: 7 },
    });
    expect(rows.map(brief)).toEqual([
      "web > db tcp/5432: 21",
      "web > api tcp/8080: 2002",
      "web > api by api tcp/8080: 5",
      "203.0.113.7 > api udp/8080: 1",
    ]);
    expect(rows[0]).toEqual({
      client: { kind: "workload", namespace: "shop", workloadKind: "Deployment", name: "web" },
      server: { kind: "workload", namespace: "shop", workloadKind: "Deployment", name: "db" },
      service: null,
      protocol: "tcp",
      protocolNumber: 6,
      port: 5432,
      ...{ connections: 21, allowed: 0, deniedObserved: 7, deniedInferred: 4 },
      ...{ unenforced: 3, undelivered: 0, undetermined: 7 },
      reasons: [
        { reason: "policy-changing", connections: 6 },
        { reason: 'the watch said "no", \\ and; so on', connections: 1 },
      ],
      policies: [
        ["default-deny", "11111111", 10],
        ["z-last", "", 10],
        ["default-deny", "22222222", 4],
      ].map(([name, version, connections]) => ({
        ...{ direction: "ingress", verdict: "denied", kind: "NetworkPolicy", namespace: "shop" },
        ...{ name, version, connections },
      })),
      firstSeen: T0 * 1000 + 1000,
      lastSeen: (T0 + 20) * 1000 + 2000,
      evidence: {
        ...{ drops: 8, packets: 15, nodes: ["node1", "node2"] },
        by: ["hopline-deny:eg:shop/web-egress+0", "kernel: NETFILTER_DROP"],
      },
    });
  });

  it("takes the filters of the other pages, a pod, an order and pages", async () => {
    const briefs = async (query: Record<string, unknown>) => (await ask(query)).rows.map(brief);
    expect(await briefs({ conformance: "unenforced,undelivered" })).toEqual([
      "web > db tcp/5432: 3",
      "web > api tcp/8080: 2",
    ]);
    expect(await briefs({ verdict: "denied", pod: "shop/db-0" })).toEqual(["web > db tcp/5432: 14"]);
    expect(await briefs({ port: 8080, protocol: "udp" })).toEqual(["203.0.113.7 > api udp/8080: 1"]);
    expect(await briefs({ sort: "connections", limit: 2, offset: 2 })).toEqual([
      "web > api by api tcp/8080: 5",
      "203.0.113.7 > api udp/8080: 1",
    ]);
  });

  it("says of each node which windows lack, and why", async () => {
    const record = await store.auditRecord(RANGE);
    expect(record).toMatchObject({
      ...{ range: RANGE, openFromMs: null, recordFromMs: RANGE.from, keptFromMs: RANGE.from - 40_000 },
      ...{ retentionFromMs: null, framesBeforeKept: 0, knowsNodes: true },
    });
    const whole = {
      ...{ missing: 0, sampled: 0, interrupted: 0, lostBatches: 0, lateInterfaces: 0 },
      ...{ dropped: 0, droppedFrames: 0 },
      ...{ evicted: 0, evictedFlows: 0, conntrackLost: 0 },
    };
    const byNode = Object.fromEntries(record.nodes.map((node) => [node.node, node]));
    expect(byNode.node1).toEqual({ node: "node1", heard: true, expected: 6, complete: 6, ...whole });
    expect(byNode.node2).toEqual({
      ...{ node: "node2", heard: true, expected: 6, complete: 2, missing: 1, sampled: 1, interrupted: 1 },
      ...{ lostBatches: 1, lateInterfaces: 1, dropped: 1, droppedFrames: 12 },
      ...{ evicted: 1, evictedFlows: 3, conntrackLost: 1 },
    });
    // It joined in the middle of a window, one before the last.
    expect(byNode.node3).toEqual({
      node: "node3",
      heard: false,
      expected: 1,
      complete: 0,
      ...whole,
      missing: 1,
    });
  });

  it("says which part of a range is still open", async () => {
    const record = await store.auditRecord({ from: RANGE.from, to: NOW_MS });
    expect(record.openFromMs).toBe((T0 + 90) * 1000);
  });
});

const fileRowSchema = z.record(z.string(), z.union([z.string(), z.number()]));

/** The view's row as a file should have it. */
function flat(row: AuditRow) {
  const { client, server, service, evidence } = row;
  const end = (name: string, entity: AuditRow["client"]) => ({
    [`${name}_kind`]: entity.kind,
    [`${name}_namespace`]: entity.namespace,
    [`${name}_workload_kind`]: entity.workloadKind,
    [`${name}_workload`]: entity.name,
  });
  return {
    ...end("client", client),
    ...end("server", server),
    service_namespace: service?.namespace ?? "",
    service_name: service?.name ?? "",
    protocol: row.protocol,
    protocol_number: row.protocolNumber,
    port: row.port,
    connections: row.connections,
    allowed: row.allowed,
    denied_observed: row.deniedObserved,
    denied_inferred: row.deniedInferred,
    unenforced: row.unenforced,
    undelivered: row.undelivered,
    undetermined: row.undetermined,
    undetermined_reasons: row.reasons
      .map(({ reason, connections }) => `${reason} (${connections})`)
      .join("; "),
    policies: row.policies
      .map(
        ({ direction, verdict, kind, namespace, name, version, connections }) =>
          `${direction} ${verdict}: ${kind} ${namespace}/${name}${version === "" ? "" : `@${version}`} (${connections})`,
      )
      .join("; "),
    first_seen: new Date(row.firstSeen).toISOString(),
    last_seen: new Date(row.lastSeen).toISOString(),
    drop_evidence: evidence.drops,
    dropped_packets: evidence.packets,
    drop_nodes: evidence.nodes.join("; "),
    drop_by: evidence.by.join("; "),
  };
}

describe.each([
  {
    name: "a filtered view",
    scope: { conformance: "denied-observed,undetermined,allowed", namespace: "shop", sort: "name" },
  },
  { name: "nothing", scope: { namespace: "other" } },
])("an export of $name", ({ scope }) => {
  it("is the view, in each format", async () => {
    const view = (await ask({ ...scope, limit: 1000 })).rows.map(flat);
    const files = await store.withAuditSnapshot(
      auditScopeSchema.parse({ ...RANGE, ...scope }),
      async (snapshot) => {
        expect(snapshot.total).toBe(view.length);
        expect((await snapshot.rows(1000)).map(flat)).toEqual(view);
        return {
          jsonl: await snapshot.file("jsonl"),
          csv: await snapshot.file("csv"),
          parquet: await snapshot.file("parquet"),
        };
      },
    );
    const lines = Buffer.from(files.jsonl).toString().split("\n").slice(0, -1);
    expect(lines.map((line) => JSON.parse(line))).toEqual(view);
    // Of a header alone the engine makes no table.
    if (view.length > 0) expect(await readBack("csv", files.csv)).toEqual(view);
    else expect(Buffer.from(files.csv).toString()).toMatch(/^"client_kind",[^\n]*"drop_by"\n$/);
    expect(await readBack("parquet", files.parquet)).toEqual(view);
  });
});

/** Through the engine's own reader: what it infers of the file, nothing of ours. */
async function readBack(format: "csv" | "parquet", bytes: Uint8Array) {
  const path = join(dataDir, `read-back.${format}`);
  await writeFile(path, bytes);
  const database = new Database({ kind: "embedded", dataDir });
  await database.open();
  try {
    return await database.query(
      "a file read back",
      fileRowSchema,
      `SELECT * FROM file('${path}', '${format === "csv" ? "CSVWithNames" : "Parquet"}')
SETTINGS date_time_output_format = 'iso', session_timezone = 'UTC', output_format_json_quote_64bit_integers = 0,
  schema_inference_make_columns_nullable = 0, input_format_try_infer_datetimes = 0`,
    );
  } finally {
    await database.close();
  }
}

it("keeps who looked at what, the latest first", async () => {
  const entry = (at: number, rows: number) => ({
    ...{ at, actor: "ada's token", address: "10.0.0.9", action: "export" as const },
    ...{
      target: "/api/v1/audit/export",
      query: "format=tar&namespace=shop",
      rows,
      bytes: 7,
      detail: "sha256 ab",
    },
  });
  for (const at of [1, 3, 2]) await store.insertAuditEntry(entry(NOW_MS - 1000 + at, at));
  const answer = await store.auditLog({ limit: 2, offset: 0 });
  expect(answer.total).toBe(3);
  expect(answer.entries).toEqual([entry(NOW_MS - 997, 3), entry(NOW_MS - 998, 2)]);
  expect(
    (await store.auditLog({ from: NOW_MS - 998, to: NOW_MS - 997, limit: 9, offset: 0 })).entries,
  ).toEqual([entry(NOW_MS - 998, 2)]);
});
