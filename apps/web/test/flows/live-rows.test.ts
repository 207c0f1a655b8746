import type { Connection } from "@hopline/api";
import { describe, expect, it } from "vitest";
import {
  MOST_FRESH_ROWS,
  NO_LIVE_ROWS,
  releaseRows,
  shownRows,
  takeRows,
} from "../../src/components/flows/live-rows";
import { connectionsIn } from "../fixture/traffic";
import { shopWorld } from "../fixture/world";

const [template] = connectionsIn(shopWorld(), 0, 60_000, {});
const row = (id: string, firstSeen: number, packets = 1): Connection => {
  if (template === undefined) throw new Error("the fixture has no connection");
  return { ...template, id, firstSeen, forward: { ...template.forward, packets } };
};
const ids = (rows: readonly Connection[]) => rows.map(({ id }) => id);
const none = new Set<string>();

describe("live rows", () => {
  const page = [row("b", 2), row("a", 1)];
  const known = new Set(["a", "b"]);

  it("puts new connections on top, newest first", () => {
    const rows = takeRows(NO_LIVE_ROWS, [row("d", 4), row("c", 3)], known, false);
    expect(ids(shownRows(rows, page))).toEqual(["d", "c", "b", "a"]);
  });

  it("updates a known connection in its place, even while new ones are held", () => {
    const rows = takeRows(NO_LIVE_ROWS, [row("a", 1, 99), row("c", 3)], known, true);
    const shown = shownRows(rows, page);
    expect(ids(shown)).toEqual(["b", "a"]);
    expect(shown[1]?.forward.packets).toBe(99);
    expect(ids(rows.held)).toEqual(["c"]);
  });

  it("brings held ones in when they are released, in their latest state", () => {
    let rows = takeRows(NO_LIVE_ROWS, [row("c", 3)], known, true);
    rows = takeRows(rows, [row("c", 3, 7), row("d", 4)], known, true);
    rows = releaseRows(rows);
    expect(ids(shownRows(rows, page))).toEqual(["d", "c", "b", "a"]);
    expect(rows.held).toEqual([]);
    expect(shownRows(rows, page)[1]?.forward.packets).toBe(7);
  });

  it("shows a connection once that comes both ways", () => {
    const rows = takeRows(NO_LIVE_ROWS, [row("x", 5)], none, false);
    expect(ids(shownRows(rows, [row("x", 5), ...page]))).toEqual(["x", "b", "a"]);
  });

  it("is bounded, and counts what it leaves out", () => {
    const many = Array.from({ length: MOST_FRESH_ROWS + 5 }, (_, index) => row(`n${index}`, index));
    const rows = takeRows(
      takeRows(NO_LIVE_ROWS, many.slice(0, 10), none, false),
      many.slice(10),
      none,
      false,
    );
    expect(rows.fresh).toHaveLength(MOST_FRESH_ROWS);
    expect(rows.leftOut).toBe(5);
    expect(rows.fresh[0]?.id).toBe(`n${MOST_FRESH_ROWS + 4}`);
  });
});
