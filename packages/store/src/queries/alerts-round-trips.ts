import type { TimeRange } from "@hopline/api";
import { z } from "zod";
import { alignRange, inRange, rangeParameters } from "./aligned-range.js";
import type { QueryContext } from "./query-context.js";

/** TCP handshakes from one node to another. */
export interface PairRoundTrips {
  readonly clientNode: string;
  readonly serverNode: string;
  /** Null where no handshake was seen. */
  readonly medianUs: number | null;
  /** Minutes in which there were any. */
  readonly minutes: number;
  readonly connections: number;
}

const rowSchema = z
  .object({
    client_node: z.string(),
    server_node: z.string(),
    median_us: z.number().nullable(),
    minutes: z.coerce.number(),
    connections: z.coerce.number(),
  })
  .transform(
    (row): PairRoundTrips => ({
      clientNode: row.client_node,
      serverNode: row.server_node,
      medianUs: row.median_us,
      minutes: row.minutes,
      connections: row.connections,
    }),
  );

const TCP = 6;

/** The median handshake between each two nodes that pods of both talk by, over the whole minutes of a time. */
export async function pairRoundTrips(
  { database }: Pick<QueryContext, "database">,
  range: TimeRange,
): Promise<PairRoundTrips[]> {
  return database.query(
    "round trips between nodes",
    rowSchema,
    `SELECT client_node, server_node,
  (quantilesTDigestMerge(0.5, 0.95, 0.99)(handshake) AS quantiles)[1] AS median,
  if(isNaN(median), NULL, median) AS median_us,
  uniqExact(window_start) AS minutes, uniqCombined64Merge(15)(connections) AS connections
FROM edges_1m
WHERE ${inRange("window_start")} AND client_node != '' AND server_node != ''
  AND protocol = ${TCP} AND outcome = 'delivered'
GROUP BY client_node, server_node ORDER BY client_node, server_node`,
    rangeParameters(alignRange(range, 60)),
  );
}
