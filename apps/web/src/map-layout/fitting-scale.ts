import { boundsOf } from "./geometry";
import { unitBoxes } from "./group-boxes";
import type { CardPositions, LayoutCard } from "./layout-graph";

/** The window that a layout should fit into; its proportions matter, its size only by the way. */
const SCREEN = { width: 1240, height: 740 } as const;

/** How large the layout can be drawn on a screen; 1 is full size. */
export function fittingScale(cards: readonly LayoutCard[], positions: CardPositions): number {
  const bounds = boundsOf(unitBoxes(cards, positions).values());
  return bounds === undefined ? 1 : Math.min(SCREEN.width / bounds.width, SCREEN.height / bounds.height);
}
