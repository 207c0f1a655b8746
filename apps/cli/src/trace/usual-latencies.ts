import {
  type ConnectionPath,
  type LatencyCell,
  latencyAnswerSchema,
  PATHS,
  USUAL_LATENCY_MS,
} from "@hopline/api";
import type { ApiClient } from "../api-client.js";

/** What the segments between the nodes of a path cost other connections in the hour before this one began. */
export async function usualLatencies(
  client: ApiClient,
  { connection, forward }: ConnectionPath,
): Promise<readonly LatencyCell[]> {
  const node = forward.hops[0]?.node;
  const isMeasured = forward.segments.some(
    ({ latency }) => latency.dataUs !== null || latency.handshakeUs !== null,
  );
  if (node === undefined || !isMeasured) return [];
  const to = connection.firstSeen;
  const range = { from: to - USUAL_LATENCY_MS, to };
  return (await client.get(latencyAnswerSchema, PATHS.latency, { ...range, node })).cells;
}
