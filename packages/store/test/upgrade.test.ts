import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { z } from "zod";
import { Database } from "../src/database.js";
import { MIGRATIONS } from "../src/migrations/index.js";
import { KEEP_EVERYTHING } from "../src/retention.js";
import { openStore } from "../src/store.js";
import { temporaryDirectory } from "./embedded-store.js";
import { dropRow, encodeStoredDrops, encodeStoredHops, hop, T0 } from "./stored-rows.js";

const dataDir = await temporaryDirectory();
const options = {
  kind: "embedded",
  dataDir,
  retention: KEEP_EVERYTHING,
  now: () => (T0 + 60) * 1000,
} as const;
const RANGE = { from: T0 * 1000, to: (T0 + 60) * 1000 };
const ID = "0000000000000001";

const fixture = (name: string) => readFileSync(new URL(`./fixture/${name}.sql`, import.meta.url), "utf8");
/** The views' bodies as migrations 2 and 8 made them while they were the last that did. */
const CONNECTIONS_OF_2 = fixture("connections-view-of-migration-2");
const CONNECTIONS_OF_8 = fixture("connections-view-of-migration-8");
const EDGES_OF_8 = fixture("edges-view-of-migration-8");

/** A data directory as a release with so many migrations left it, its views on `hops` and `connections` beside. */
async function makeOldStore(dataDir: string, migrations: number, views: Readonly<Record<string, string>>) {
  const database = new Database({ kind: "embedded", dataDir });
  await database.open();
  await database.command(
    "the ledger",
    `CREATE TABLE schema_migrations (number UInt32, name String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3))
ENGINE = ReplacingMergeTree(applied_at) ORDER BY number`,
  );
  for (const { number, name, statements } of MIGRATIONS.slice(0, migrations)) {
    for (const statement of statements) await database.command(`migration ${number}`, statement);
    await database.insertRows("schema_migrations", [{ number, name }]);
  }
  for (const [name, statement] of Object.entries(views))
    await database.command(name, `CREATE MATERIALIZED VIEW ${name} TO ${statement}`);
  return database;
}

it("brings a data directory of migration 7 up to date, with its rows and what flows into its views", async () => {
  const database = await makeOldStore(dataDir, 7, {
    connections_from_hops: `connections AS ${CONNECTIONS_OF_2}`,
  });
  await database.insertRows("hops", [
    {
      connection_id: "1",
      window_start: T0,
      node: "node1",
      interface: "veth7",
      role: "pod",
      protocol: 6,
      first_seen_us: T0 * 1e6,
      last_seen_us: T0 * 1e6 + 5,
      packets: 10,
      bytes: 1500,
      reporter: 1,
    },
  ]);
  const [before] = await database.query(
    "connections",
    z.object({ packets: z.coerce.number() }),
    "SELECT sum(forward_packets) AS packets FROM connections",
  );
  expect(before).toEqual({ packets: 10 });
  await database.close();

  const store = openStore(options);
  await store.start();
  try {
    const old = await store.connectionDetail(ID, RANGE);
    expect(old?.connection).toMatchObject({ forward: { packets: 10, outOfOrderBytes: 0 }, icmpError: null });
    expect(old?.hops).toMatchObject([
      {
        packets: 10,
        encapsulation: "none",
        windowScale: null,
        icmpErrors: 0,
        icmpError: null,
        tcpOptions: [],
      },
    ]);

    const fresh = hop({
      out_of_order_bytes: 700,
      icmp_errors: 2,
      icmp_error_type: 3,
      icmp_error_code: 4,
      icmp_error_source: "10.0.0.1",
      icmp_error_mtu: 1450,
    });
    expect(await store.insertHops(encodeStoredHops([fresh]), "new")).toEqual({ duplicate: false });
    const both = await store.connectionDetail(ID, RANGE);
    expect(both?.connection).toMatchObject({
      forward: { packets: 20, bytes: 3000, outOfOrderBytes: 700 },
      icmpError: { source: "10.0.0.1", type: 3, code: 4, mtu: 1450 },
    });
    // Behind the view on connections too.
    const { edges } = await store.map({ ...RANGE, maxNodes: 10, maxEdges: 10 });
    expect(edges[0]?.packets).toBe(20);
  } finally {
    await store.stop();
  }
}, 60_000);

