"use client";

import { useQuery } from "@tanstack/react-query";
import { List, Waypoints } from "lucide-react";
import dynamic from "next/dynamic";
import { useQueryStates } from "nuqs";
import { useCallback, useEffect, useMemo } from "react";
import { browserCollector } from "../../collector/browser-collector";
import { MAP_LIMITS, mapQuestion } from "../../collector/questions";
import { Segmented } from "../../components/controls/segmented";
import { useNarrow } from "../../components/controls/use-narrow";
import { isStale } from "../../components/feedback/answer";
import { AnswerProblem } from "../../components/feedback/answer-problem";
import { NoTraffic } from "../../components/feedback/no-traffic";
import { FilterBar } from "../../components/filters/filter-bar";
import { EdgePanel } from "../../components/map/edge-panel";
import { MapList } from "../../components/map/map-list";
import { MapSkeleton } from "../../components/map/map-skeleton";
import { MapSummary } from "../../components/map/map-summary";
import { mapViewOf } from "../../components/map/map-view";
import { NodePanel } from "../../components/map/node-panel";
import { useFilter } from "../../filters/use-filter";
import { mapParams, mapUrlKeys } from "./search-params";

const MapCanvas = dynamic(() => import("../../components/map/map-canvas"), {
  ssr: false,
  loading: MapSkeleton,
});

const VIEWS = [
  { value: "map", name: "Map", icon: <Waypoints size={14} aria-hidden /> },
  { value: "list", name: "List", icon: <List size={14} aria-hidden /> },
] as const;

const NOTHING: readonly string[] = [];

/** The map page: filter bar, picture or list, and the panel of what is chosen. */
export function MapScreen() {
  const state = useFilter();
  const [params, setParams] = useQueryStates(mapParams, { urlKeys: mapUrlKeys, history: "push" });
  const narrow = useNarrow();
  const view = params.view ?? (narrow === undefined ? undefined : narrow ? "list" : "map");
  const collapse = params.collapse ?? NOTHING;
  const { filter, span } = state;
  const question = mapQuestion(browserCollector, { filter, span, collapse });
  const answer = useQuery(question);
  const { data, error, dataUpdatedAt, isPlaceholderData } = answer;
  const shown = useMemo(
    () => (data === undefined ? undefined : mapViewOf(data, params.metric, dataUpdatedAt)),
    [data, params.metric, dataUpdatedAt],
  );

  const isUntouched = params.collapse === null;
  const isTooMuch =
    data !== undefined &&
    !isPlaceholderData &&
    (data.totalNodes > MAP_LIMITS.maxNodes || data.totalEdges > MAP_LIMITS.maxEdges);
  useEffect(() => {
    // Too much for one screen: start from the namespaces, and say so in the address.
    if (isUntouched && isTooMuch && data.namespaces.length > 1)
      setParams({ collapse: data.namespaces }, { history: "replace" });
  }, [isUntouched, isTooMuch, data, setParams]);

  const chooseNode = useCallback((node: string) => setParams({ node, edge: null }), [setParams]);
  const chooseEdge = useCallback((edge: string) => setParams({ edge, node: null }), [setParams]);
  const clear = useCallback(() => setParams({ edge: null, node: null }), [setParams]);
  const collapseOne = useCallback(
    (namespace: string) => setParams({ collapse: [...collapse, namespace], node: null, edge: null }),
    [collapse, setParams],
  );
  const expandOne = useCallback(
    (namespace: string) =>
      setParams({ collapse: collapse.filter((one) => one !== namespace), node: null, edge: null }),
    [collapse, setParams],
  );
  const choice = useMemo(
    () => ({ node: params.node ?? undefined, edge: params.edge ?? undefined }),
    [params.node, params.edge],
  );

  const node = data?.nodes.find(({ id }) => id === choice.node);
  const edge = data?.edges.find(({ id }) => id === choice.edge);
  const client = data?.nodes.find(({ id }) => id === edge?.client);
  const server = data?.nodes.find(({ id }) => id === edge?.server);
  const stale = isStale(answer);

  return (
    <>
      <FilterBar title="Map" state={state}>
        <Segmented
          label="View"
          value={view ?? "map"}
          options={VIEWS}
          iconsOnly={narrow === true}
          onChange={(next) => setParams({ view: next }, { history: "replace" })}
        />
      </FilterBar>
      <AnswerProblem answer={answer} />
      <div className="flex min-h-0 flex-1">
        <div className="relative flex min-w-0 flex-1 flex-col" data-stale={stale}>
          {data === undefined || shown === undefined ? (
            error === null ? (
              <MapSkeleton />
            ) : null
          ) : data.nodes.length === 0 ? (
            <NoTraffic state={state} icon={<Waypoints size={20} aria-hidden />} />
          ) : (
            <>
              <MapSummary
                answer={data}
                metric={params.metric}
                onMetric={
                  view === "map" ? (metric) => setParams({ metric }, { history: "replace" }) : undefined
                }
                collapse={collapse}
                onExpandAll={() => setParams({ collapse: [] })}
                onCollapseAll={() => setParams({ collapse: data.namespaces, node: null, edge: null })}
              />
              <div className={`relative flex min-h-0 flex-1 flex-col ${stale ? "stale" : ""}`}>
                {view === "list" ? (
                  <MapList
                    view={shown}
                    chosenEdge={choice.edge}
                    onChooseEdge={chooseEdge}
                    onChooseNode={chooseNode}
                  />
                ) : view === "map" ? (
                  <MapCanvas
                    view={shown}
                    choice={choice}
                    epoch={collapse.join(",")}
                    onChooseNode={chooseNode}
                    onChooseEdge={chooseEdge}
                    onClear={clear}
                    onCollapse={data.namespaces.length > 1 ? collapseOne : undefined}
                    onExpand={expandOne}
                  />
                ) : (
                  <MapSkeleton />
                )}
              </div>
            </>
          )}
        </div>
        {data !== undefined && edge !== undefined && client !== undefined && server !== undefined ? (
          <EdgePanel
            edge={edge}
            client={client}
            server={server}
            range={data.range}
            filter={filter}
            span={span}
            onClose={clear}
          />
        ) : data !== undefined && node !== undefined ? (
          <NodePanel
            node={node}
            answer={data}
            filter={filter}
            span={span}
            onClose={clear}
            onChooseEdge={chooseEdge}
            onFilter={(id) => state.add({ name: "entity", value: id })}
            onExpand={expandOne}
          />
        ) : null}
      </div>
    </>
  );
}
