import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { z } from "zod";
import { Database } from "../src/database.js";
import { MIGRATIONS } from "../src/migrations/index.js";
import { KEEP_EVERYTHING } from "../src/retention.js";
import { openStore } from "../src/store.js";
import { temporaryDirectory } from "./embedded-store.js";
import { encodeStoredHops, hop, T0 } from "./stored-rows.js";

const dataDir = await temporaryDirectory();
const options = {
  kind: "embedded",
  dataDir,
  retention: KEEP_EVERYTHING,
  now: () => (T0 + 60) * 1000,
} as const;
const RANGE = { from: T0 * 1000, to: (T0 + 60) * 1000 };
const ID = "0000000000000001";

/** The view's body as migration 2 made it while it was the last that did. */
const OLD_VIEW = readFileSync(
  new URL("./fixture/connections-view-of-migration-2.sql", import.meta.url),
  "utf8",
);

it("brings a data directory of migration 7 up to date, with its rows and what flows into its views", async () => {
  const database = new Database(options);
  await database.open();
  await database.command(
    "the ledger",
    `CREATE TABLE schema_migrations (number UInt32, name String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3))
ENGINE = ReplacingMergeTree(applied_at) ORDER BY number`,
  );
  for (const { number, name, statements } of MIGRATIONS.slice(0, 7)) {
    for (const statement of statements) await database.command(`migration ${number}`, statement);
    await database.insertRows("schema_migrations", [{ number, name }]);
  }
  await database.command(
    "the view of old",
    `CREATE MATERIALIZED VIEW connections_from_hops TO connections AS ${OLD_VIEW}`,
  );
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