it("brings a released version's data directory up to date: verdicts and drops from then on, on the map too", async () => {
  const releasedOptions = { ...options, dataDir: await temporaryDirectory() };
  const database = await makeOldStore(releasedOptions.dataDir, 9, {
    connections_from_hops: `connections AS ${CONNECTIONS_OF_8}`,
    edges_1m_from_connections: `edges_1m AS ${EDGES_OF_8}`,
  });
  const row = {
    connection_id: "1",
    window_start: T0,
    node: "node1",
    interface: "veth7",
    role: "pod",
    protocol: 6,
    client_kind: "workload",
    client_workload: "old",
    client_node: "node1",
    server_kind: "workload",
    server_workload: "api",
    server_node: "node1",
    first_seen_us: T0 * 1e6,
    last_seen_us: T0 * 1e6 + 5,
    packets: 10,
    bytes: 1500,
    syn_packets: 1,
    reporter: 1,
    verdict: "undetermined",
    verdict_reason: "policy is not judged yet",
  };
  await database.insertRows("hops", [row]);
  await database.close();

  const store = openStore(releasedOptions);
  await store.start();
  try {
    const denied = { verdict: "denied", connection_id: 2n };
    await store.insertHops(
      encodeStoredHops([hop({ ...denied, client_workload: "new", syn_packets: 1, payload_bytes: 0 })]),
      "hops",
    );
    await store.insertDrops(encodeStoredDrops([dropRow({ ...denied, client_workload: "new" })]), "drops");
    const { connections } = await store.flows({ ...RANGE, sort: "firstSeen", order: "asc", limit: 10 });
    expect(
      connections.map(({ client, verdict, verdictBy, outcome, conformance }) => [
        client.entity.name,
        verdict,
        verdictBy,
        outcome,
        conformance,
      ]),
    ).toEqual([
      ["old", "undetermined", null, "unanswered", "undetermined"],
      ["new", "denied", null, "dropped", "denied-observed"],
    ]);
    const day = { from: RANGE.to - 86_400_000, to: RANGE.to, maxNodes: 10, maxEdges: 10 };
    const { edges } = await store.map(day);
    expect(
      edges.map(({ client, packets, outcomes, conformances }) => [client, packets, outcomes, conformances]),
    ).toEqual([
      ["workload://old", 10, { unanswered: 1 }, { undetermined: 1 }],
      ["workload:shop/Deployment/new", 10, { dropped: 1 }, { "denied-observed": 1 }],
    ]);
    expect((await store.status()).tables.some(({ name }) => name === "drops")).toBe(true);
  } finally {
    await store.stop();
  }
}, 60_000);

it("knows of rows that are older than their evidence whether policy was kept", async () => {
  const releasedOptions = { ...options, dataDir: await temporaryDirectory() };
  const database = await makeOldStore(releasedOptions.dataDir, 14, {});
  const row = (connectionId: number, more: Readonly<Record<string, unknown>>) => ({
    connection_id: String(connectionId),
    window_start: T0,
    node: "node1",
    interface: "veth7",
    role: "pod",
    protocol: 6,
    client_kind: "workload",
    client_workload: "web",
    server_kind: "workload",
    server_workload: "api",
    server_pod: "api-1",
    first_seen_us: T0 * 1e6 + connectionId,
    last_seen_us: T0 * 1e6 + 5,
    packets: 3,
    syn_packets: 3,
    reporter: 1,
    verdict: "denied",
    ...more,
  });
  const answer = { is_reply: 1, direction: 1, syn_packets: 0, rst_packets: 3, reporter: 0 };
  const onHost = JSON.stringify({ ingress: { exemption: "not-a-pod" } });
  await database.insertRows("hops", [
    row(1, {}),
    row(2, { direction: 1, reporter: 0 }),
    row(3, { verdict: "allowed" }),
    row(3, { ...answer, verdict: "allowed" }),
    row(4, { verdict: "allowed", verdict_reason: onHost }),
    row(4, { ...answer, verdict: "allowed", verdict_reason: onHost }),
    row(5, { verdict: "undetermined" }),
  ]);
  await database.close();

  const store = openStore(releasedOptions);
  await store.start();
  try {
    const words = async () => {
      const { connections } = await store.flows({ ...RANGE, sort: "firstSeen", order: "asc", limit: 10 });
      return connections.map(({ verdict, outcome, conformance }) => [verdict, outcome, conformance]);
    };
    const expected = [
      ["denied", "unanswered", "undetermined"],
      // It came to the server's hop.
      ["denied", "unanswered", "unenforced"],
      // Refused on the way: there is no hop of the server's.
      ["allowed", "refused", "undetermined"],
      // Refused, and there can be no such hop.
      ["allowed", "refused", "allowed"],
      ["undetermined", "unanswered", "undetermined"],
    ];
    expect(await words()).toEqual(expected);
    // A late hop of what was stored before changes the word as it always did.
    await store.insertHops(
      encodeStoredHops([hop({ connection_id: 1n, direction: 1, reporter: 0, first_seen_us: T0 * 1e6 + 1 })]),
      "late",
    );
    expect((await words())[0]?.[2]).toBe("unenforced");
  } finally {
    await store.stop();
  }
}, 60_000);
