import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import type { SearchParams } from "nuqs/server";
import { loadOnServer } from "../../collector/load-on-server";
import { alertsQuestion } from "../../collector/questions";
import { spanOf } from "../../filters/filter-params";
import { AlertsScreen } from "./alerts-screen";
import { loadAlertsPage } from "./search-params";

export const metadata: Metadata = { title: "Alerts" };

export default async function AlertsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const params = await loadAlertsPage(searchParams);
  const state = await loadOnServer((queries, collector) =>
    queries.prefetchQuery(alertsQuestion(collector, { state: params.state, span: spanOf(params) })),
  );
  return (
    <HydrationBoundary state={state}>
      <AlertsScreen />
    </HydrationBoundary>
  );
}
