import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import type { SearchParams } from "nuqs/server";
import { loadOnServer } from "../../collector/load-on-server";
import { flowPagesQuestion } from "../../collector/questions";
import { filterOf } from "../../filters/connection-filter";
import { spanOf } from "../../filters/filter-params";
import { FlowsScreen } from "./flows-screen";
import { loadFlowsPage } from "./search-params";

export const metadata: Metadata = { title: "Flows" };

export default async function FlowsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const params = await loadFlowsPage(searchParams);
  const { sort, order } = params;
  const state = await loadOnServer((queries, collector) =>
    queries.prefetchInfiniteQuery(
      flowPagesQuestion(collector, { filter: filterOf(params), span: spanOf(params), sort, order }),
    ),
  );
  return (
    <HydrationBoundary state={state}>
      <FlowsScreen />
    </HydrationBoundary>
  );
}
