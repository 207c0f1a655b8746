import { DNS_UNANSWERED, type DnsAnswer, type DnsQuery } from "@hopline/api";
import { z } from "zod";
import type { QueryParameters } from "../database.js";
import { alignRange, fillRange, inRange, rangeParameters, toTimeRange } from "./aligned-range.js";
import { filterSql } from "./connection-filter.js";
import { WINDOW_SECONDS } from "./conversation-source.js";
import { entityOf, entityShape } from "./end-columns.js";
import type { QueryContext } from "./query-context.js";
import { addressText } from "./resolved-connections.js";

const count = z.coerce.number();
const nameSchema = z.object({
  name: z.string(),
  type: count,
  ...entityShape,
  addresses: z.array(z.string()),
  asked: count,
  by_code: z.array(z.tuple([count, count])),
  failed: count,
  latency_mean_us: z.number().nullable(),
  latency_longest_us: z.number(),
  last_window: count,
});
const totalSchema = z.object({
  total: count,
  asked: count,
  failed: count,
  unanswered: count,
  latency_mean_us: z.number().nullable(),
  latency_longest_us: z.number(),
});

const KEY = [
  "name",
  "type",
  ...["client", "server"].flatMap((end) =>
    ["kind", "namespace", "workload_kind", "workload"].map((field) => `${end}_${field}`),
  ),
].join(", ");

const NO_ERROR = 0;
const NO_SUCH_NAME = 3;

const FIGURES = `sum(questions) AS asked, sumIf(questions, code != ${NO_ERROR}) AS failed,
  sumIf(questions, code = ${DNS_UNANSWERED}) AS unanswered,
  sum(latency_sum_us) / nullIf(asked - unanswered, 0) AS latency_mean_us,
  max(latency_max_us) AS latency_longest_us`;

/**
 * Orders by what was asked for, then by everything else. "No such name" is an answer, and every search domain that a
 * resolver tries in vain gives one: among failures those come last.
 */
const ORDERS: Readonly<Record<DnsQuery["sort"], string>> = {
  failures: `sumIf(questions, code NOT IN (${NO_ERROR}, ${NO_SUCH_NAME})) DESC, failed DESC, asked DESC`,
  questions: "asked DESC, failed DESC",
  latency: "latency_mean_us DESC NULLS LAST, asked DESC",
  name: "name ASC",
};

/** Who asked for which names, and how it went, as the hop nearest to each client saw it. */
export async function dns({ database, nowMs }: QueryContext, query: DnsQuery): Promise<DnsAnswer> {
  const range = alignRange(fillRange(query, nowMs), WINDOW_SECONDS);
  const { condition, parameters } = conditionOf(query);
  const where = `WHERE ${inRange("window_start")} AND reporter = 1 AND ${condition}`;
  const asked = { ...rangeParameters(range), ...parameters };
  const rows = await database.query(
    "DNS names",
    nameSchema,
    `SELECT ${KEY}, ${FIGURES},
  CAST(sumMap(map(code, questions)), 'Array(Tuple(UInt8, UInt64))') AS by_code,
  arrayMap(address -> ${addressText("address")}, arraySort(groupUniqArray(4)(server_address))) AS addresses,
  toUInt32(max(window_start)) AS last_window
FROM dns ${where}
GROUP BY ${KEY} ORDER BY ${ORDERS[query.sort]}, ${KEY}
LIMIT {limit:UInt32} OFFSET {offset:UInt32}`,
    { ...asked, limit: query.limit, offset: query.offset },
  );
  const [all] = await database.query(
    "DNS in all",
    totalSchema,
    `SELECT uniqExact(${KEY}) AS total, ${FIGURES} FROM dns ${where}`,
    asked,
  );
  return {
    range: toTimeRange(range),
    names: rows.map(toName),
    total: all?.total ?? 0,
    questions: all?.asked ?? 0,
    failures: all?.failed ?? 0,
    unanswered: all?.unanswered ?? 0,
    latencyMeanUs: all?.latency_mean_us ?? null,
    latencyMaxUs: longest(all),
  };
}

function conditionOf(query: DnsQuery): { condition: string; parameters: QueryParameters } {
  const client = filterSql({ client: query.client });
  const conditions = [client.condition];
  const parameters: Record<string, QueryParameters[string]> = { ...client.parameters };
  if (query.namespace !== undefined && query.namespace.length > 0) {
    conditions.push("client_namespace IN {d_namespaces:Array(String)}");
    parameters.d_namespaces = query.namespace;
  }
  if (query.name !== undefined && query.name !== "") {
    // Names are stored in lower case.
    conditions.push("position(name, {d_name:String}) > 0");
    parameters.d_name = query.name.toLowerCase();
  }
  if (query.code !== undefined) {
    conditions.push("code = {d_code:UInt8}");
    parameters.d_code = query.code;
  }
  return { condition: conditions.join(" AND "), parameters };
}

function toName(row: z.output<typeof nameSchema>): DnsAnswer["names"][number] {
  return {
    name: row.name,
    type: row.type,
    client: entityOf(row, "client"),
    server: entityOf(row, "server"),
    serverAddresses: row.addresses,
    questions: row.asked,
    codes: row.by_code
      .map(([code, questions]) => ({ code, questions }))
      .sort((one, other) => other.questions - one.questions || one.code - other.code),
    failures: row.failed,
    latencyMeanUs: row.latency_mean_us,
    latencyMaxUs: longest(row),
    lastSeen: (row.last_window + WINDOW_SECONDS) * 1000,
  };
}

/** Of what nobody answered there is none. */
function longest(
  row: Pick<z.output<typeof totalSchema>, "latency_mean_us" | "latency_longest_us"> | undefined,
) {
  return row === undefined || row.latency_mean_us === null ? null : row.latency_longest_us;
}
