import { describe, expect, it } from "vitest";
import { pointOn, roundedLine, svgPath } from "../../src/map-layout/curve";
import type { Box } from "../../src/map-layout/geometry";
import { placeLabels } from "../../src/map-layout/label-places";
import { routeLinks } from "../../src/map-layout/link-routes";

const boxes = new Map<string, Box>([
  ["a", { x: 0, y: 0, width: 100, height: 40 }],
  ["b", { x: 0, y: 200, width: 100, height: 40 }],
  ["c", { x: 300, y: 200, width: 100, height: 40 }],
]);
const link = (source: string, target: string) => ({ id: `${source}${target}`, source, target });
const ends = (id: string, routes: ReturnType<typeof routeLinks>) => {
  const curve = routes.get(id);
  if (curve === undefined) throw new Error(`no route ${id}`);
  return [pointOn(curve, 0), pointOn(curve, 1)];
};

describe("routeLinks", () => {
  it("leaves at the bottom and arrives at the top where the target is below", () => {
    expect(ends("ab", routeLinks([link("a", "b")], boxes, new Map()))).toEqual([
      { x: 50, y: 40 },
      { x: 50, y: 200 },
    ]);
  });

  it("spreads ends on one side in the order of where they lead", () => {
    const routes = routeLinks([link("a", "c"), link("a", "b")], boxes, new Map());
    const [toB] = ends("ab", routes);
    const [toC] = ends("ac", routes);
    expect(toB?.x).toBeLessThan(toC?.x ?? 0);
  });

  it("keeps both ways of a pair apart", () => {
    const routes = routeLinks([link("a", "b"), link("b", "a")], boxes, new Map());
    expect(ends("ab", routes)[0]).not.toEqual(ends("ba", routes)[1]);
  });

  it("follows the layout's bends as long as both cards are where they were", () => {
    const bends = new Map([
      [
        "ab",
        [
          { x: 20, y: 40 },
          { x: 20, y: 100 },
          { x: 80, y: 100 },
          { x: 80, y: 200 },
        ],
      ],
    ]);
    expect(ends("ab", routeLinks([link("a", "b")], boxes, bends))).toEqual([
      { x: 20, y: 40 },
      { x: 80, y: 200 },
    ]);
    const moved = new Map(boxes).set("b", { x: 500, y: 200, width: 100, height: 40 });
    expect(ends("ab", routeLinks([link("a", "b")], moved, bends))[0]).toEqual({ x: 50, y: 40 });
  });

  it("draws a loop for a card that talks to itself, and nothing for a card that is not there", () => {
    const routes = routeLinks([link("a", "a"), link("a", "x")], boxes, new Map());
    expect([...routes.keys()]).toEqual(["aa"]);
  });
});

describe("roundedLine", () => {
  it("starts and ends at the first and last point, and cuts corners", () => {
    const line = roundedLine(
      [
        { x: 0, y: 0 },
        { x: 100, y: 0 },
        { x: 100, y: 100 },
      ],
      20,
    );
    if (line === undefined) throw new Error("no line");
    expect(pointOn(line, 0)).toEqual({ x: 0, y: 0 });
    expect(pointOn(line, 1)).toEqual({ x: 100, y: 100 });
    expect(svgPath(line)).toContain("80,0");
    expect(roundedLine([{ x: 0, y: 0 }], 20)).toBeUndefined();
  });
});

describe("placeLabels", () => {
  it("keeps labels off cards and off each other, and leaves out what finds no room", () => {
    const routes = routeLinks([link("a", "b"), link("b", "a")], boxes, new Map());
    const label = (id: string) => ({ link: id, width: 60, height: 16 });
    const places = placeLabels([label("ab"), label("ba")], routes, boxes.values());
    const [first, second] = [places.get("ab"), places.get("ba")];
    expect(first).toBeDefined();
    if (first && second) expect(Math.abs(first.y - second.y)).toBeGreaterThanOrEqual(16);
    expect(placeLabels([{ link: "ab", width: 60, height: 300 }], routes, boxes.values()).size).toBe(0);
  });
});
