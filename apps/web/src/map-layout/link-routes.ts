import { type Curve, roundedLine } from "./curve";
import { type Box, centreOf, type Point, touches } from "./geometry";
import type { LayoutLink, LinkBends } from "./layout-graph";

type Side = "left" | "right" | "top" | "bottom";

/** Between boxes nearer than this a line would have no room to bend. */
const LEAST_GAP = 18;
/** Distance between neighbouring ends on one side of a card. */
const END_SPACING = 13;
/** Cards in one row nearer than this have nothing between them. */
const NEIGHBOUR_GAP = 140;
const SELF_LOOP = 34;
const BEND_RADIUS = 48;

const NORMAL: Record<Side, Point> = {
  left: { x: -1, y: 0 },
  right: { x: 1, y: 0 },
  top: { x: 0, y: -1 },
  bottom: { x: 0, y: 1 },
};

/**
 * A curve for every link whose two cards are known. Where the layout gave bends that still lead from card to card, it
 * follows them: they go around what stands between. Else it goes straight from the side of one card that faces the
 * other, with the ends on one side spread in the order of where they lead, so that lines cross as little as they can.
 */
export function routeLinks(
  links: readonly LayoutLink[],
  boxes: ReadonlyMap<string, Box>,
  bends: LinkBends,
): Map<string, Curve> {
  const ends: End[] = [];
  const routes = new Map<string, Curve>();
  for (const link of links) {
    const source = boxes.get(link.source);
    const target = boxes.get(link.target);
    if (source === undefined || target === undefined) continue;
    if (link.source === link.target) {
      routes.set(link.id, selfLoop(source));
      continue;
    }
    const bent = alongBends(bends.get(link.id), source, target);
    if (bent !== undefined) {
      routes.set(link.id, bent);
      continue;
    }
    const [sourceSide, targetSide] = facingSides(source, target);
    ends.push(
      { link: link.id, isSource: true, card: link.source, side: sourceSide, box: source, leadsTo: target },
      { link: link.id, isSource: false, card: link.target, side: targetSide, box: target, leadsTo: source },
    );
  }
  const anchors = anchorEnds(ends);
  for (const source of ends) {
    if (!source.isSource) continue;
    const from = anchors.get(`source ${source.link}`);
    const to = anchors.get(`target ${source.link}`);
    if (from !== undefined && to !== undefined) routes.set(source.link, curveBetween(from, to));
  }
  return routes;
}

/** Undefined where there are no bends, or a card has moved away from theirs. */
function alongBends(points: readonly Point[] | undefined, source: Box, target: Box): Curve | undefined {
  const start = points?.[0];
  const end = points?.at(-1);
  if (points === undefined || start === undefined || end === undefined) return undefined;
  const holds =
    touches(source, { ...start, width: 0, height: 0 }, 1) &&
    touches(target, { ...end, width: 0, height: 0 }, 1);
  return holds ? roundedLine(points, BEND_RADIUS) : undefined;
}

interface End {
  readonly link: string;
  readonly isSource: boolean;
  readonly card: string;
  readonly side: Side;
  readonly box: Box;
  readonly leadsTo: Box;
}

interface Anchor extends Point {
  readonly side: Side;
}

/** Downwards where there is room, as the layout flows; sideways between neighbours in a row. */
function facingSides(source: Box, target: Box): [Side, Side] {
  if (target.y - (source.y + source.height) >= LEAST_GAP) return ["bottom", "top"];
  const gap = Math.max(target.x - (source.x + source.width), source.x - (target.x + target.width));
  if (gap >= LEAST_GAP && gap < NEIGHBOUR_GAP && Math.abs(target.y - source.y) < source.height)
    return target.x > source.x ? ["right", "left"] : ["left", "right"];
  if (source.y - (target.y + target.height) >= LEAST_GAP) return ["top", "bottom"];
  // In one row, with others between them: above those.
  return gap >= LEAST_GAP ? ["top", "top"] : ["right", "right"];
}

function anchorEnds(ends: readonly End[]): Map<string, Anchor> {
  const bySide = new Map<string, End[]>();
  for (const end of ends) {
    const key = `${end.side} ${end.card}`;
    const group = bySide.get(key);
    if (group === undefined) bySide.set(key, [end]);
    else group.push(end);
  }
  const anchors = new Map<string, Anchor>();
  for (const group of bySide.values()) {
    const upright = group[0]?.side === "left" || group[0]?.side === "right";
    const along = (end: End) => (upright ? centreOf(end.leadsTo).y : centreOf(end.leadsTo).x);
    group.sort((a, b) => along(a) - along(b) || (a.link < b.link ? -1 : 1));
    group.forEach((end, index) => {
      const room = (upright ? end.box.height : end.box.width) * 0.7;
      const spacing = Math.min(END_SPACING, room / Math.max(1, group.length - 1));
      const offset = (index - (group.length - 1) / 2) * spacing;
      const centre = centreOf(end.box);
      const normal = NORMAL[end.side];
      anchors.set(`${end.isSource ? "source" : "target"} ${end.link}`, {
        side: end.side,
        x: centre.x + (normal.x * end.box.width) / 2 + (upright ? 0 : offset),
        y: centre.y + (normal.y * end.box.height) / 2 + (upright ? offset : 0),
      });
    });
  }
  return anchors;
}

function curveBetween(from: Anchor, to: Anchor): Curve {
  const distance = Math.hypot(to.x - from.x, to.y - from.y);
  const reach = Math.min(180, Math.max(28, distance * 0.42));
  return [[from, outwards(from, reach), outwards(to, reach), to]];
}

function outwards(anchor: Anchor, reach: number): Point {
  const normal = NORMAL[anchor.side];
  return { x: anchor.x + normal.x * reach, y: anchor.y + normal.y * reach };
}

/** Out at the top, in at the right, around the upper right corner. */
function selfLoop(box: Box): Curve {
  const top: Point = { x: box.x + box.width - 28, y: box.y };
  const right: Point = { x: box.x + box.width, y: box.y + box.height / 3 };
  return [[top, { x: top.x, y: top.y - SELF_LOOP }, { x: right.x + SELF_LOOP, y: right.y }, right]];
}
