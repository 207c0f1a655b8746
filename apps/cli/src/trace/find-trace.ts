import {
  type Connection,
  type ConnectionPath,
  connectionPathSchema,
  flowsAnswerSchema,
  PATHS,
} from "@hopline/api";
import type { ApiClient } from "../api-client.js";
import { isFrom, isTo, rankConnections, type TraceEnd } from "./trace-end.js";

export interface FoundTrace {
  readonly path: ConnectionPath;
  /** Connections that fit what was asked for. */
  readonly fitting: number;
}

interface Range {
  /** Milliseconds since the Unix epoch. */
  readonly from: number;
  readonly to: number;
}

/** Connections that are looked through for the pair asked for. */
const LOOKED_THROUGH = 1000;
/** So many that do not work are asked for their path until one says where it breaks: the last may not have told all. */
const MOST_PATHS = 4;

/** The path to show of what went from one end to another; undefined where nothing did. */
export async function findTrace(
  client: ApiClient,
  from: TraceEnd,
  to: TraceEnd,
  range: Range,
): Promise<FoundTrace | undefined> {
  const found = await connectionsBetween(client, from, to, range);
  let first: ConnectionPath | undefined;
  for (const { id } of rankConnections(found).slice(0, MOST_PATHS)) {
    const path = await client.get(connectionPathSchema, `${PATHS.path}/${id}`, { ...range });
    if (path.broken !== null) return { path, fitting: found.length };
    first ??= path;
  }
  return first && { path: first, fitting: found.length };
}

/** First those that mention the one end, then, where these are too many to see all, those that mention the other. */
async function connectionsBetween(
  client: ApiClient,
  from: TraceEnd,
  to: TraceEnd,
  range: Range,
): Promise<Connection[]> {
  for (const q of [to.name, from.name]) {
    const answer = await client.get(flowsAnswerSchema, PATHS.flows, { ...range, q, limit: LOOKED_THROUGH });
    const fits = answer.connections.filter((one) => isFrom(one, from) && isTo(one, to));
    if (fits.length > 0 || answer.total <= LOOKED_THROUGH) return fits;
  }
  return [];
}
