import { DNS_UNANSWERED, type Entity, entityKindSchema, type TimeRange } from "@hopline/api";
import { z } from "zod";
import { alignRange, inRange, rangeParameters } from "./aligned-range.js";
import { WINDOW_SECONDS } from "./conversation-source.js";
import type { QueryContext } from "./query-context.js";

/** Questions that one DNS server was asked. */
export interface DnsServerFigures {
  readonly server: Entity;
  readonly asked: number;
  /** Answered with an error other than "no such name", or not at all. */
  readonly failed: number;
  readonly unanswered: number;
  /** Null where nothing was answered. */
  readonly latencyMeanUs: number | null;
  /** Workloads that asked. */
  readonly clients: number;
  /** The names that failed most; three at most. */
  readonly failedNames: readonly string[];
}

const count = z.coerce.number();
const rowSchema = z
  .object({
    server_kind: entityKindSchema.catch("unknown"),
    server_namespace: z.string(),
    server_workload_kind: z.string(),
    server_workload: z.string(),
    asked: count,
    failed: count,
    unanswered: count,
    latency_mean_us: z.number().nullable(),
    clients: count,
    failed_names: z.array(z.string()),
  })
  .transform(
    (row): DnsServerFigures => ({
      server: {
        kind: row.server_kind,
        namespace: row.server_namespace,
        workloadKind: row.server_workload_kind,
        name: row.server_workload,
      },
      asked: row.asked,
      failed: row.failed,
      unanswered: row.unanswered,
      latencyMeanUs: row.latency_mean_us,
      clients: row.clients,
      failedNames: row.failed_names,
    }),
  );

/** Answers that are no failure: there is such a name, there is none. */
const FINE = "(0, 3)";

/** How each server that was asked for names answered, as the hop nearest to each client saw it. */
export async function dnsServerFigures(
  { database }: Pick<QueryContext, "database">,
  range: TimeRange,
): Promise<DnsServerFigures[]> {
  return database.query(
    "DNS by server",
    rowSchema,
    `SELECT server_kind, server_namespace, server_workload_kind, server_workload,
  sum(questions) AS asked, sumIf(questions, code NOT IN ${FINE}) AS failed,
  sumIf(questions, code = ${DNS_UNANSWERED}) AS unanswered,
  sum(latency_sum_us) / nullIf(asked - unanswered, 0) AS latency_mean_us,
  uniqExact(client_namespace, client_workload) AS clients,
  topKIf(3)(name, code NOT IN ${FINE}) AS failed_names
FROM dns WHERE ${inRange("window_start")} AND reporter = 1
GROUP BY server_kind, server_namespace, server_workload_kind, server_workload
ORDER BY failed DESC, asked DESC LIMIT 1000`,
    rangeParameters(alignRange(range, WINDOW_SECONDS)),
  );
}
