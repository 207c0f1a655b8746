import { describe, expect, it } from "vitest";
import { touches } from "../../src/map-layout/geometry";
import { gridLayout } from "../../src/map-layout/grid-layout";
import { groupBoxes, unitBoxes } from "../../src/map-layout/group-boxes";
import { boxesOf, graphOf, SHOP } from "./graphs";

describe("gridLayout", () => {
  it("places every card, none over another, no group over another", () => {
    const positions = gridLayout(SHOP);
    const boxes = [...boxesOf(SHOP, positions).values()];
    expect(boxes).toHaveLength(SHOP.cards.length);
    for (const [index, box] of boxes.entries())
      for (const other of boxes.slice(index + 1)) expect(touches(box, other)).toBe(false);
    const groups = [...groupBoxes(SHOP.cards, positions).values()];
    expect(groups).toHaveLength(5);
    for (const [index, box] of groups.entries())
      for (const other of groups.slice(index + 1)) expect(touches(box, other)).toBe(false);
  });

  it("does not depend on the order in which cards and links come", () => {
    const reversed = { cards: [...SHOP.cards].reverse(), links: [...SHOP.links].reverse() };
    expect([...gridLayout(reversed)].sort()).toEqual([...gridLayout(SHOP)].sort());
  });

  it("puts callers before those that are only called", () => {
    const graph = graphOf("-/a > -/b", "-/b > -/c");
    const positions = gridLayout(graph);
    const order = [...positions].sort(([, a], [, b]) => a.y - b.y || a.x - b.x).map(([id]) => id);
    expect(order).toEqual(["-/a", "-/b", "-/c"]);
  });

  it("comes out near to a screen's shape for many cards that stand alone", () => {
    const graph = graphOf(
      ...Array.from({ length: 20 }, (_, index) => `-/n${index} > -/n${(index + 1) % 20}`),
    );
    const boxes = [...unitBoxes(graph.cards, gridLayout(graph)).values()];
    const width = Math.max(...boxes.map((box) => box.x + box.width));
    const height = Math.max(...boxes.map((box) => box.y + box.height));
    expect(width / height).toBeGreaterThan(1);
    expect(width / height).toBeLessThan(2.6);
  });

  it("gives nothing for nothing", () => {
    expect(gridLayout({ cards: [], links: [] }).size).toBe(0);
  });
});
