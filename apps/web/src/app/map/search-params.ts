import { createLoader, parseAsArrayOf, parseAsString, parseAsStringLiteral } from "nuqs/server";
import { EDGE_METRICS } from "../../components/map/edge-metric";
import { filterParams, spanParams } from "../../filters/filter-params";

/** What the map's address holds besides filter and time span. */
export const mapParams = {
  /** Absent: the picture where there is room, the list on narrow screens. */
  view: parseAsStringLiteral(["map", "list"]),
  metric: parseAsStringLiteral(EDGE_METRICS).withDefault("bytes"),
  /** Namespaces drawn as one card. Absent: none, or all where there is too much for one screen. */
  collapse: parseAsArrayOf(parseAsString),
  node: parseAsString,
  edge: parseAsString,
};

/** `node` filters by Kubernetes node, so the chosen card goes by another name. */
export const mapUrlKeys = { node: "card" } as const;

export const loadFilter = createLoader({ ...filterParams, ...spanParams });
export const loadMapParams = createLoader(mapParams, { urlKeys: mapUrlKeys });
