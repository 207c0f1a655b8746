import type { Database } from "../database.js";
import { OPEN_END_MS } from "../insert-endpoints.js";
import type { EndpointInterval } from "../records.js";
import { ENDPOINT_COLUMNS, endpointRowSchema } from "./endpoints-history.js";

/** Intervals that nobody has ended. */
export async function openEndpoints(database: Database): Promise<EndpointInterval[]> {
  const rows = await database.query(
    "open endpoints",
    endpointRowSchema,
    `SELECT ${ENDPOINT_COLUMNS} FROM endpoints FINAL
WHERE valid_to >= fromUnixTimestamp64Milli({open_end:Int64}) ORDER BY address, valid_from`,
    { open_end: OPEN_END_MS },
  );
  return rows.map((row) => ({
    address: row.address_text,
    entity: { kind: row.kind, namespace: row.namespace, workloadKind: row.workload_kind, name: row.name },
    pod: row.pod,
    node: row.node,
    fromMs: row.from_ms,
    toMs: row.to_ms,
  }));
}
