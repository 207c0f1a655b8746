"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { BookOpenText } from "lucide-react";
import { useQueryStates } from "nuqs";
import { browserCollector } from "../../collector/browser-collector";
import { dnsQuestion } from "../../collector/questions";
import { Button } from "../../components/controls/button";
import { ShowMore } from "../../components/controls/show-more";
import { useNarrow } from "../../components/controls/use-narrow";
import { DnsCards } from "../../components/dns/dns-cards";
import { DnsFigures } from "../../components/dns/dns-figures";
import { DnsFilterBar } from "../../components/dns/dns-filter-bar";
import { DnsTable } from "../../components/dns/dns-table";
import { EmptyState } from "../../components/feedback/empty-state";
import { ProblemBanner } from "../../components/feedback/problem-banner";
import { Skeleton } from "../../components/feedback/skeleton";
import { useFilter } from "../../filters/use-filter";
import { formatCount } from "../../units/quantity";
import { dnsParams } from "./search-params";

/** The DNS page: which names were asked for, by whom, and what came of it; failures first. */
export function DnsScreen() {
  const state = useFilter();
  const [{ sort, name, code }, setParams] = useQueryStates(dnsParams, { history: "push" });
  const narrow = useNarrow() ?? false;
  const { client, namespace } = state.filter;
  const question = dnsQuestion(browserCollector, {
    ...{ sort, name, code, namespace, span: state.span },
    client: typeof client === "string" ? client : undefined,
  });
  const pages = useInfiniteQuery(question);
  const { data, error, dataUpdatedAt, isPlaceholderData } = pages;
  const first = data?.pages[0];
  const names = data?.pages.flatMap((page) => page.names) ?? [];
  const filtered = name !== "" || code !== "" || client !== undefined || namespace !== undefined;
  const Names = narrow ? DnsCards : DnsTable;

  return (
    <>
      <DnsFilterBar state={state} name={name} code={code} sort={sort} onChange={setParams} />
      {error === null ? null : (
        <ProblemBanner error={error} dataFromMs={data === undefined ? undefined : dataUpdatedAt} />
      )}
      <div
        data-total={first?.total}
        className={`min-h-0 flex-1 overflow-auto ${isPlaceholderData || error !== null ? "stale" : ""}`}
      >
        {first === undefined ? (
          error === null ? (
            <DnsSkeleton />
          ) : null
        ) : names.length === 0 ? (
          <EmptyState
            icon={<BookOpenText size={20} aria-hidden />}
            title={filtered ? "No question fits this filter" : "No DNS question in this range"}
            actions={
              filtered ? (
                <Button
                  onClick={() => {
                    state.clear();
                    setParams({ name: "", code: "" });
                  }}
                >
                  Clear the filter
                </Button>
              ) : undefined
            }
          >
            {filtered
              ? "Nobody who fits asked for such a name in this range. Remove a condition, or widen the range."
              : "No agent saw a question on port 53 in this range. Widen it, or see on the status page whether agents report."}
          </EmptyState>
        ) : (
          <div className="mx-auto max-w-7xl space-y-3 p-3 sm:p-4">
            <DnsFigures answer={first} />
            <Names names={names} />
            <ShowMore pages={pages} total={formatCount(first.total)} />
          </div>
        )}
      </div>
    </>
  );
}

function DnsSkeleton() {
  return (
    <div role="status" aria-busy="true" className="mx-auto max-w-7xl space-y-3 p-3 sm:p-4">
      <span className="sr-only">Loading names…</span>
      <Skeleton className="h-16 w-full rounded-lg" />
      <Skeleton className="h-96 w-full rounded-lg" />
    </div>
  );
}
