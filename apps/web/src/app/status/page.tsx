import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import type { SearchParams } from "nuqs/server";
import { loadOnServer } from "../../collector/load-on-server";
import { statusQuestion, summaryQuestion } from "../../collector/questions";
import { spanOf } from "../../filters/filter-params";
import { loadStatusPage } from "./search-params";
import { StatusScreen } from "./status-screen";

export const metadata: Metadata = { title: "Status" };

export default async function StatusPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const span = spanOf(await loadStatusPage(searchParams));
  const state = await loadOnServer(async (queries, collector) => {
    await Promise.all([
      queries.prefetchQuery(statusQuestion(collector)),
      queries.prefetchQuery(summaryQuestion(collector, span)),
    ]);
  });
  return (
    <HydrationBoundary state={state}>
      <StatusScreen />
    </HydrationBoundary>
  );
}
