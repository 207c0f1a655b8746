import type { Point } from "./geometry";

/** One card on the map. */
export interface LayoutCard {
  readonly id: string;
  /** The group whose box holds it; null for a card that stands alone. */
  readonly group: string | null;
  readonly width: number;
  readonly height: number;
}

export interface LayoutLink {
  readonly id: string;
  readonly source: string;
  readonly target: string;
}

/** What is to be laid out: cards within groups, and links between cards. */
export interface LayoutGraph {
  readonly cards: readonly LayoutCard[];
  readonly links: readonly LayoutLink[];
}

/** Card id to the card's upper left corner. */
export type CardPositions = ReadonlyMap<string, Point>;

/** Link id to the points of its line, from card to card; links without one are drawn straight. */
export type LinkBends = ReadonlyMap<string, readonly Point[]>;

/** Space within a group's box around its cards; the top holds the group's name. */
export const GROUP_PADDING = { top: 44, right: 16, bottom: 16, left: 16 } as const;

/** Space around the cards of one unit: none for a card that stands alone. */
export function paddingOf(group: string | null): {
  top: number;
  right: number;
  bottom: number;
  left: number;
} {
  return group === null ? { top: 0, right: 0, bottom: 0, left: 0 } : GROUP_PADDING;
}

/** What is laid out as one: a group with its cards, or a card that stands alone. */
export interface LayoutUnit {
  readonly key: string;
  readonly group: string | null;
  readonly cards: readonly LayoutCard[];
}

/** The units and their cards in a fixed order, so that the same graph is always laid out the same way. */
export function unitsOf(cards: readonly LayoutCard[]): LayoutUnit[] {
  const units = new Map<string, { key: string; group: string | null; cards: LayoutCard[] }>();
  for (const card of [...cards].sort((a, b) => compare(unitKey(a), unitKey(b)) || compare(a.id, b.id))) {
    const key = unitKey(card);
    const unit = units.get(key);
    if (unit === undefined) units.set(key, { key, group: card.group, cards: [card] });
    else unit.cards.push(card);
  }
  return [...units.values()];
}

export function unitKey(card: LayoutCard): string {
  return card.group === null ? `card ${card.id}` : `group ${card.group}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
