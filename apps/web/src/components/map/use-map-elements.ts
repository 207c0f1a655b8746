"use client";

import { useMemo } from "react";
import type { Box, Point } from "../../map-layout/geometry";
import { groupBoxes } from "../../map-layout/group-boxes";
import { type Label, placeLabels } from "../../map-layout/label-places";
import type { CardPositions, LinkBends } from "../../map-layout/layout-graph";
import { routeLinks } from "../../map-layout/link-routes";
import type { HealthLevel } from "./edge-health";
import type { MapCardNode } from "./map-card";
import type { MapEdgeEdge } from "./map-edge";
import type { MapGroupNode } from "./map-group";
import type { LinkView, MapView } from "./map-view";

/** One size for all labels: a figure that grows by a digit must not make its neighbour vanish. */
const LABEL_SIZE = { width: 70, height: 17 };
/** What the word after the figure takes. */
const WORD_WIDTHS: Partial<Record<HealthLevel, number>> = { denied: 40, unenforced: 66 };

export interface MapChoice {
  readonly node: string | undefined;
  readonly edge: string | undefined;
}

/** An edge's figure, where there is room for it. */
export interface MapLabel {
  readonly view: LinkView;
  readonly at: Point;
  readonly dimmed: boolean;
}

/** What React Flow draws: group boxes below, edges, cards above; with what is not chosen dimmed. */
export function useMapElements(
  view: MapView,
  positions: CardPositions,
  bends: LinkBends,
  choice: MapChoice,
  onCollapse: ((namespace: string) => void) | undefined,
  onExpand: (namespace: string) => void,
): { nodes: (MapCardNode | MapGroupNode)[]; edges: MapEdgeEdge[]; labels: MapLabel[] } {
  const { graph, links } = view;
  const boxes = useMemo(() => {
    const known = new Map<string, Box>();
    for (const card of graph.cards) {
      const at = positions.get(card.id);
      if (at !== undefined) known.set(card.id, { ...at, width: card.width, height: card.height });
    }
    return known;
  }, [graph.cards, positions]);
  const routes = useMemo(() => routeLinks(graph.links, boxes, bends), [graph.links, boxes, bends]);
  const labels = useMemo(() => {
    const wanted = [...links]
      .sort((a, b) => Math.round(b.weight * 4) - Math.round(a.weight * 4) || (a.id < b.id ? -1 : 1))
      .map(
        ({ id, health }): Label => ({
          link: id,
          width: LABEL_SIZE.width + (WORD_WIDTHS[health.level] ?? 0),
          height: LABEL_SIZE.height,
        }),
      );
    return placeLabels(wanted, routes, boxes.values());
  }, [links, routes, boxes]);

  const near = useMemo(() => {
    const { node, edge } = choice;
    if (node === undefined && edge === undefined) return undefined;
    const chosen = links.filter(
      (link) => link.id === edge || link.edge.client === node || link.edge.server === node,
    );
    return {
      edges: new Set(chosen.map(({ id }) => id)),
      cards: new Set([node, ...chosen.flatMap((link) => [link.edge.client, link.edge.server])]),
    };
  }, [choice, links]);

  const nodes = useMemo(() => {
    const groups = groupBoxes(graph.cards, positions);
    const groupNodes = view.groups.flatMap((group): MapGroupNode[] => {
      const box = groups.get(group.id);
      if (box === undefined) return [];
      const { width, height } = box;
      return [
        {
          id: `group ${group.id}`,
          type: "namespace",
          position: { x: box.x, y: box.y },
          width,
          height,
          measured: { width, height },
          draggable: false,
          selectable: false,
          focusable: false,
          zIndex: -1,
          data: { group, onCollapse },
        },
      ];
    });
    const cardNodes = view.cards.flatMap((card): MapCardNode[] => {
      const box = boxes.get(card.layout.id);
      if (box === undefined) return [];
      const { width, height } = box;
      return [
        {
          id: card.layout.id,
          type: "card",
          position: { x: box.x, y: box.y },
          width,
          height,
          measured: { width, height },
          zIndex: 1,
          ariaLabel: `${card.node.entity.name}, ${card.layout.group === null ? "namespace" : card.node.entity.namespace || "no namespace"}`,
          data: {
            view: card,
            chosen: choice.node === card.layout.id,
            dimmed: near !== undefined && !near.cards.has(card.layout.id),
            onExpand,
          },
        },
      ];
    });
    return [...groupNodes, ...cardNodes];
  }, [view, graph.cards, positions, boxes, choice.node, near, onCollapse, onExpand]);

  const edges = useMemo(
    () =>
      links.flatMap((link): MapEdgeEdge[] => {
        const route = routes.get(link.id);
        if (route === undefined) return [];
        const chosen = choice.edge === link.id;
        return [
          {
            id: link.id,
            type: "hop",
            source: link.edge.client,
            target: link.edge.server,
            zIndex: chosen ? 1 : 0,
            ariaLabel: `${nameIn(view, link.edge.client)} to ${nameIn(view, link.edge.server)}, ${link.label}`,
            data: {
              view: link,
              route,
              chosen,
              dimmed: near !== undefined && !near.edges.has(link.id),
            },
          },
        ];
      }),
    [view, links, routes, choice.edge, near],
  );
  const shownLabels = useMemo(
    () =>
      links.flatMap((link): MapLabel[] => {
        const at = labels.get(link.id);
        return at === undefined
          ? []
          : [{ view: link, at, dimmed: near !== undefined && !near.edges.has(link.id) }];
      }),
    [links, labels, near],
  );
  return { nodes, edges, labels: shownLabels };
}

function nameIn(view: MapView, id: string): string {
  return view.cards.find(({ layout }) => layout.id === id)?.node.entity.name ?? id;
}
