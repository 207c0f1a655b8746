import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import type { SearchParams } from "nuqs/server";
import { loadOnServer } from "../../../collector/load-on-server";
import { pathQuestion } from "../../../collector/questions";
import { spanOf } from "../../../filters/filter-params";
import { PathScreen } from "./path-screen";
import { loadPathPage } from "./search-params";

export const metadata: Metadata = { title: "Path" };

export default async function PathPage({
  params,
  searchParams,
}: {
  params: Promise<{ id: string }>;
  searchParams: Promise<SearchParams>;
}) {
  const [{ id }, search] = await Promise.all([params, loadPathPage(searchParams)]);
  const state = await loadOnServer((queries, collector) =>
    queries.prefetchQuery(pathQuestion(collector, id, spanOf(search))),
  );
  return (
    <HydrationBoundary state={state}>
      <PathScreen id={id} />
    </HydrationBoundary>
  );
}
