import { z } from "zod";
import type { QueryParameters } from "../database.js";
import type { AlignedRange } from "./aligned-range.js";
import { EDGE_COLUMNS, edgeShape, entityOf } from "./end-columns.js";
import { LOSS_SUMS, type LossVolumes, type LossyEdge, lossCounts, lossCountsSchema } from "./loss-counts.js";
import { CHOSEN, COMPLETE_WINDOWS, lossParts } from "./loss-parts.js";
import { protocolName } from "./protocol-name.js";
import type { QueryContext } from "./query-context.js";
import { HEX_ID, readConnections } from "./read-connections.js";
import { resolvedConnections, resolvedParameters } from "./resolved-connections.js";

/** The worst of each kind, at most. */
const LIMIT = 10;

const count = z.coerce.number();

const connectionSchema = lossCountsSchema.extend({ id: z.string() });
const edgeSchema = lossCountsSchema
  .extend({
    ...edgeShape,
    connections: count,
  })
  .transform(
    (row): LossyEdge => ({
      client: entityOf(row, "client"),
      server: entityOf(row, "server"),
      service: row.service_name === "" ? "" : `${row.service_namespace}/${row.service_name}`,
      protocol: protocolName(row.protocol),
      port: row.port,
      connections: row.connections,
      ...lossCounts(row),
    }),
  );

/** Whose bytes the chosen segment lost: by edge and by connection, the most first. @param parameters with those of `CHOSEN` */
export async function worstLosers(
  { database, nowMs }: QueryContext,
  range: AlignedRange,
  parameters: QueryParameters,
): Promise<NonNullable<LossVolumes["worst"]>> {
  const edges = await database.query(
    "the edges that lose most",
    edgeSchema,
    `WITH ${COMPLETE_WINDOWS}
SELECT ${EDGE_COLUMNS.join(", ")}, uniqExact(connection_id) AS connections,
  ${LOSS_SUMS}
FROM (SELECT * FROM (${lossParts(0)}) WHERE ${CHOSEN}) AS p
INNER JOIN (${resolvedConnections(EDGE_COLUMNS)}) AS names USING connection_id
GROUP BY ${EDGE_COLUMNS.join(", ")}
HAVING sent_bytes > came_bytes
ORDER BY sent_bytes - came_bytes DESC LIMIT ${LIMIT}`,
    { ...parameters, ...resolvedParameters(range, nowMs) },
  );
  const connections = await database.query(
    "the connections that lose most",
    connectionSchema,
    `WITH ${COMPLETE_WINDOWS}
SELECT ${HEX_ID} AS id, ${LOSS_SUMS}
FROM (${lossParts(0)}) WHERE ${CHOSEN}
GROUP BY connection_id
HAVING sent_bytes > came_bytes
ORDER BY sent_bytes - came_bytes DESC LIMIT ${LIMIT}`,
    parameters,
  );
  const byId = new Map(
    (
      await readConnections(
        database,
        connections.map(({ id }) => id),
        range,
        nowMs,
      )
    ).map((connection) => [connection.id, connection]),
  );
  return {
    edges,
    connections: connections.flatMap((row) => {
      const connection = byId.get(row.id);
      return connection === undefined ? [] : { connection, ...lossCounts(row) };
    }),
  };
}
