import { type Box, boundsOf } from "./geometry";
import { type CardPositions, type LayoutCard, paddingOf, unitsOf } from "./layout-graph";

/** The box of each unit that has a placed card, by unit key: its cards' bounds and the padding around them. */
export function unitBoxes(cards: readonly LayoutCard[], positions: CardPositions): Map<string, Box> {
  const boxes = new Map<string, Box>();
  for (const unit of unitsOf(cards)) {
    const bounds = boundsOf(placed(unit.cards, positions));
    if (bounds !== undefined) boxes.set(unit.key, padded(bounds, unit.group));
  }
  return boxes;
}

/** The box that is drawn for each group, by group. */
export function groupBoxes(cards: readonly LayoutCard[], positions: CardPositions): Map<string, Box> {
  const grouped = cards.filter((card) => card.group !== null);
  const boxes = unitBoxes(grouped, positions);
  return new Map([...boxes].map(([key, box]) => [key.slice("group ".length), box]));
}

/** Bounds of cards with their group's padding. */
export function padded(bounds: Box, group: string | null): Box {
  const padding = paddingOf(group);
  return {
    x: bounds.x - padding.left,
    y: bounds.y - padding.top,
    width: bounds.width + padding.left + padding.right,
    height: bounds.height + padding.top + padding.bottom,
  };
}

/** Boxes of those cards that have a position. */
export function placed(cards: readonly LayoutCard[], positions: CardPositions): Box[] {
  return cards.flatMap((card) => {
    const at = positions.get(card.id);
    return at === undefined ? [] : [{ ...at, width: card.width, height: card.height }];
  });
}
