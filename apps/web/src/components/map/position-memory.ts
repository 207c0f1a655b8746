import type { Point } from "../../map-layout/geometry";
import type { LinkBends } from "../../map-layout/layout-graph";

/**
 * Where every card was last seen, for as long as the tab lives: a workload that falls silent and comes back, or a
 * reader who looks at another page, finds everything where it was.
 */
export class PositionMemory {
  readonly #positions = new Map<string, Point>();
  /** The lines of the last whole layout. */
  bends: LinkBends = new Map();
  /** What the reader had chosen to see when the cards were last laid out as a whole. */
  epoch: string | undefined;

  get positions(): ReadonlyMap<string, Point> {
    return this.#positions;
  }

  keep(positions: Iterable<readonly [string, Point]>): void {
    for (const [id, at] of positions) this.#positions.set(id, at);
  }
}

export const tabPositions = new PositionMemory();
