import type { FlowsAnswer, FlowsQuery } from "@hopline/api";
import { z } from "zod";
import type { Database } from "../database.js";
import { type AlignedRange, alignRange, fillRange, toTimeRange } from "./aligned-range.js";
import { filterSql } from "./connection-filter.js";
import { WINDOW_SECONDS } from "./conversation-source.js";
import { decodeCursor, encodeCursor, type FlowCursor, questionOf } from "./flow-cursor.js";
import type { QueryContext } from "./query-context.js";
import { HEX_ID, readConnections } from "./read-connections.js";
import { resolvedConnections, resolvedParameters } from "./resolved-connections.js";

/** SQL of each order's value, and the columns in it; doubles, which travel through JSON and back without loss. */
const SORT_VALUES: Readonly<Record<FlowsQuery["sort"], readonly string[]>> = {
  lastSeen: ["last_seen_us"],
  firstSeen: ["first_seen_us"],
  bytes: ["forward_bytes", "reply_bytes"],
  packets: ["forward_packets", "reply_packets"],
  retransmittedBytes: ["forward_retransmitted_bytes", "reply_retransmitted_bytes"],
  handshakeUs: ["handshake_us"],
};

const positionSchema = z.object({ id: z.string(), key: z.number(), total: z.coerce.number() });

/** The moment that a series of pages shows, and where this page begins. */
interface PageStart {
  readonly range: AlignedRange;
  readonly nowMs: number;
  readonly asOfUs: number;
  /** The last row of the page before; absent on the first. */
  readonly after: Pick<FlowCursor, "key" | "id" | "total"> | undefined;
}

/**
 * One page of connections. The first page takes down range, moment and place in its cursor; the pages after it read as
 * of that moment, so that each connection stands on exactly one page whatever arrives in between.
 */
export async function flows(context: QueryContext, query: FlowsQuery): Promise<FlowsAnswer> {
  const cursor = query.cursor === undefined ? undefined : decodeCursor(query.cursor, query);
  const nowMs = cursor?.now ?? context.nowMs;
  const start: PageStart = {
    range: alignRange(cursor ?? fillRange(query, nowMs), WINDOW_SECONDS),
    nowMs,
    asOfUs: cursor?.asOf ?? context.settledBeforeUs,
    after: cursor,
  };
  // The present needs no reconstruction, which costs three times as much, where there is no page after it or nothing arrives
  // while it is read.
  if (cursor === undefined) {
    const answer = await readPage(context, query, start, false);
    if (answer.nextCursor === null || !context.insertedSince(start.asOfUs)) return answer;
  }
  return readPage(context, query, start, true);
}

async function readPage(
  { database }: QueryContext,
  query: FlowsQuery,
  start: PageStart,
  asOf: boolean,
): Promise<FlowsAnswer> {
  const { range, nowMs, asOfUs, after } = start;
  const positions = await readPositions(database, query, start, asOf);
  const page = positions.slice(0, query.limit);
  const last = page[page.length - 1];
  const total = after?.total ?? positions[0]?.total ?? 0;
  const ids = page.map((position) => position.id);
  const hasMore = positions.length > query.limit && last !== undefined;
  return {
    range: toTimeRange(range),
    connections: await readConnections(database, ids, range, nowMs, asOf ? asOfUs : undefined),
    total,
    nextCursor: hasMore
      ? encodeCursor({
          ...toTimeRange(range),
          now: nowMs,
          asOf: asOfUs,
          total,
          key: last.key,
          id: last.id,
          question: questionOf(query),
        })
      : null,
  };
}

/** Ids only, by the columns that filter and order need; one more than the page holds, to tell whether there is a next. */
function readPositions(
  database: Database,
  query: FlowsQuery,
  { range, nowMs, asOfUs, after }: PageStart,
  asOf: boolean,
) {
  const filter = filterSql(query);
  const sortColumns = SORT_VALUES[query.sort];
  const beyond = query.order === "desc" ? "<" : ">";
  return database.query(
    "a page of flows",
    positionSchema,
    `SELECT ${HEX_ID} AS id, key, total FROM (
  SELECT connection_id, toFloat64(${sortColumns.join(" + ")}) AS key, count() OVER () AS total
  FROM (${resolvedConnections([...sortColumns, ...filter.columns], { asOf })})
  WHERE ${filter.condition}
)
${after === undefined ? "" : `WHERE (key, connection_id) ${beyond} ({key:Float64}, {after:UInt64})`}
ORDER BY key ${query.order}, connection_id ${query.order}
LIMIT {limit:UInt32}`,
    {
      ...filter.parameters,
      ...resolvedParameters(range, nowMs, asOf ? asOfUs : undefined),
      limit: query.limit + 1,
      ...(after === undefined ? {} : { key: after.key, after: BigInt(`0x${after.id}`) }),
    },
  );
}
