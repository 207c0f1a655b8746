import { type Connection, flowsAnswerSchema, PATHS } from "@hopline/api";
import type { ApiClient } from "../api-client.js";

const PAGE = 1000;
/** Everything there is: window starts are seconds in 32 bits. */
export const ALL_TIME = { from: 0, to: 4_294_967_290_000 } as const;

/** All connections of the store, oldest first, a page at a time. */
export async function* storedConnections(api: ApiClient): AsyncGenerator<readonly Connection[]> {
  let cursor: string | undefined;
  do {
    const query = { ...ALL_TIME, sort: "firstSeen", order: "asc", limit: PAGE, cursor };
    const answer = await api.get(flowsAnswerSchema, PATHS.flows, query);
    if (answer.connections.length > 0) yield answer.connections;
    cursor = answer.nextCursor ?? undefined;
  } while (cursor !== undefined);
}

/** From the first packet of all to the last, milliseconds since the Unix epoch; undefined where there is none. */
export async function storedRange(api: ApiClient): Promise<{ from: number; to: number } | undefined> {
  const [first] = await edge(api, { sort: "firstSeen", order: "asc" });
  const [last] = await edge(api, { sort: "lastSeen", order: "desc" });
  if (first === undefined || last === undefined) return undefined;
  return { from: Math.floor(first.firstSeen), to: Math.ceil(last.lastSeen) + 1 };
}

async function edge(
  api: ApiClient,
  sort: { readonly sort: string; readonly order: string },
): Promise<readonly Connection[]> {
  return (await api.get(flowsAnswerSchema, PATHS.flows, { ...ALL_TIME, ...sort, limit: 1 })).connections;
}
