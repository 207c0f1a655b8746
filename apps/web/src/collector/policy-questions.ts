import {
  type AdviseQuery,
  adviseAnswerSchema,
  PATHS,
  type PolicyName,
  policyAnswerSchema,
  policyManifestSchema,
  type WhatIfAnswer,
  type WhatIfRequest,
  whatIfAnswerSchema,
} from "@hopline/api";
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { refreshIntervalMs, spanKey, spanQuery, type TimeSpan } from "../filters/time-span";
import type { CollectorClient } from "./collector-client";
import { CollectorProblem } from "./collector-problem";
import { queryText } from "./query-text";

/** All connections of the span are counted for it: dearer than a page of flows. */
const LEAST_INTERVAL_MS = 10_000;

/** What each policy allowed and denied. */
export function policyQuestion(
  collector: CollectorClient,
  namespace: string | readonly string[] | undefined,
  span: TimeSpan,
) {
  const interval = refreshIntervalMs(span);
  return queryOptions({
    queryKey: ["policy", queryText({ namespace }), spanKey(span)],
    queryFn: ({ signal }) =>
      collector.ask(
        PATHS.policy,
        queryText({ namespace, ...spanQuery(span, collector.now()) }),
        policyAnswerSchema,
        signal,
      ),
    refetchInterval: ({ state: { error } }) => {
      if (error instanceof CollectorProblem && !error.mayPass) return false;
      return interval === false ? error !== null && LEAST_INTERVAL_MS : Math.max(LEAST_INTERVAL_MS, interval);
    },
    placeholderData: keepPreviousData,
  });
}

/** A policy of the cluster as a manifest. */
export async function policyManifest(
  collector: CollectorClient,
  { kind, namespace, name }: PolicyName,
): Promise<string> {
  const query = queryText({ kind, namespace, name });
  return (await collector.ask(PATHS.policyManifest, query, policyManifestSchema)).yaml;
}

/** Nothing is applied; asked when somebody wants it, for every trial is written down. */
export function whatIf(collector: CollectorClient, request: WhatIfRequest): Promise<WhatIfAnswer> {
  return collector.askWith(PATHS.policyWhatIf, request, whatIfAnswerSchema);
}

export function advise(collector: CollectorClient, query: AdviseQuery) {
  return collector.ask(PATHS.policyAdvise, queryText(query), adviseAnswerSchema);
}
