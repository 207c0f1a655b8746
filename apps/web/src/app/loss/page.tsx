import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import type { SearchParams } from "nuqs/server";
import { loadOnServer } from "../../collector/load-on-server";
import { latencyQuestion, lossQuestion } from "../../collector/questions";
import { spanOf } from "../../filters/filter-params";
import { LossScreen } from "./loss-screen";
import { loadLossPage } from "./search-params";

export const metadata: Metadata = { title: "Loss and latency" };

export default async function LossPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const params = await loadLossPage(searchParams);
  const { segment, source, destination, show } = params;
  const question = { segment, source, destination, span: spanOf(params) };
  const state = await loadOnServer((queries, collector) =>
    show === "loss"
      ? queries.prefetchQuery(lossQuestion(collector, question))
      : queries.prefetchQuery(latencyQuestion(collector, question)),
  );
  return (
    <HydrationBoundary state={state}>
      <LossScreen />
    </HydrationBoundary>
  );
}
