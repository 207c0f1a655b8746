import { randomBytes } from "node:crypto";
import type { AuditFormat, AuditRow, AuditScope } from "@hopline/api";
import { Fault } from "@hopline/fault";
import { z } from "zod";
import { alignRange, fillRange, toTimeRange } from "./aligned-range.js";
import type { AuditPage } from "./audit.js";
import {
  AUDIT_ROW_COLUMNS,
  auditRowSqlSchema,
  auditSql,
  COUNT_COLUMNS,
  toAuditCounts,
  toAuditRow,
} from "./audit-rows.js";
import { WINDOW_SECONDS } from "./conversation-source.js";
import { PROTOCOL_NUMBERS } from "./protocol-name.js";
import type { QueryContext } from "./query-context.js";

/** A whole audit as it was at one moment; nothing that arrives later is in it. */
export interface AuditSnapshot extends Pick<AuditPage, "range" | "total" | "totals"> {
  /** The first of its rows. */
  rows(limit: number): Promise<AuditRow[]>;
  /** All of its rows as one file. */
  file(format: "csv" | "jsonl" | "parquet"): Promise<Uint8Array>;
}

/** More than anybody reads, and little enough to be held in memory. */
export const MAX_SNAPSHOT_ROWS = 100_000;

const PREFIX = "audit_snapshot_";
/** A snapshot this old was left by a collector that died. */
const LEFT_SECONDS = 3600;

const FORMATS: Readonly<Record<Exclude<AuditFormat, "html" | "tar">, string>> = {
  csv: "CSVWithNames",
  jsonl: "JSONEachRow",
  parquet: "Parquet",
};

const count = z.coerce.number();
const totalsSchema = z.object({ total: count, sums: z.array(count) });

/** The settings stand in the statement: in the embedded engine others would outlive it. */
const SETTINGS =
  "SETTINGS date_time_output_format = 'iso', output_format_json_quote_64bit_integers = 0, output_format_json_escape_forward_slashes = 0";

const joined = (list: string, text: string) => `arrayStringConcat(arrayMap(one -> ${text}, ${list}), '; ')`;
const part = (index: number) => `splitByChar('\\x1f', one.1)[${index}]`;
const PROTOCOLS = Object.entries(PROTOCOL_NUMBERS);

/** A row of the view as flat columns, the same in all formats. Lists are joined by `; `. */
const FLAT = `client_kind, client_namespace, client_workload_kind, client_workload,
  server_kind, server_namespace, server_workload_kind, server_workload,
  service_namespace, service_name,
  transform(protocol, [${PROTOCOLS.map(([, number]) => number).join(", ")}], [${PROTOCOLS.map(([name]) => `'${name}'`).join(", ")}], 'other') AS protocol_name,
  toUInt8(protocol) AS protocol_number, port,
  connections, allowed, denied_observed, denied_inferred, unenforced, undelivered, undetermined,
  ${joined("reasons", "concat(one.1, ' (', toString(one.2), ')')")} AS undetermined_reasons,
  ${joined(
    "policies",
    `concat(${part(1)}, ' ', ${part(2)}, ': ', ${part(3)}, ' ', if(${part(4)} = '', '', concat(${part(4)}, '/')), ${part(5)},
    if(${part(6)} = '', '', concat('@', ${part(6)})), ' (', toString(one.2), ')')`,
  )} AS policies_text,
  fromUnixTimestamp64Milli(toInt64(intDiv(first_us, 1000)), 'UTC') AS first_seen,
  fromUnixTimestamp64Milli(toInt64(intDiv(last_us, 1000)), 'UTC') AS last_seen,
  drops AS drop_evidence, dropped_packets,
  arrayStringConcat(drop_nodes, '; ') AS drop_nodes_text,
  arrayStringConcat(drop_by, '; ') AS drop_by_text`;

