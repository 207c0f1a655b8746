import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { Fault } from "@hopline/fault";
import { z } from "zod";
import type { Database } from "./database.js";
import { MIGRATIONS } from "./migrations/index.js";
import { ON_CLUSTER, replacingMergeTree } from "./table-engine.js";

const LOCK_POLL_MS = 250;
/** A migration takes milliseconds; a lock that is older belongs to a collector that died. */
const LOCK_STALE_SECONDS = 60;
const LOCK_PATIENCE_MS = 2 * LOCK_STALE_SECONDS * 1000;

const CREATE_LEDGER = `CREATE TABLE IF NOT EXISTS schema_migrations ${ON_CLUSTER} (
  number UInt32,
  name String,
  applied_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
${replacingMergeTree("applied_at", { orderBy: "number" })}`;

/**
 * Brings the database to today's tables. Run again it does nothing; run by two collectors at once, one waits.
 *
 * @throws Fault `STORE_NEWER` where a later Hopline has been here, `STORE_BUSY` where the other never ends.
 */
export async function migrate(database: Database): Promise<void> {
  await database.command("the ledger of migrations", CREATE_LEDGER);
  if ((await pendingMigrations(database)).length === 0) return;
  await lock(database);
  try {
    for (const { number, name, statements } of await pendingMigrations(database)) {
      for (const statement of statements) await database.command(`migration ${number} (${name})`, statement);
      await database.insertRows("schema_migrations", [{ number, name }]);
    }
  } finally {
    await unlock(database);
  }
}

async function pendingMigrations(database: Database) {
  const rows = await database.query(
    "the ledger of migrations",
    z.object({ number: z.coerce.number() }),
    "SELECT DISTINCT number FROM schema_migrations",
  );
  const applied = new Set(rows.map((row) => row.number));
  const latest = Math.max(0, ...applied);
  if (latest > MIGRATIONS.length) {
    throw new Fault({
      code: "STORE_NEWER",
      message: `The store was written by a later Hopline (migration ${latest}; this one knows ${MIGRATIONS.length}).`,
      hint: "Start that version, or another data directory or database.",
    });
  }
  return MIGRATIONS.filter((migration) => !applied.has(migration.number));
}

/**
 * ClickHouse has no lock to take, but of two `CREATE TABLE` of one name exactly one succeeds. The table's comment says who
 * holds it. One that a killed collector left is taken over when it is old.
 */
async function lock(database: Database): Promise<void> {
  const holder = `${hostname()} process ${process.pid}`.replaceAll(/[^\w .-]/g, "_");
  const create = `CREATE TABLE migration_lock ${ON_CLUSTER} (holder String) ENGINE = Memory COMMENT '${holder}'`;
  const deadline = performance.now() + LOCK_PATIENCE_MS;
  for (;;) {
    try {
      await database.command("the lock for migrations", create);
      return;
    } catch (thrown) {
      if (!(thrown instanceof Fault) || thrown.code !== "STORE_EXISTS") throw thrown;
      const held = await lockHolder(database);
      if (held !== undefined && held.ageSeconds > LOCK_STALE_SECONDS) await unlock(database);
      if (performance.now() > deadline) {
        throw new Fault({
          code: "STORE_BUSY",
          message: `Another collector (${held?.comment ?? "unknown"}) has been migrating the store for too long.`,
          hint: "Look at that collector, or drop the table migration_lock.",
        });
      }
      await sleep(LOCK_POLL_MS);
    }
  }
}

async function lockHolder(database: Database) {
  const rows = await database.query(
    "the lock for migrations",
    z.object({ comment: z.string(), ageSeconds: z.coerce.number() }),
    `SELECT comment, dateDiff('second', metadata_modification_time, now()) AS ageSeconds
FROM system.tables WHERE database = currentDatabase() AND name = 'migration_lock'`,
  );
  return rows[0];
}

async function unlock(database: Database): Promise<void> {
  await database.command("the lock for migrations", `DROP TABLE IF EXISTS migration_lock ${ON_CLUSTER}`);
}
