import { describe, expect, it } from "vitest";
import { pickAddresses, pickNumbers } from "../src/naming/picked-rows.js";

/** Three rows in arrays that are longer, as the flow table hands them out. */
const count = 3;
const numbers = Float64Array.of(10, 20, 30, 99, 99);
const addresses = Uint8Array.from({ length: 5 * 16 }, (_, at) => at >> 4);

describe("picked rows", () => {
  it("are the column itself where every row was picked, whatever lies behind them", () => {
    const rows = Uint32Array.of(0, 1, 2);
    expect(pickNumbers(numbers, { count, rows })).toBe(numbers);
    expect(pickAddresses(addresses, { count, rows })).toBe(addresses);
  });

  it("are gathered where as many rows as the array is long were never there", () => {
    const rows = Uint32Array.of(0, 2);
    expect([...pickNumbers(numbers, { count, rows })]).toEqual([10, 30]);
    expect([...pickAddresses(addresses, { count, rows })]).toEqual([
      ...new Array(16).fill(0),
      ...new Array(16).fill(2),
    ]);
  });

  it("are none where none was picked", () => {
    expect(pickNumbers(Int8Array.of(1, 2, 3), { count, rows: new Uint32Array(0) })).toHaveLength(0);
  });
});
