import type { Connection } from "@hopline/api";

/** Rows that came by the live stream since the first page was read. */
export interface LiveRows {
  /** Connections that the pages do not hold, newest arrival first. */
  readonly fresh: readonly Connection[];
  /** The latest word on connections that were known before. */
  readonly updates: ReadonlyMap<string, Connection>;
  /** New connections that wait, so as not to shove what is being read; newest first. */
  readonly held: readonly Connection[];
  /** Fresh rows left out because there were too many. */
  readonly leftOut: number;
}

export const NO_LIVE_ROWS: LiveRows = { fresh: [], updates: new Map(), held: [], leftOut: 0 };

/** A page's memory is finite; older rows are still in the store. */
export const MOST_FRESH_ROWS = 2_000;

/**
 * Takes what the stream sent. A connection that is on screen is updated in its place; a new one goes on top, or waits
 * where `hold` says that somebody reads.
 */
export function takeRows(
  rows: LiveRows,
  incoming: readonly Connection[],
  known: ReadonlySet<string>,
  hold: boolean,
): LiveRows {
  const updates = new Map(rows.updates);
  const freshIds = new Set(rows.fresh.map(({ id }) => id));
  const held = new Map(rows.held.map((row) => [row.id, row]));
  const arrived: Connection[] = [];
  for (const row of [...incoming].sort((a, b) => a.firstSeen - b.firstSeen)) {
    if (known.has(row.id) || freshIds.has(row.id)) updates.set(row.id, row);
    else if (held.has(row.id)) held.set(row.id, row);
    else arrived.unshift(row);
  }
  const waiting = { ...rows, updates, held: [...arrived, ...held.values()].slice(0, MOST_FRESH_ROWS) };
  return hold ? waiting : releaseRows(waiting);
}

/** Puts the waiting rows on top. */
export function releaseRows(rows: LiveRows): LiveRows {
  if (rows.held.length === 0) return rows;
  const fresh = [...rows.held, ...rows.fresh];
  return {
    ...rows,
    held: [],
    fresh: fresh.slice(0, MOST_FRESH_ROWS),
    leftOut: rows.leftOut + Math.max(0, fresh.length - MOST_FRESH_ROWS),
  };
}

/** What the table shows: fresh rows above the pages, all in their latest state, each once. */
export function shownRows(rows: LiveRows, pages: readonly Connection[]): Connection[] {
  const seen = new Set<string>();
  return [...rows.fresh, ...pages].flatMap((row) => {
    if (seen.has(row.id)) return [];
    seen.add(row.id);
    return [rows.updates.get(row.id) ?? row];
  });
}
