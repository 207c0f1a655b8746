import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import type { SearchParams } from "nuqs/server";
import { loadOnServer } from "../../collector/load-on-server";
import { lossQuestion } from "../../collector/questions";
import { spanOf } from "../../filters/filter-params";
import { LossScreen } from "./loss-screen";
import { loadLossPage } from "./search-params";

export const metadata: Metadata = { title: "Loss" };

export default async function LossPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const params = await loadLossPage(searchParams);
  const { segment, source, destination } = params;
  const state = await loadOnServer((queries, collector) =>
    queries.prefetchQuery(lossQuestion(collector, { segment, source, destination, span: spanOf(params) })),
  );
  return (
    <HydrationBoundary state={state}>
      <LossScreen />
    </HydrationBoundary>
  );
}
