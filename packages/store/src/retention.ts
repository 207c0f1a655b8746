import { z } from "zod";
import type { Database } from "./database.js";
import { ON_CLUSTER } from "./table-engine.js";

/** Days that each table keeps its rows, counted from the rows' own time; `null` keeps them for ever. */
export interface RetentionSettings {
  readonly hopsDays: number | null;
  readonly connectionsDays: number | null;
  readonly dnsDays: number | null;
  readonly dropsDays: number | null;
  readonly edgesByMinuteDays: number | null;
  readonly edgesByHourDays: number | null;
  readonly completenessDays: number | null;
  readonly endpointsDays: number | null;
  readonly clusterObjectsDays: number | null;
  readonly auditLogDays: number | null;
  readonly nodeStatesDays: number | null;
  readonly alertsDays: number | null;
}

/** docs/design.md, storage. */
export const DEFAULT_RETENTION: RetentionSettings = {
  hopsDays: 3,
  connectionsDays: 30,
  dnsDays: 30,
  dropsDays: 30,
  edgesByMinuteDays: 30,
  edgesByHourDays: 396,
  completenessDays: 396,
  endpointsDays: 396,
  clusterObjectsDays: 396,
  auditLogDays: 396,
  nodeStatesDays: 3,
  alertsDays: 396,
};

/** For captures replayed from files, whose rows are as old as the capture. */
export const KEEP_EVERYTHING: RetentionSettings = {
  hopsDays: null,
  connectionsDays: null,
  dnsDays: null,
  dropsDays: null,
  edgesByMinuteDays: null,
  edgesByHourDays: null,
  completenessDays: null,
  endpointsDays: null,
  clusterObjectsDays: null,
  auditLogDays: null,
  nodeStatesDays: null,
  alertsDays: null,
};

/** The table's own time, as a Date or DateTime that a TTL may count from, and the setting that governs it. */
const GOVERNED: readonly { table: string; since: string; setting: keyof RetentionSettings }[] = [
  { table: "hops", since: "window_start", setting: "hopsDays" },
  { table: "connections", since: "window_start", setting: "connectionsDays" },
  { table: "translations", since: "day", setting: "connectionsDays" },
  { table: "dns", since: "window_start", setting: "dnsDays" },
  { table: "drops", since: "window_start", setting: "dropsDays" },
  { table: "edges_1m", since: "window_start", setting: "edgesByMinuteDays" },
  { table: "edges_1h", since: "window_start", setting: "edgesByHourDays" },
  { table: "completeness", since: "window_start", setting: "completenessDays" },
  { table: "endpoints", since: "toDateTime(valid_to)", setting: "endpointsDays" },
  { table: "cluster_objects", since: "toDateTime(valid_to)", setting: "clusterObjectsDays" },
  { table: "audit_log", since: "toDateTime(at)", setting: "auditLogDays" },
  { table: "node_states", since: "toDateTime(read_at)", setting: "nodeStatesDays" },
  { table: "watches", since: "toDateTime(until)", setting: "nodeStatesDays" },
  { table: "alerts", since: "toDateTime(pending_at)", setting: "alertsDays" },
];

/** Sets each table's TTL where it is not so yet. Rows that are there already follow when their parts merge. */
export async function applyRetention(database: Database, settings: RetentionSettings): Promise<void> {
  const rows = await database.query(
    "retention",
    z.object({ name: z.string(), definition: z.string() }),
    "SELECT name, create_table_query AS definition FROM system.tables WHERE database = currentDatabase()",
  );
  const definitions = new Map(rows.map((row) => [row.name, row.definition]));
  for (const { table, since, setting } of GOVERNED) {
    const days = settings[setting];
    const present = /\bTTL .*toIntervalDay\((\d+)\)/.exec(definitions.get(table) ?? "")?.[1];
    if (days === null && present !== undefined) {
      await database.command(`retention of ${table}`, `ALTER TABLE ${table} ${ON_CLUSTER} REMOVE TTL`);
    }
    if (days !== null && present !== String(days)) {
      await database.command(
        `retention of ${table}`,
        `ALTER TABLE ${table} ${ON_CLUSTER} MODIFY TTL ${since} + toIntervalDay(${days})
SETTINGS materialize_ttl_after_modify = 0`,
      );
    }
  }
}
