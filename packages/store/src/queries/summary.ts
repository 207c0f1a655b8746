import type { Summary, summaryQuerySchema } from "@hopline/api";
import { z } from "zod";
import { fillRange, inRange, rangeParameters, toTimeRange } from "./aligned-range.js";
import { conversationSource } from "./conversation-source.js";
import type { QueryContext } from "./query-context.js";

const count = z.coerce.number();
const conversationsSchema = z.object({
  connection_count: count,
  same_node: count,
  cross_node: count,
  via_service: count,
  external: count,
  edges: count,
  workloads: count,
  named: count,
});
const captureSchema = z.object({ hop_rows: count, capture_drops: count, ring_packets: count });

/** The whole range in a dozen numbers. */
export async function summary(
  { database, nowMs, retention }: QueryContext,
  query: z.output<typeof summaryQuerySchema>,
): Promise<Summary> {
  const source = conversationSource(fillRange(query, nowMs), {}, nowMs, retention);
  const end = (name: string) => `(${name}_kind, ${name}_namespace, ${name}_workload_kind, ${name}_workload)`;
  const [conversations] = await database.query(
    "the summary",
    conversationsSchema,
    `SELECT ${source.connectionsIf("1")} AS connection_count,
  ${source.connectionsIf("scope = 'same-node'")} AS same_node,
  ${source.connectionsIf("scope = 'cross-node'")} AS cross_node,
  ${source.connectionsIf("scope = 'external'")} AS external,
  ${source.connectionsIf("service_name != ''")} AS via_service,
  ${source.connectionsIf("client_kind != 'unknown' AND server_kind != 'unknown'")} AS named,
  uniqExact((${end("client")}, ${end("server")})) AS edges,
  length(arrayDistinct(arrayConcat(
    groupUniqArrayIf(${end("client")}, client_kind = 'workload'),
    groupUniqArrayIf(${end("server")}, server_kind = 'workload')))) AS workloads
FROM (${source.rows})`,
    source.parameters,
  );
  const [capture] = await database.query(
    "the summary of captures",
    captureSchema,
    `SELECT (SELECT count() FROM hops WHERE ${inRange("window_start")}) AS hop_rows,
  sum(dropped_frames) AS capture_drops, sum(seen_frames) AS ring_packets
FROM completeness WHERE ${inRange("window_start")}`,
    rangeParameters(source.range),
  );
  const connections = conversations?.connection_count ?? 0;
  return {
    range: toTimeRange(source.range),
    connections,
    sameNode: conversations?.same_node ?? 0,
    crossNode: conversations?.cross_node ?? 0,
    viaService: conversations?.via_service ?? 0,
    external: conversations?.external ?? 0,
    edges: conversations?.edges ?? 0,
    workloads: conversations?.workloads ?? 0,
    // Large counts are estimates, and a share does not exceed one.
    namedShare: connections === 0 ? 1 : Math.min(1, (conversations?.named ?? 0) / connections),
    hopRows: capture?.hop_rows ?? 0,
    captureDrops: capture?.capture_drops ?? 0,
    ringPackets: capture?.ring_packets ?? 0,
  };
}
