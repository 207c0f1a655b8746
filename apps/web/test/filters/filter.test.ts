import { createLoader } from "nuqs/server";
import { describe, expect, it } from "vitest";
import { queryText } from "../../src/collector/query-text";
import { conditionsOf, filterOf } from "../../src/filters/connection-filter";
import { filterParams, spanOf, spanParams } from "../../src/filters/filter-params";
import { refreshIntervalMs, spanQuery } from "../../src/filters/time-span";

const load = createLoader({ ...filterParams, ...spanParams });

describe("the filter in the address", () => {
  it("becomes the question to the collector, under the same names", () => {
    const params = load("?namespace=shop,data&client=workload:shop/Deployment/web&port=5432&outcome=refused");
    expect(queryText(filterOf(params))).toBe(
      "?client=workload%3Ashop%2FDeployment%2Fweb&namespace=shop%2Cdata&outcome=refused&port=5432",
    );
  });

  it("passes on what does not fit, for the collector to refuse in words", () => {
    expect(filterOf(load("?port=abc&scope=nowhere"))).toEqual({ port: "abc", scope: ["nowhere"] });
  });

  it("gives one condition for each value", () => {
    expect(conditionsOf(filterOf(load("?namespace=a,b&q=x")))).toEqual([
      { name: "namespace", value: "a" },
      { name: "namespace", value: "b" },
      { name: "q", value: "x" },
    ]);
    expect(conditionsOf(filterOf(load("?namespace=")))).toEqual([]);
  });
});

describe("the time span in the address", () => {
  it("is live by default and leaves its end to the collector", () => {
    const span = spanOf(load(""));
    expect(span).toEqual({ kind: "live", last: "15m" });
    expect(spanQuery(span, 10_000_000)).toEqual({ from: 10_000_000 - 900_000 });
  });

  it("is fixed where both times are given in order, and no longer asked again", () => {
    const span = spanOf(load("?last=1h&from=2026-11-21T10:00:00.000Z&to=2026-11-21T11:00:00.000Z"));
    expect(spanQuery(span, 0)).toEqual({ from: Date.UTC(2026, 10, 21, 10), to: Date.UTC(2026, 10, 21, 11) });
    expect(refreshIntervalMs(span)).toBe(false);
    expect(spanOf(load("?from=2026-11-21T11:00:00Z&to=2026-11-21T10:00:00Z")).kind).toBe("live");
  });

  it("is asked again every two seconds, less often for long ones", () => {
    expect(refreshIntervalMs({ kind: "live", last: "5m" })).toBe(2_000);
    expect(refreshIntervalMs({ kind: "live", last: "1h" })).toBe(8_000);
    expect(refreshIntervalMs({ kind: "live", last: "7d" })).toBe(60_000);
  });
});

describe("queryText", () => {
  it("is the same for the same values in another order", () => {
    expect(queryText({ b: 1, a: ["x", "y"] })).toBe(queryText({ a: ["x", "y"], b: 1 }));
    expect(queryText({ a: undefined, b: [], c: "" })).toBe("");
  });
});
