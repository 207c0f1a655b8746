import type { ElkExtendedEdge, ElkNode, LayoutOptions } from "elkjs/lib/elk-api";
import type { Point } from "./geometry";
import {
  type CardPositions,
  GROUP_PADDING,
  type LayoutCard,
  type LayoutGraph,
  type LinkBends,
  unitsOf,
} from "./layout-graph";

/**
 * ELK Layered, clients above their servers, groups as compound nodes. Downwards, because cards are wide and screens
 * are not high: the same graph from left to right comes out three times as wide as high.
 */
const OPTIONS: LayoutOptions = {
  "elk.algorithm": "layered",
  "elk.direction": "DOWN",
  "elk.hierarchyHandling": "INCLUDE_CHILDREN",
  "elk.edgeRouting": "POLYLINE",
  // Bends in the map's own coordinates, not in those of the group that holds the line.
  "org.eclipse.elk.json.edgeCoords": "ROOT",
  "elk.randomSeed": "1",
  "elk.aspectRatio": "1.6",
  "elk.spacing.nodeNode": "32",
  "elk.spacing.componentComponent": "48",
  "elk.layered.spacing.nodeNodeBetweenLayers": "56",
  "elk.layered.spacing.edgeNodeBetweenLayers": "16",
  "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
  "elk.layered.nodePlacement.favorStraightEdges": "false",
  "elk.layered.cycleBreaking.strategy": "GREEDY",
};

const GROUP_OPTIONS: LayoutOptions = {
  "elk.padding": `[top=${GROUP_PADDING.top},left=${GROUP_PADDING.left},bottom=${GROUP_PADDING.bottom},right=${GROUP_PADDING.right}]`,
  "elk.spacing.nodeNode": "20",
};

/** The graph in ELK's form; links of a card with itself are left out, they need no room. */
export function toElkGraph(graph: LayoutGraph): ElkNode {
  const children = unitsOf(graph.cards).flatMap(({ key, group, cards }): ElkNode[] =>
    group === null
      ? cards.map(toElkCard)
      : [{ id: key, layoutOptions: GROUP_OPTIONS, children: cards.map(toElkCard) }],
  );
  const known = new Set(graph.cards.map((card) => card.id));
  const edges = [...graph.links]
    .filter((link) => link.source !== link.target && known.has(link.source) && known.has(link.target))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map((link) => ({ id: link.id, sources: [link.source], targets: [link.target] }));
  return { id: "map", layoutOptions: OPTIONS, children, edges };
}

function toElkCard({ id, width, height }: LayoutCard): ElkNode {
  return { id, width, height };
}

/** The lines of ELK's answer, where it drew one. */
export function bendsOf(answer: ElkNode): LinkBends {
  const edges: ElkExtendedEdge[] = answer.edges ?? [];
  return new Map(
    edges.flatMap(({ id, sections }): [string, Point[]][] => {
      const section = sections?.[0];
      return section === undefined
        ? []
        : [[id, [section.startPoint, ...(section.bendPoints ?? []), section.endPoint]]];
    }),
  );
}

/** Positions of all cards in ELK's answer, from coordinates relative to the group to those of the map. */
export function fromElkGraph(answer: ElkNode): CardPositions {
  const positions = new Map<string, Point>();
  for (const unit of answer.children ?? []) {
    const corner = { x: unit.x ?? 0, y: unit.y ?? 0 };
    if (unit.children === undefined) positions.set(unit.id, corner);
    for (const card of unit.children ?? [])
      positions.set(card.id, { x: corner.x + (card.x ?? 0), y: corner.y + (card.y ?? 0) });
  }
  return positions;
}
