import { describe, expect, it } from "vitest";
import { timeTicks } from "../../src/components/charts/time-ticks";

const at = (text: string) => Date.parse(`2026-11-21T${text}Z`);
const clocks = (from: string, to: string) =>
  timeTicks(at(from), at(to), "utc").map((time) => new Date(time).toISOString().slice(11, 16));

describe("timeTicks", () => {
  it("stands at round times, evenly", () => {
    expect(clocks("18:28:50", "18:43:40")).toEqual(["18:30", "18:35", "18:40"]);
    expect(clocks("17:43:00", "18:43:00")).toEqual(["17:45", "18:00", "18:15", "18:30"]);
    expect(clocks("03:10:00", "21:00:00")).toEqual(["06:00", "09:00", "12:00", "15:00", "18:00", "21:00"]);
  });

  it("stands at midnight where it counts in days", () => {
    const week = timeTicks(at("18:00:00") - 7 * 86_400_000, at("18:00:00"), "utc");
    expect(week.map((time) => new Date(time).toISOString().slice(5, 16))).toEqual([
      "11-15T00:00",
      "11-17T00:00",
      "11-19T00:00",
      "11-21T00:00",
    ]);
  });

  it("has the first time where the span has no round one, and where there is no span", () => {
    expect(clocks("18:28:10", "18:28:50")).toEqual(["18:28"]);
    expect(timeTicks(at("18:28:10"), at("18:28:10"), "utc")).toEqual([at("18:28:10")]);
  });
});
