import { createHash } from "node:crypto";
import type { ColumnKind, ColumnSpec } from "@hopline/batch";
import { z } from "zod";
import type { Database } from "./database.js";
import {
  STORED_COMPLETENESS_COLUMNS,
  STORED_DNS_COLUMNS,
  STORED_DROP_COLUMNS,
  STORED_HOP_COLUMNS,
} from "./hop-identity.js";
import type { InsertResult } from "./records.js";

interface ArrowTable {
  readonly spec: ColumnSpec;
  /** Where a stamp shows whether an insert was taken: `hops` tells it through the view behind `arrivals`. */
  readonly stampedIn: string;
}

const TABLES = {
  hops: { spec: STORED_HOP_COLUMNS, stampedIn: "arrivals" },
  dns: { spec: STORED_DNS_COLUMNS, stampedIn: "dns" },
  drops: { spec: STORED_DROP_COLUMNS, stampedIn: "drops" },
  completeness: { spec: STORED_COMPLETENESS_COLUMNS, stampedIn: "completeness" },
} as const satisfies Readonly<Record<string, ArrowTable>>;

/** How each kind of column stands in the Arrow stream. ClickHouse converts to the table's types on the way in. */
const TYPE_IN_STREAM: Readonly<Record<ColumnKind, string>> = {
  u8: "UInt8",
  u16: "UInt16",
  u32: "UInt32",
  i8: "Int8",
  i32: "Int32",
  u64: "UInt64",
  f64: "Float64",
  addr: "FixedString(16)",
  string: "LowCardinality(String)",
};

/**
 * A batch goes in as one block, so that it is taken or known as a whole, and each block that a view makes of it too.
 * The settings stand in the statement: in the embedded engine others would outlive it.
 */
const SETTINGS = {
  deduplicate_blocks_in_dependent_materialized_views: 1,
  max_threads: 1,
  max_insert_threads: 1,
  min_insert_block_size_rows: 100_000_000,
  min_insert_block_size_bytes: 0,
  max_block_size: 100_000_000,
  // What the views hand on is grouped already; grouping it once more costs as much again.
  optimize_on_insert: 0,
  input_format_arrow_allow_missing_columns: 0,
} as const;

/** @param stampUs microseconds since the Unix epoch; no other insert has the same. */
export async function insertArrow(
  database: Database,
  table: keyof typeof TABLES,
  stream: Uint8Array,
  token: string,
  stampUs: number,
): Promise<InsertResult> {
  const { spec, stampedIn } = TABLES[table];
  const names = Object.keys(spec);
  const settings = Object.entries({ ...SETTINGS, insert_deduplication_token: `'${safeToken(token)}'` })
    .map(([name, value]) => `${name} = ${value}`)
    .join(", ");
  await database.insertArrow(`the ${table} batch ${token}`, {
    stream,
    structure: Object.entries(spec)
      .map(([name, kind]) => `${name} ${TYPE_IN_STREAM[kind]}`)
      .join(", "),
    statement: (source) => `INSERT INTO ${table} (${names.join(", ")}, ingested_at) SETTINGS ${settings}
SELECT ${names.join(", ")}, fromUnixTimestamp64Micro(${stampUs}) FROM ${source}`,
  });
  const rows = await database.query(
    "an insert's stamp",
    z.object({ taken: z.coerce.number() }),
    `SELECT count() AS taken FROM ${stampedIn} WHERE ingested_at = fromUnixTimestamp64Micro({stamp:Int64})`,
    { stamp: stampUs },
  );
  return { duplicate: rows[0]?.taken === 0 };
}

/** Tokens come from agents and stand in the statement as text. */
function safeToken(token: string): string {
  return /^[\w./:@-]{1,400}$/.test(token) ? token : createHash("sha256").update(token).digest("hex");
}
