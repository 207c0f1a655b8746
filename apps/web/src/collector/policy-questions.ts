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
import { spanKey, spanQuery, type TimeSpan } from "../filters/time-span";
import type { CollectorClient } from "./collector-client";
import { queryText } from "./query-text";
import { unlessRefused, windowIntervalMs } from "./refetching";

/** What each policy allowed and denied; all connections of the span are counted for it. */
export function policyQuestion(
  collector: CollectorClient,
  namespace: string | readonly string[] | undefined,
  span: TimeSpan,
) {
  return queryOptions({
    queryKey: ["policy", queryText({ namespace }), spanKey(span)],
    queryFn: ({ signal }) =>
      collector.ask(
        PATHS.policy,
        queryText({ namespace, ...spanQuery(span, collector.now()) }),
        policyAnswerSchema,
        signal,
      ),
    refetchInterval: unlessRefused(windowIntervalMs(span)),
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
