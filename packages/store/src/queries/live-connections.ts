import { type Connection, DEFAULT_RANGE_MS } from "@hopline/api";
import { z } from "zod";
import { WINDOW_SECONDS } from "./conversation-source.js";
import type { QueryContext } from "./query-context.js";
import { HEX_ID, readConnections } from "./read-connections.js";

/** Where a live tail has got to. Opaque: hand back what the last call gave. */
export interface LiveCursor {
  /** Stamps from here on are looked at next. */
  readonly sinceUs: number;
  /** Connections already given, and the arrival (microseconds) that they were given for. */
  readonly given: ReadonlyMap<string, number>;
}

export interface LiveBatch {
  /** Connections that began or moved, over the last fifteen minutes of their life, the latest first. */
  readonly connections: readonly Connection[];
  /** Connections that began or moved but were left out to keep the batch small. */
  readonly leftOut: number;
  readonly cursor: LiveCursor;
}

/** Another collector's rows become visible some time after their stamp: so far back is looked again. */
const OVERLAP_US = 2_000_000;
/** Arrivals looked at in one call. */
const MAX_ARRIVALS = 20_000;

const arrivalSchema = z.object({
  id: z.string(),
  stamp: z.coerce.number(),
  window: z.coerce.number(),
  total: z.coerce.number(),
});

/** Connections that had rows arrive since the cursor. Without one: where "now" is. */
export async function liveConnections(
  { database, nowMs, settledBeforeUs }: QueryContext,
  cursor: LiveCursor | undefined,
  limit: number,
): Promise<LiveBatch> {
  if (cursor === undefined)
    return { connections: [], leftOut: 0, cursor: { sinceUs: settledBeforeUs, given: new Map() } };
  const arrivals = await database.query(
    "the live tail",
    arrivalSchema,
    `SELECT ${HEX_ID} AS id, toUnixTimestamp64Micro(max(ingested_at)) AS stamp, toUInt32(max(window_start)) AS window,
  count() OVER () AS total
FROM arrivals
WHERE ingested_at >= fromUnixTimestamp64Micro({since:Int64}) AND ingested_at < fromUnixTimestamp64Micro({until:Int64})
GROUP BY connection_id ORDER BY stamp DESC, id LIMIT ${MAX_ARRIVALS}`,
    { since: cursor.sinceUs, until: settledBeforeUs },
  );
  const fresh = arrivals.filter(({ id, stamp }) => cursor.given.get(id) !== stamp);
  const chosen = fresh.slice(0, limit);
  const lastWindow = Math.max(0, ...chosen.map((arrival) => arrival.window));
  const beyondLook = Math.max(0, (arrivals[0]?.total ?? 0) - arrivals.length);
  return {
    connections: await readConnections(
      database,
      chosen.map((arrival) => arrival.id),
      // By the rows' own time: captures are replayed years later.
      { from: lastWindow + WINDOW_SECONDS - DEFAULT_RANGE_MS / 1000, to: lastWindow + WINDOW_SECONDS },
      nowMs,
    ),
    leftOut: fresh.length - chosen.length + beyondLook,
    cursor: {
      // With the engine in this process nobody else inserts, and what is settled is known exactly.
      sinceUs: Math.max(cursor.sinceUs, settledBeforeUs - (database.kind === "server" ? OVERLAP_US : 0)),
      given: new Map(arrivals.map(({ id, stamp }) => [id, stamp])),
    },
  };
}
