import { describe, expect, it } from "vitest";
import { flowOrder } from "../../src/map-layout/flow-order";

const links = (...texts: string[]) =>
  texts.map((text) => ({ source: text.charAt(0), target: text.charAt(1) }));

describe("flowOrder", () => {
  it("orders a chain from first to last", () => {
    expect(flowOrder(["c", "a", "b"], links("ab", "bc"))).toEqual(["a", "b", "c"]);
  });

  it("breaks a cycle where it costs least", () => {
    const order = flowOrder(["a", "b", "c", "d"], links("ab", "bc", "ca", "da", "db"));
    expect(order[0]).toBe("d");
    expect(order).toHaveLength(4);
  });

  it("ignores links of an item with itself and with strangers", () => {
    expect(flowOrder(["b", "a"], links("aa", "xb", "bx"))).toEqual(["a", "b"]);
  });
});