/** The columns' names in a file, where they differ from those above. */
const RENAMED: Readonly<Record<string, string>> = {
  protocol_name: "protocol",
  policies_text: "policies",
  drop_nodes_text: "drop_nodes",
  drop_by_text: "drop_by",
};

const COLUMNS = [
  ...["client", "server"].flatMap((end) =>
    ["kind", "namespace", "workload_kind", "workload"].map((field) => `${end}_${field}`),
  ),
  ...["service_namespace", "service_name", "protocol_name", "protocol_number", "port"],
  ...["connections", "allowed", "denied_observed", "denied_inferred", "unenforced", "undelivered"],
  ...["undetermined", "undetermined_reasons", "policies_text", "first_seen", "last_seen"],
  ...["drop_evidence", "dropped_packets", "drop_nodes_text", "drop_by_text"],
]
  .map((name) => `f.${name} AS ${RENAMED[name] ?? name}`)
  .join(", ");

/**
 * Freezes a view and hands it out: whatever arrives meanwhile, all files of an export show the same rows.
 *
 * @throws Fault `AUDIT_TOO_LARGE`
 */
export async function withAuditSnapshot<Result>(
  { database, nowMs }: QueryContext,
  scope: AuditScope,
  work: (snapshot: AuditSnapshot) => Promise<Result>,
): Promise<Result> {
  const range = alignRange(fillRange(scope, nowMs), WINDOW_SECONDS);
  const { rows, order, parameters } = auditSql(scope, range, nowMs);
  await dropLeftovers(database);
  const table = `${PREFIX}${randomBytes(8).toString("hex")}`;
  try {
    await database.command(
      "an audit's snapshot",
      `CREATE TABLE ${table} ENGINE = Memory AS
SELECT ${AUDIT_ROW_COLUMNS}, row_number() OVER (ORDER BY ${order}) AS place FROM (${rows})
LIMIT ${MAX_SNAPSHOT_ROWS + 1}`,
      parameters,
    );
    const [all] = await database.query(
      "an audit's snapshot",
      totalsSchema,
      `SELECT count() AS total, [${COUNT_COLUMNS.map((column) => `sum(${column})`).join(", ")}] AS sums FROM ${table}`,
    );
    if (all !== undefined && all.total > MAX_SNAPSHOT_ROWS) throw tooLarge();
    return await work({
      range: toTimeRange(range),
      total: all?.total ?? 0,
      totals: toAuditCounts(all?.sums ?? []),
      rows: async (limit) => {
        const page = await database.query(
          "an audit's snapshot",
          auditRowSqlSchema,
          `SELECT ${AUDIT_ROW_COLUMNS} FROM ${table} ORDER BY place LIMIT ${Math.floor(limit)}`,
        );
        return page.map(toAuditRow);
      },
      file: (format) =>
        database.bytes(
          `an audit as ${format}`,
          `SELECT ${COLUMNS} FROM (SELECT place, ${FLAT} FROM ${table}) AS f ORDER BY f.place
${SETTINGS} FORMAT ${FORMATS[format]}`,
        ),
    });
  } finally {
    await database.command("an audit's snapshot", `DROP TABLE IF EXISTS ${table}`);
  }
}

async function dropLeftovers(database: QueryContext["database"]): Promise<void> {
  const tables = await database.query(
    "snapshots left behind",
    z.object({ name: z.string() }),
    `SELECT name FROM system.tables WHERE database = currentDatabase() AND startsWith(name, '${PREFIX}')
  AND metadata_modification_time < now() - ${LEFT_SECONDS}`,
  );
  for (const { name } of tables)
    if (/^\w+$/.test(name)) await database.command("a snapshot left behind", `DROP TABLE IF EXISTS ${name}`);
}

function tooLarge(): Fault {
  return new Fault({
    code: "AUDIT_TOO_LARGE",
    message: `The audit has more than ${MAX_SNAPSHOT_ROWS} rows, too many for one export.`,
    hint: "Choose a shorter range, a namespace or a conformance, and export in parts.",
  });
}
