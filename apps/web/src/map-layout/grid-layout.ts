import { fittingScale } from "./fitting-scale";
import { flowOrder } from "./flow-order";
import type { Point } from "./geometry";
import {
  type CardPositions,
  type LayoutCard,
  type LayoutGraph,
  type LayoutUnit,
  paddingOf,
  unitKey,
  unitsOf,
} from "./layout-graph";

const CARD_GAP = 28;
const GROUP_GAP = 56;
/** Cards to a column for each in a row, within a group: they are four times as wide as high. */
const ASPECT = 1.6;

/**
 * The layout that always works: each group a near-square grid of its cards, the groups in rows, callers before those
 * they call. The same graph gives the same positions. For when the layered layout misses its deadline or comes out
 * in a shape that fits no screen.
 */
export function gridLayout(graph: LayoutGraph): CardPositions {
  const unitOfCard = new Map(graph.cards.map((card) => [card.id, unitKey(card)]));
  const packed = new Map(unitsOf(graph.cards).map((unit) => [unit.key, packUnit(unit, graph)]));
  const between = graph.links.map(({ source, target }) => ({
    source: unitOfCard.get(source) ?? "",
    target: unitOfCard.get(target) ?? "",
  }));
  const units = flowOrder([...packed.keys()], between).flatMap((key) => packed.get(key) ?? []);
  const widest = Math.max(0, ...units.map((unit) => unit.width));
  const total = units.reduce((sum, unit) => sum + unit.width + GROUP_GAP, 0);
  let best: CardPositions = new Map();
  let bestScale = 0;
  for (let rows = 1; rows <= units.length; rows++) {
    const positions = shelve(units, Math.max(widest, total / rows));
    const scale = fittingScale(graph.cards, positions);
    if (scale > bestScale) {
      best = positions;
      bestScale = scale;
    }
  }
  return best;
}

/** The units one after the other in rows of at most this width. */
function shelve(units: readonly PackedUnit[], rowWidth: number): CardPositions {
  const positions = new Map<string, Point>();
  let x = 0;
  let y = 0;
  let rowHeight = 0;
  for (const unit of units) {
    if (x > 0 && x + unit.width > rowWidth) {
      x = 0;
      y += rowHeight + GROUP_GAP;
      rowHeight = 0;
    }
    for (const [id, at] of unit.cards) positions.set(id, { x: x + at.x, y: y + at.y });
    x += unit.width + GROUP_GAP;
    rowHeight = Math.max(rowHeight, unit.height);
  }
  return positions;
}

interface PackedUnit {
  /** Relative to the unit's own corner. */
  readonly cards: ReadonlyMap<string, Point>;
  readonly width: number;
  readonly height: number;
}

/** The cards of one unit row by row; sizes with the padding. */
function packUnit({ group, cards }: LayoutUnit, graph: LayoutGraph): PackedUnit {
  const padding = paddingOf(group);
  const columns = Math.max(1, Math.round(Math.sqrt(cards.length / ASPECT)));
  const rows = Math.ceil(cards.length / columns);
  const width = Math.max(...cards.map((card: LayoutCard) => card.width));
  const height = Math.max(...cards.map((card: LayoutCard) => card.height));
  const order = flowOrder(
    cards.map(({ id }) => id),
    graph.links,
  );
  const places = order.map((id, index): [string, Point] => [
    id,
    {
      x: padding.left + (index % columns) * (width + CARD_GAP),
      y: padding.top + Math.floor(index / columns) * (height + CARD_GAP),
    },
  ]);
  return {
    cards: new Map(places),
    width: padding.left + columns * (width + CARD_GAP) - CARD_GAP + padding.right,
    height: padding.top + rows * (height + CARD_GAP) - CARD_GAP + padding.bottom,
  };
}
