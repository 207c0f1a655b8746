import { type Curve, pointOn } from "./curve";
import { type Box, type Point, touches } from "./geometry";

/** Places tried along a curve, the middle first. */
const TRIED = [0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78];

export interface Label {
  readonly link: string;
  readonly width: number;
  readonly height: number;
}

/**
 * Where each label can stand on its curve, without covering a card or another label. Earlier labels choose first;
 * one that finds no place is left out of the answer.
 */
export function placeLabels(
  labels: readonly Label[],
  routes: ReadonlyMap<string, Curve>,
  cards: Iterable<Box>,
): Map<string, Point> {
  const taken = [...cards];
  const places = new Map<string, Point>();
  for (const label of labels) {
    const curve = routes.get(label.link);
    if (curve === undefined) continue;
    for (const t of TRIED) {
      const at = pointOn(curve, t);
      const box: Box = {
        x: at.x - label.width / 2,
        y: at.y - label.height / 2,
        width: label.width,
        height: label.height,
      };
      if (taken.some((other) => touches(other, box, 2))) continue;
      taken.push(box);
      places.set(label.link, at);
      break;
    }
  }
  return places;
}
