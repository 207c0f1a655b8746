import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { touches } from "../../src/map-layout/geometry";
import { gridLayout } from "../../src/map-layout/grid-layout";
import { groupBoxes } from "../../src/map-layout/group-boxes";
import { placeNewCards } from "../../src/map-layout/place-new-cards";
import { boxesOf, CARD, SHOP } from "./graphs";

const newcomer = (group: string | null, name: string) => ({ id: `${group}/${name}`, group, ...CARD });

describe("placeNewCards", () => {
  const kept = gridLayout(SHOP);

  it("moves no card that has a position", () => {
    const positions = placeNewCards([...SHOP.cards, newcomer("shop", "new")], kept);
    for (const [id, at] of kept) expect(positions.get(id)).toEqual(at);
  });

  it("puts a new card into its group's box, free of cards and other groups", () => {
    const cards = [...SHOP.cards, newcomer("data", "search"), newcomer("data", "queue")];
    const positions = placeNewCards(cards, kept);
    const boxes = [...boxesOf({ cards, links: [] }, positions).values()];
    for (const [index, box] of boxes.entries())
      for (const other of boxes.slice(index + 1)) expect(touches(box, other)).toBe(false);
    const groups = groupBoxes(cards, positions);
    const data = groups.get("data");
    for (const [group, box] of groups) if (group !== "data" && data) expect(touches(data, box)).toBe(false);
  });

  it("starts a new group below everything", () => {
    const cards = [...SHOP.cards, newcomer("late", "one")];
    const positions = placeNewCards(cards, kept);
    const lowest = Math.max(...[...kept.values()].map(({ y }) => y));
    expect(positions.get("late/one")?.y).toBeGreaterThan(lowest);
  });

  it("forgets cards that are gone, and finds them where they were when they come back", () => {
    const without = SHOP.cards.filter(({ id }) => id !== "shop/web");
    expect(placeNewCards(without, kept).has("shop/web")).toBe(false);
    expect(placeNewCards(SHOP.cards, kept).get("shop/web")).toEqual(kept.get("shop/web"));
  });

  it("never puts one card on another, however many come", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(
          fc.tuple(fc.constantFrom("shop", "data", "mon", "late", null), fc.integer({ min: 0, max: 40 })),
          {
            maxLength: 12,
            selector: ([group, number]) => `${group} ${number}`,
          },
        ),
        (fresh) => {
          const cards = [...SHOP.cards, ...fresh.map(([group, number]) => newcomer(group, `n${number}`))];
          const positions = placeNewCards(cards, kept);
          const boxes = [...boxesOf({ cards, links: [] }, positions).values()];
          return (
            boxes.length === cards.length &&
            boxes.every((box, index) => boxes.slice(index + 1).every((other) => !touches(box, other)))
          );
        },
      ),
      { numRuns: 60 },
    );
  });
});
