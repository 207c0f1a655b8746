import { flowSortSchema } from "@hopline/api";
import { createLoader, parseAsString, parseAsStringLiteral } from "nuqs/server";
import { filterParams, spanParams } from "../../filters/filter-params";

/** What the flow table's address holds besides filter and time span. */
export const flowsParams = {
  sort: parseAsStringLiteral(flowSortSchema.options).withDefault("lastSeen"),
  order: parseAsStringLiteral(["asc", "desc"]).withDefault("desc"),
  /** The connection whose hops are shown. */
  connection: parseAsString,
};

export const loadFlowsPage = createLoader({ ...filterParams, ...spanParams, ...flowsParams });
