import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import type { SearchParams } from "nuqs/server";
import { loadOnServer } from "../../collector/load-on-server";
import { dnsQuestion } from "../../collector/questions";
import { spanOf } from "../../filters/filter-params";
import { DnsScreen } from "./dns-screen";
import { loadDnsPage } from "./search-params";

export const metadata: Metadata = { title: "DNS" };

export default async function DnsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const params = await loadDnsPage(searchParams);
  const { sort, name, code, client, namespace } = params;
  const state = await loadOnServer((queries, collector) =>
    queries.prefetchInfiniteQuery(
      dnsQuestion(collector, {
        ...{ sort, name, code, span: spanOf(params) },
        client: client ?? undefined,
        namespace: namespace ?? undefined,
      }),
    ),
  );
  return (
    <HydrationBoundary state={state}>
      <DnsScreen />
    </HydrationBoundary>
  );
}
