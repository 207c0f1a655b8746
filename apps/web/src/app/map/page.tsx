import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import type { SearchParams } from "nuqs/server";
import { loadOnServer } from "../../collector/load-on-server";
import { mapQuestion } from "../../collector/questions";
import { filterOf } from "../../filters/connection-filter";
import { spanOf } from "../../filters/filter-params";
import { MapScreen } from "./map-screen";
import { loadFilter, loadMapParams } from "./search-params";

export const metadata: Metadata = { title: "Map" };

export default async function MapPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const params = await loadFilter(searchParams);
  const { collapse } = await loadMapParams(searchParams);
  const state = await loadOnServer((queries, collector) =>
    queries.prefetchQuery(
      mapQuestion(collector, { filter: filterOf(params), span: spanOf(params), collapse: collapse ?? [] }),
    ),
  );
  return (
    <HydrationBoundary state={state}>
      <MapScreen />
    </HydrationBoundary>
  );
}
