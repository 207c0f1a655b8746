"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { ArrowUp, ListTree } from "lucide-react";
import { useQueryStates } from "nuqs";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { browserCollector } from "../../collector/browser-collector";
import { flowPagesQuestion } from "../../collector/questions";
import { ConnectionPanel } from "../../components/connection/connection-panel";
import { Button } from "../../components/controls/button";
import { useNarrow } from "../../components/controls/use-narrow";
import { isStale } from "../../components/feedback/answer";
import { AnswerProblem } from "../../components/feedback/answer-problem";
import { NoTraffic } from "../../components/feedback/no-traffic";
import { Skeleton } from "../../components/feedback/skeleton";
import { FilterBar } from "../../components/filters/filter-bar";
import type { FlowSort } from "../../components/flows/flow-columns";
import { FlowTable } from "../../components/flows/flow-table";
import { FlowToolbar } from "../../components/flows/flow-toolbar";
import { shownRows } from "../../components/flows/live-rows";
import { useLiveRows } from "../../components/flows/use-live-rows";
import { pathHref } from "../../components/path/path-link";
import { useFilter } from "../../filters/use-filter";
import { formatCount } from "../../units/quantity";
import { flowsParams } from "./search-params";

/** The flows page: the table of connections, live where the range is, and the hop ledger of the chosen one. */
export function FlowsScreen() {
  const state = useFilter();
  const { filter, span } = state;
  const [{ sort, order, connection }, setParams] = useQueryStates(flowsParams, { history: "push" });
  const [paused, setPaused] = useState(false);
  const narrow = useNarrow() ?? false;
  const scroller = useRef<HTMLDivElement>(null);
  const reading = useRef(false);

  const question = flowPagesQuestion(browserCollector, { filter, span, sort, order });
  const pages = useInfiniteQuery(question);
  const { data, error, dataUpdatedAt, isPlaceholderData, hasNextPage, isFetchingNextPage, fetchNextPage } =
    pages;
  const pageRows = useMemo(() => data?.pages.flatMap((page) => page.connections) ?? [], [data]);
  const known = useMemo(() => new Set(pageRows.map(({ id }) => id)), [pageRows]);

  const canFollow = span.kind === "live" && sort === "lastSeen" && order === "desc";
  const holds = () => paused || reading.current || (scroller.current?.scrollTop ?? 0) > 0;
  const epoch = `${question.queryKey.join(" ")} ${data?.pages[0]?.range.to ?? 0}`;
  const live = useLiveRows(
    filter,
    epoch,
    canFollow && data !== undefined && !isPlaceholderData,
    known,
    holds,
  );
  const rows = useMemo(
    () => (canFollow ? shownRows(live.rows, pageRows) : pageRows),
    [canFollow, live.rows, pageRows],
  );
  const { refetch } = pages;
  useEffect(() => {
    // What was missed meanwhile is in the pages; asking for them also says why the stream broke.
    if (live.stream === "lost") refetch();
  }, [live.stream, refetch]);
  const held = live.rows.held.length;
  const firstTotal = data?.pages[0]?.total;
  const total = firstTotal === undefined ? undefined : firstTotal + (canFollow ? live.rows.fresh.length : 0);

  const onNearEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && error === null) fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, error, fetchNextPage]);
  const onSort = (next: FlowSort) =>
    setParams({ sort: next, order: next === sort && order === "desc" ? "asc" : "desc" });
  const showHeld = () => {
    scroller.current?.scrollTo({ top: 0 });
    live.release();
  };
  const setReading = (now: boolean) => {
    reading.current = now;
    if (!now && !holds()) live.release();
  };
  const streamLost = live.stream === "lost" && error === null;

  return (
    <>
      <FilterBar title="Flows" state={state} />
      <AnswerProblem answer={pages} />
      <div className="flex min-h-0 flex-1">
        <div className="relative flex min-w-0 flex-1 flex-col">
          <FlowToolbar
            total={total}
            loaded={rows.length}
            noAnswer={data === undefined && error !== null}
            canFollow={canFollow}
            paused={paused}
            stream={live.stream}
            held={held}
            leftOut={live.rows.leftOut + live.skipped}
            unreadable={live.unreadable}
            readAtMs={dataUpdatedAt}
            onPause={(next) => {
              setPaused(next);
              if (!next) showHeld();
            }}
            onRefresh={() => refetch()}
          />
          {held > 0 && !paused ? (
            <div className="pointer-events-none absolute inset-x-0 top-21 z-20 flex justify-center">
              <Button
                look="primary"
                className="pointer-events-auto rounded-full! shadow-lifted"
                onClick={showHeld}
              >
                <ArrowUp size={13} aria-hidden /> {formatCount(held)} new
              </Button>
            </div>
          ) : null}
          <div
            ref={scroller}
            data-scroller
            onPointerEnter={() => setReading(true)}
            onPointerLeave={() => setReading(false)}
            onScroll={() => (scroller.current?.scrollTop === 0 ? setReading(reading.current) : undefined)}
            className={`min-h-0 flex-1 overflow-auto ${isStale(pages) || streamLost ? "stale" : ""}`}
          >
            {data === undefined ? (
              error === null ? (
                <FlowsSkeleton />
              ) : null
            ) : rows.length === 0 ? (
              <NoTraffic state={state} icon={<ListTree size={20} aria-hidden />} />
            ) : (
              <FlowTable
                rows={rows}
                sort={sort}
                order={order}
                onSort={onSort}
                chosen={connection ?? undefined}
                onChoose={(id) => setParams({ connection: id })}
                pathOf={(id) => pathHref(id, span)}
                narrow={narrow || connection !== null}
                scroller={scroller}
                onNearEnd={onNearEnd}
              />
            )}
          </div>
        </div>
        {connection === null ? null : (
          <ConnectionPanel id={connection} span={span} onClose={() => setParams({ connection: null })} />
        )}
      </div>
    </>
  );
}

function FlowsSkeleton() {
  return (
    <div aria-busy="true" role="status" className="space-y-1.5 p-3">
      <span className="sr-only">Loading connections…</span>
      {Array.from({ length: 14 }, (_, row) => `row ${row}`).map((key) => (
        <Skeleton key={key} className="h-10 w-full" />
      ))}
    </div>
  );
}
