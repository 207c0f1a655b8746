import { describe, expect, it } from "vitest";
import { columnsOf, HopRowBuffer, transferable } from "../src/hop-row-buffer.js";
import type { HopRows } from "../src/hop-rows.js";

const FEW = 512;

/** `count` rows of some source, each column in memory of its own. */
function someRows(count: number): HopRows {
  return columnsOf(count, () => ({ buffer: new ArrayBuffer(count * 16), offset: 0 }));
}

function append(buffer: HopRowBuffer, count: number, value: number): void {
  const rows = someRows(FEW);
  rows.packets.fill(value);
  rows.gapBytes.fill(value);
  rows.closings.fill(value);
  rows.icmpErrorSources.fill(value);
  for (let left = count; left > 0; left -= FEW) buffer.append(rows, Math.min(left, FEW));
}

/** Rows that are handed out without a copy: more than a quarter of the buffer. */
function filled(buffer: HopRowBuffer, rows: number, value: number): HopRows {
  append(buffer, rows, value);
  const taken = buffer.take();
  if (taken === undefined) throw new Error("no rows");
  return taken;
}

describe("row buffer", () => {
  it("grows, keeps what was written, and hands out arrays of at least its rows", () => {
    const buffer = new HopRowBuffer();
    for (let i = 0; i < 1_000; i++) {
      const row = someRows(1);
      row.packets[0] = i;
      row.windowStarts[0] = 4_000_000_000;
      row.sourceAddresses.set([i >> 8, i & 0xff], 14);
      buffer.append(row, 1);
    }
    const rows = buffer.take();
    if (rows === undefined) throw new Error("no rows");
    expect(rows.count).toBe(1_000);
    expect([...rows.packets.subarray(0, 1_000)]).toEqual(Array.from({ length: 1_000 }, (_, i) => i));
    expect(rows.windowStarts[999]).toBe(4_000_000_000);
    expect(rows.sourceAddresses.slice(15_996, 16_000)).toEqual(Uint8Array.of(0, 0, 3, 231));
    expect(buffer.take()).toBeUndefined();
  });

  it("takes many rows at once", () => {
    const buffer = new HopRowBuffer();
    buffer.append(someRows(1_000), 1_000);
    expect(buffer.take()?.count).toBe(1_000);
  });

  it("copies few rows out of a large buffer, and goes on with it", () => {
    const buffer = new HopRowBuffer();
    filled(buffer, 1_000, 1);
    const { columns } = buffer;
    const few = filled(buffer, 10, 2);
    expect(few.packets).toEqual(new Float64Array(10).fill(2));
    expect(few.icmpErrorSources).toEqual(new Uint8Array(160).fill(2));
    expect(buffer.columns).toBe(columns);
  });

  it("hands out rows that one transfer moves to another thread", () => {
    const buffer = new HopRowBuffer();
    const row = someRows(1);
    row.lastUs[0] = 1.25;
    buffer.append(row, 1);
    const rows = buffer.take();
    if (rows === undefined) throw new Error("no rows");
    const moved = structuredClone(rows, { transfer: [transferable(rows)] });
    expect(moved.lastUs[0]).toBe(1.25);
    expect(moved.tcpFlags.length).toBe(1);
    expect(rows.lastUs.length).toBe(0);
  });
});

describe("recycled rows", () => {
  it("are written again", () => {
    const buffer = new HopRowBuffer();
    const first = filled(buffer, 60, 5);
    buffer.recycle(first);
    const second = filled(buffer, 50, 6);
    expect(buffer.columns).toBe(first);
    append(buffer, 1, 0);
    expect(first.gapBytes[0]).toBe(0);
    expect(first.icmpErrorSources[3]).toBe(0);
    expect([...second.packets.subarray(0, 50)]).toEqual(new Array(50).fill(6));
  });

  it("do not fill the buffer in use with what others still read", () => {
    const buffer = new HopRowBuffer();
    const kept = filled(buffer, 60, 5);
    filled(buffer, 60, 7);
    expect([...kept.packets.subarray(0, 60)]).toEqual(new Array(60).fill(5));
  });

  it("are left alone where they have another size, or have been moved to another thread", () => {
    const buffer = new HopRowBuffer();
    const small = filled(buffer, 60, 5);
    const large = filled(buffer, 100, 6);
    buffer.recycle(small);
    structuredClone(large, { transfer: [transferable(large)] });
    buffer.recycle(large);
    const next = filled(buffer, 128, 7);
    expect([next === small, buffer.columns === small, buffer.columns === large]).toEqual([
      false,
      false,
      false,
    ]);
    expect(buffer.columns.packets.length).toBe(128);
  });
});
