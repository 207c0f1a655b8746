import Elk from "elkjs/lib/elk.bundled.js";
import { describe, expect, it } from "vitest";
import { touches } from "../../src/map-layout/geometry";
import { gridLayout } from "../../src/map-layout/grid-layout";
import { groupBoxes } from "../../src/map-layout/group-boxes";
import { LayeredLayout } from "../../src/map-layout/layered-layout";
import { boxesOf, graphOf, SHOP } from "./graphs";

/** The real engine, in this process. */
const realEngine = async () => new Elk();

describe("LayeredLayout", () => {
  it("lays out in layers: callers above those they call, groups apart, cards within their group", async () => {
    const layered = new LayeredLayout({ createEngine: realEngine, deadlineMs: 25_000 });
    const { positions, bends, by } = await layered.layout(SHOP);
    expect(by).toBe("layers");
    const y = (id: string) => positions.get(id)?.y ?? Number.NaN;
    expect(y("out/client")).toBeLessThan(y("ingress/nginx"));
    expect(y("ingress/nginx")).toBeLessThan(y("shop/web"));
    expect(y("shop/web")).toBeLessThan(y("shop/api"));
    expect(y("shop/api")).toBeLessThan(y("data/db"));

    const groups = [...groupBoxes(SHOP.cards, positions).values()];
    for (const [index, box] of groups.entries())
      for (const other of groups.slice(index + 1)) expect(touches(box, other)).toBe(false);

    // Lines are in the map's coordinates: each begins and ends at its cards.
    const boxes = boxesOf(SHOP, positions);
    for (const link of SHOP.links.filter(({ source, target }) => source !== target)) {
      const points = bends.get(link.id);
      const source = boxes.get(link.source);
      const target = boxes.get(link.target);
      const start = points?.[0];
      const end = points?.at(-1);
      if (!start || !end || !source || !target) throw new Error(`${link.id} has no line`);
      expect(touches(source, { ...start, width: 0, height: 0 }, 1)).toBe(true);
      expect(touches(target, { ...end, width: 0, height: 0 }, 1)).toBe(true);
    }
  });

  it("gives the same positions for the same graph in another order", async () => {
    const layered = new LayeredLayout({ createEngine: realEngine, deadlineMs: 25_000 });
    const first = await layered.layout(SHOP);
    const reversed = { cards: [...SHOP.cards].reverse(), links: [...SHOP.links].reverse() };
    const second = await layered.layout(reversed);
    expect([...second.positions].sort()).toEqual([...first.positions].sort());
  });

  it("takes the grid when the deadline passes", async () => {
    const layered = new LayeredLayout({
      createEngine: async () => ({
        layout: () => new Promise(() => undefined),
        terminateWorker: () => undefined,
      }),
      deadlineMs: 20,
    });
    const result = await layered.layout(SHOP);
    expect(result.by).toBe("late grid");
    expect([...result.positions]).toEqual([...gridLayout(SHOP)]);
  });

  it("offers the layers that come after the deadline", async () => {
    const real = new Elk();
    const layered = new LayeredLayout({
      createEngine: async () => ({
        layout: async (graph) => {
          await new Promise((resolve) => setTimeout(resolve, 100));
          return real.layout(graph);
        },
        terminateWorker: () => undefined,
      }),
      deadlineMs: 20,
    });
    const { by, late } = await layered.layout(SHOP);
    expect(by).toBe("late grid");
    expect((await late)?.positions.size).toBe(SHOP.cards.length);
  });

  it("takes the grid when the engine fails, and a fresh engine the next time", async () => {
    let engines = 0;
    const layered = new LayeredLayout({
      createEngine: async () => {
        engines += 1;
        if (engines > 1) return new Elk();
        return { layout: () => Promise.reject(new Error("no")), terminateWorker: () => undefined };
      },
      deadlineMs: 25_000,
    });
    expect((await layered.layout(SHOP)).by).toBe("late grid");
    expect((await layered.layout(SHOP)).by).toBe("layers");
  });

  it("takes the grid where layers would have to be drawn far smaller", async () => {
    const chain = graphOf(...Array.from({ length: 24 }, (_, index) => `-/n${index} > -/n${index + 1}`));
    const layered = new LayeredLayout({ createEngine: realEngine, deadlineMs: 25_000 });
    expect((await layered.layout(chain)).by).toBe("grid");
  });

  it("has nothing to do for no cards", async () => {
    const layered = new LayeredLayout({ createEngine: realEngine, deadlineMs: 25_000 });
    expect((await layered.layout({ cards: [], links: [] })).positions.size).toBe(0);
  });
});
