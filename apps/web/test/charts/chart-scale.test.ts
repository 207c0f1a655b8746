import { describe, expect, it } from "vitest";
import { chartScale } from "../../src/components/charts/chart-scale";

describe("chartScale", () => {
  it("ends at round figures above and below", () => {
    expect(chartScale([420, -1_700])).toEqual({ domain: [-2000, 500], ticks: [-2000, 0, 500] });
    expect(chartScale([1, 2, 7])).toEqual({ domain: [0, 8], ticks: [0, 8] });
  });

  it("leaves out a figure that would stand on the zero", () => {
    expect(chartScale([10, -1_000]).ticks).toEqual([-1000, 0]);
  });

  it("has a scale for nothing", () => {
    expect(chartScale([])).toEqual({ domain: [0, 1], ticks: [0] });
    expect(chartScale([0, 0])).toEqual({ domain: [0, 1], ticks: [0] });
  });
});
