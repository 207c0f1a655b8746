import type { MapAnswer, MapEdge, MapNode } from "@hopline/api";
import { elapsedSeconds } from "../../filters/elapsed-seconds";
import type { LayoutCard, LayoutGraph } from "../../map-layout/layout-graph";
import { type EdgeHealth, edgeHealth } from "./edge-health";
import { type EdgeMetric, metricLabel, metricValue } from "./edge-metric";

export const CARD_WIDTH = 244;
export const CARD_HEIGHT = 56;

export interface CardView {
  readonly layout: LayoutCard;
  readonly node: MapNode;
  /** Bytes in and out. */
  readonly bytesPerSecond: number;
}

export interface GroupView {
  readonly id: string;
  readonly name: string;
  /** The namespace, where the group is one. */
  readonly namespace: string | undefined;
  readonly cards: number;
}

export interface LinkView {
  readonly id: string;
  readonly edge: MapEdge;
  readonly health: EdgeHealth;
  readonly label: string;
  /** 0 to 1 against the busiest: the square of a logarithmic scale, so that the busy stand out. */
  readonly weight: number;
}

/** What the map draws, from what the collector answered. */
export interface MapView {
  readonly cards: readonly CardView[];
  readonly groups: readonly GroupView[];
  readonly links: readonly LinkView[];
  readonly graph: LayoutGraph;
}

/** Outside are two groups: who calls in stands before the cluster, what is called stands behind it. */
const GROUP_NAMES: Record<string, string> = {
  "kind:node": "Nodes",
  "kind:external client": "Callers outside",
  "kind:external": "Outside the cluster",
  "kind:unknown": "Unknown addresses",
};

export function mapViewOf(answer: MapAnswer, metric: EdgeMetric, nowMs: number): MapView {
  const seconds = elapsedSeconds(answer.range, nowMs);
  const servers = new Set(answer.edges.map(({ server }) => server));
  const cards = answer.nodes.map(
    (node): CardView => ({
      layout: { id: node.id, group: groupOf(node, servers), width: CARD_WIDTH, height: CARD_HEIGHT },
      node,
      bytesPerSecond: (node.bytesIn + node.bytesOut) / seconds,
    }),
  );
  const groups = new Map<string, GroupView>();
  for (const { node, layout } of cards) {
    if (layout.group === null) continue;
    const namespace = layout.group.startsWith("namespace:") ? node.entity.namespace : undefined;
    const group = groups.get(layout.group);
    groups.set(layout.group, {
      id: layout.group,
      name: namespace ?? GROUP_NAMES[layout.group] ?? layout.group,
      namespace,
      cards: (group?.cards ?? 0) + 1,
    });
  }
  const values = answer.edges.map((edge) => metricValue(edge, metric, seconds) ?? 0);
  const scale = Math.log1p(Math.max(1, ...values));
  const links = answer.edges.map((edge, index): LinkView => {
    const health = edgeHealth(edge);
    return {
      id: edge.id,
      edge,
      health,
      label: labelOf(metricLabel(edge, metric, seconds), health),
      weight: (Math.log1p(values[index] ?? 0) / scale) ** 2,
    };
  });
  return {
    cards,
    groups: [...groups.values()],
    links,
    graph: {
      cards: cards.map(({ layout }) => layout),
      links: links.map(({ id, edge }) => ({ id, source: edge.client, target: edge.server })),
    },
  };
}

/** What policy stopped, or should have, stands on the line itself, in a word. */
function labelOf(figure: string, { level }: EdgeHealth): string {
  return level === "denied" || level === "unenforced" ? `${figure} ${level}` : figure;
}

/** A collapsed namespace stands alone; all else is in its namespace's box or with its kind. */
function groupOf({ id, entity, collapsed }: MapNode, servers: ReadonlySet<string>): string | null {
  if (collapsed) return null;
  if (entity.kind === "workload" || entity.kind === "service") return `namespace:${entity.namespace}`;
  if (entity.kind === "external" && !servers.has(id)) return "kind:external client";
  return `kind:${entity.kind}`;
}
