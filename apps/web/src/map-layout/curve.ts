import type { Point } from "./geometry";

/** A cubic piece: start, its control point, the end's control point, end. */
export type CurvePiece = readonly [Point, Point, Point, Point];

/** Pieces that join; never empty. */
export type Curve = readonly [CurvePiece, ...CurvePiece[]];

/** A line through these points with its corners rounded; undefined for fewer than two points. */
export function roundedLine(points: readonly Point[], radius: number): Curve | undefined {
  const pieces: CurvePiece[] = [];
  let from = points[0];
  for (let index = 1; index < points.length && from !== undefined; index++) {
    const corner = points[index];
    const after = points[index + 1];
    if (corner === undefined) break;
    if (after === undefined) {
      pieces.push(straight(from, corner));
      break;
    }
    const reach = Math.min(radius, distance(from, corner), distance(corner, after) / 2);
    const enter = towards(corner, from, reach);
    const leave = towards(corner, after, reach);
    pieces.push(straight(from, enter), [enter, between(enter, corner), between(leave, corner), leave]);
    from = leave;
  }
  const [first, ...rest] = pieces;
  return first === undefined ? undefined : [first, ...rest];
}

/** The point at `t` from 0 (start) to 1 (end), by length. */
export function pointOn(curve: Curve, t: number): Point {
  const lengths = curve.map(([a, , , d]) => distance(a, d));
  let left = lengths.reduce((sum, length) => sum + length, 0) * t;
  for (const [index, piece] of curve.entries()) {
    const length = lengths[index] ?? 0;
    if (left <= length || index === curve.length - 1)
      return pointOnPiece(piece, length === 0 ? 0 : left / length);
    left -= length;
  }
  return curve[0][0];
}

/** As an SVG path. */
export function svgPath(curve: Curve): string {
  const [start] = curve[0];
  const pieces = curve.map(([, b, c, d]) => `C${b.x},${b.y} ${c.x},${c.y} ${d.x},${d.y}`);
  return `M${start.x},${start.y} ${pieces.join(" ")}`;
}

/** Where the curve ends and from where it comes there, for an arrow. */
export function curveEnd(curve: Curve): { readonly at: Point; readonly from: Point } {
  const [a, b, c, d] = curve.at(-1) ?? curve[0];
  const from = [c, b, a].find((point) => distance(point, d) > 0.5) ?? a;
  return { at: d, from };
}

function pointOnPiece([a, b, c, d]: CurvePiece, t: number): Point {
  const s = 1 - t;
  const at = (p: number, q: number, r: number, e: number) =>
    s * s * s * p + 3 * s * s * t * q + 3 * s * t * t * r + t * t * t * e;
  return { x: at(a.x, b.x, c.x, d.x), y: at(a.y, b.y, c.y, d.y) };
}

function straight(a: Point, b: Point): CurvePiece {
  return [a, between(a, b), between(a, b), b];
}

function between(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

function towards(from: Point, to: Point, reach: number): Point {
  const length = distance(from, to) || 1;
  return { x: from.x + ((to.x - from.x) / length) * reach, y: from.y + ((to.y - from.y) / length) * reach };
}

function distance(a: Point, b: Point): number {
  return Math.hypot(b.x - a.x, b.y - a.y);
}
