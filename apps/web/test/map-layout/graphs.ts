import type { Box } from "../../src/map-layout/geometry";
import type { CardPositions, LayoutCard, LayoutGraph } from "../../src/map-layout/layout-graph";

export const CARD = { width: 200, height: 50 };

/** `"shop/web > data/db"`: a link between two cards of two groups; `"-/x"` stands alone. */
export function graphOf(...links: string[]): LayoutGraph {
  const cards = new Map<string, LayoutCard>();
  const cardOf = (text: string): string => {
    const [group = "-", name = ""] = text.split("/");
    const id = `${group}/${name}`;
    cards.set(id, { id, group: group === "-" ? null : group, ...CARD });
    return id;
  };
  const parsed = links.map((link) => {
    const [source = "", target = ""] = link.split(" > ");
    return { id: link, source: cardOf(source), target: cardOf(target) };
  });
  return { cards: [...cards.values()], links: parsed };
}

export function boxesOf(graph: LayoutGraph, positions: CardPositions): Map<string, Box> {
  return new Map(
    graph.cards.flatMap(({ id, width, height }): [string, Box][] => {
      const at = positions.get(id);
      return at === undefined ? [] : [[id, { ...at, width, height }]];
    }),
  );
}

/** A shop of four namespaces and a caller outside. */
export const SHOP = graphOf(
  "out/client > ingress/nginx",
  "ingress/nginx > shop/web",
  "shop/web > shop/api",
  "shop/web > shop/cart",
  "shop/api > data/db",
  "shop/api > data/cache",
  "shop/cart > data/cache",
  "mon/prom > shop/web",
  "mon/prom > data/db",
  "data/db > data/db",
);
