import { type Box, boundsOf, type Point, touches } from "./geometry";
import { padded, placed, unitBoxes } from "./group-boxes";
import { type CardPositions, type LayoutCard, paddingOf, unitKey } from "./layout-graph";

const CARD_GAP = 24;
const GROUP_GAP = 32;
/** How many grid steps around the group are tried. */
const REACH = 12;

/**
 * Adds positions for cards that have none, next to their group, and moves no other card. A new card takes the first
 * free place around its group, nearest to the group's corner first; a new group starts below everything.
 */
export function placeNewCards(cards: readonly LayoutCard[], kept: CardPositions): CardPositions {
  const positions = new Map<string, Point>();
  for (const card of cards) {
    const at = kept.get(card.id);
    if (at !== undefined) positions.set(card.id, at);
  }
  const fresh = cards.filter((card) => !positions.has(card.id)).sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const card of fresh) positions.set(card.id, placeFor(card, cards, positions));
  return positions;
}

function placeFor(card: LayoutCard, cards: readonly LayoutCard[], positions: CardPositions): Point {
  const boxes = unitBoxes(cards, positions);
  const siblings = cards.filter((other) => card.group !== null && other.group === card.group);
  const members = placed(siblings, positions);
  const own = boundsOf(members);
  if (own === undefined) return belowAll(boxes.values(), card.group);

  const others = [...boxes].filter(([key]) => key !== unitKey(card)).map(([, box]) => box);
  for (const at of placesAround(own, card)) {
    const box: Box = { ...at, width: card.width, height: card.height };
    if (members.some((member) => touches(member, box, CARD_GAP / 2))) continue;
    const grown = padded(boundsOf([own, box]) ?? box, card.group);
    if (!others.some((other) => touches(other, grown, GROUP_GAP / 2))) return at;
  }
  // Closed in on all sides: below its own cards, over whatever is there.
  return { x: own.x, y: own.y + own.height + CARD_GAP };
}

/** Grid places from the group's upper left corner outwards, nearest to its box first. */
function placesAround(own: Box, card: LayoutCard): Point[] {
  const stepX = card.width + CARD_GAP;
  const stepY = card.height + CARD_GAP;
  const places: { at: Point; growth: number }[] = [];
  for (let row = -2; row <= REACH; row++) {
    for (let column = -2; column <= REACH; column++) {
      const at = { x: own.x + column * stepX, y: own.y + row * stepY };
      const grown = boundsOf([own, { ...at, width: card.width, height: card.height }]) ?? own;
      places.push({ at, growth: grown.width * grown.height - own.width * own.height });
    }
  }
  return places.sort((a, b) => a.growth - b.growth || a.at.y - b.at.y || a.at.x - b.at.x).map(({ at }) => at);
}

function belowAll(boxes: Iterable<Box>, group: string | null): Point {
  const padding = paddingOf(group);
  const bounds = boundsOf(boxes);
  if (bounds === undefined) return { x: padding.left, y: padding.top };
  return { x: bounds.x + padding.left, y: bounds.y + bounds.height + GROUP_GAP + padding.top };
}
