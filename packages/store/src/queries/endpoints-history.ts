import { type EndpointsAnswer, type endpointsQuerySchema, entityKindSchema } from "@hopline/api";
import { z } from "zod";
import { OPEN_END_MS } from "../insert-endpoints.js";
import type { QueryContext } from "./query-context.js";
import { addressText } from "./resolved-connections.js";

/** A row of `endpoints` as {@link ENDPOINT_COLUMNS} reads it. */
export const endpointRowSchema = z.object({
  address_text: z.string(),
  kind: entityKindSchema.catch("unknown"),
  namespace: z.string(),
  workload_kind: z.string(),
  name: z.string(),
  pod: z.string(),
  node: z.string(),
  from_ms: z.coerce.number(),
  to_ms: z.coerce.number().transform((ms) => (ms >= OPEN_END_MS ? null : ms)),
});

export const ENDPOINT_COLUMNS = `${addressText("address")} AS address_text, kind, namespace, workload_kind, name, pod, node,
  toUnixTimestamp64Milli(valid_from) AS from_ms, toUnixTimestamp64Milli(valid_to) AS to_ms`;

/** Who had which address at one moment. */
export async function endpointsHistory(
  { database, nowMs }: QueryContext,
  query: z.output<typeof endpointsQuerySchema>,
): Promise<EndpointsAnswer> {
  const at = query.at ?? nowMs;
  const rows = await database.query(
    "endpoints",
    endpointRowSchema.extend({ total: z.coerce.number() }),
    `SELECT ${ENDPOINT_COLUMNS}, count() OVER () AS total
FROM endpoints FINAL
WHERE valid_from <= fromUnixTimestamp64Milli({at:Int64}) AND valid_to > fromUnixTimestamp64Milli({at:Int64})
  ${
    query.q === undefined
      ? ""
      : `AND arrayExists(text -> positionCaseInsensitiveUTF8(text, {q:String}) > 0,
    [address_text, toString(namespace), toString(name), pod, toString(node)])`
  }
ORDER BY namespace, name, pod, address LIMIT {limit:UInt32}`,
    { at, limit: query.limit, ...(query.q === undefined ? {} : { q: query.q }) },
  );
  return {
    at,
    endpoints: rows.map((row) => ({
      address: row.address_text,
      entity: {
        kind: row.kind,
        namespace: row.namespace,
        workloadKind: row.workload_kind,
        name: row.name,
      },
      pod: row.pod,
      node: row.node,
      from: row.from_ms,
      to: row.to_ms,
    })),
    total: rows[0]?.total ?? 0,
  };
}
