"use client";

import { entityId, mapAnswerSchema, PATHS } from "@hopline/api";
import { useQuery } from "@tanstack/react-query";
import { browserCollector } from "../../collector/browser-collector";
import { queryText } from "../../collector/query-text";
import { statusQuestion } from "../../collector/questions";
import type { FilterName } from "../../filters/filter-params";
import { spanKey, spanQuery, type TimeSpan } from "../../filters/time-span";
import { FIXED_VALUES } from "./filter-labels";

const CHOICE_LIMITS = { maxNodes: 1000, maxEdges: 2000 };

/** What can be chosen for each filter: what was seen in the span, asked for when a chooser opens. */
export function useFilterChoices(
  span: TimeSpan,
  open: boolean,
): Partial<Record<FilterName, readonly string[]>> {
  const { data: map } = useQuery({
    queryKey: ["choices", spanKey(span)],
    queryFn: ({ signal }) =>
      browserCollector.ask(
        PATHS.map,
        queryText({ ...CHOICE_LIMITS, ...spanQuery(span, browserCollector.now()) }),
        mapAnswerSchema,
        signal,
      ),
    enabled: open,
    staleTime: 30_000,
  });
  const { data: status } = useQuery({ ...statusQuestion(browserCollector), enabled: open });
  if (map === undefined) return FIXED_VALUES;

  const entities = map.nodes.map(({ entity }) => entityId(entity)).sort();
  const ports = map.edges.flatMap((edge) => edge.ports);
  return {
    ...FIXED_VALUES,
    namespace: map.namespaces,
    entity: entities,
    client: entities,
    server: entities,
    service: distinct(ports.map(({ service }) => service).filter((name) => name !== "")),
    port: distinct(ports.map(({ port }) => String(port))).sort((a, b) => Number(a) - Number(b)),
    node: status?.agents.map(({ node }) => node).sort() ?? [],
  };
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}
