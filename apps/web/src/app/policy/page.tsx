import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import type { SearchParams } from "nuqs/server";
import { loadOnServer } from "../../collector/load-on-server";
import { policyQuestion } from "../../collector/policy-questions";
import { spanOf } from "../../filters/filter-params";
import { PolicyScreen } from "./policy-screen";
import { loadPolicyPage } from "./search-params";

export const metadata: Metadata = { title: "Policy" };

export default async function PolicyPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const params = await loadPolicyPage(searchParams);
  const state = await loadOnServer((queries, collector) =>
    queries.prefetchQuery(policyQuestion(collector, params.namespace ?? undefined, spanOf(params))),
  );
  return (
    <HydrationBoundary state={state}>
      <PolicyScreen />
    </HydrationBoundary>
  );
}
