import { describe, expect, it } from "vitest";
import { HopRowBuffer, transferable } from "../src/hop-row-buffer.js";
import type { HopRows } from "../src/hop-rows.js";

/** Rows that are handed out without a copy: more than a quarter of the buffer. */
function filled(buffer: HopRowBuffer, rows: number, value: number): HopRows {
  for (let i = 0; i < rows; i++) {
    const row = buffer.add();
    buffer.columns.packets[row] = value;
    buffer.columns.gapBytes[row] = value;
    buffer.columns.closings[row] = value;
    buffer.icmpErrorSourceView.setInt32(row * 16, value);
  }
  const taken = buffer.take();
  if (taken === undefined) throw new Error("no rows");
  return taken;
}

describe("row buffer", () => {
  it("grows, keeps what was written, and hands out arrays of at least its rows", () => {
    const buffer = new HopRowBuffer();
    for (let i = 0; i < 1_000; i++) {
      const row = buffer.add();
      buffer.columns.packets[row] = i;
      buffer.columns.windowStarts[row] = 4_000_000_000;
      buffer.sourceView.setInt32(row * 16 + 12, i, false);
    }
    const rows = buffer.take();
    if (rows === undefined) throw new Error("no rows");
    expect(rows.count).toBe(1_000);
    expect([...rows.packets.subarray(0, 1_000)]).toEqual(Array.from({ length: 1_000 }, (_, i) => i));
    expect(rows.windowStarts[999]).toBe(4_000_000_000);
    expect(rows.sourceAddresses.slice(15_996, 16_000)).toEqual(Uint8Array.of(0, 0, 3, 231));
    expect(buffer.take()).toBeUndefined();
  });

  it("copies few rows out of a large buffer, and goes on with it", () => {
    const buffer = new HopRowBuffer();
    filled(buffer, 1_000, 1);
    const { columns } = buffer;
    const few = filled(buffer, 10, 2);
    expect(few.packets).toEqual(new Float64Array(10).fill(2));
    expect(few.icmpErrorSources.length).toBe(160);
    expect(buffer.columns).toBe(columns);
    expect([...buffer.columns.gapBytes.subarray(0, 11)]).toEqual(new Array(11).fill(0));
  });

  it.each([1, 40])("begins rows with zeros where most have nothing to say, after %i were taken", (rows) => {
    const buffer = new HopRowBuffer();
    filled(buffer, rows, 5);
    const row = buffer.add();
    expect(buffer.columns.gapBytes[row]).toBe(0);
    expect(buffer.columns.closings[row]).toBe(0);
    expect(buffer.columns.icmpErrorSources[row * 16 + 3]).toBe(0);
  });

  it("hands out rows that one transfer moves to another thread", () => {
    const buffer = new HopRowBuffer();
    buffer.columns.lastUs[buffer.add()] = 1.25;
    const rows = buffer.take();
    if (rows === undefined) throw new Error("no rows");
    const moved = structuredClone(rows, { transfer: [transferable(rows)] });
    expect(moved.lastUs[0]).toBe(1.25);
    expect(moved.tcpFlags.length).toBe(1);
    expect(rows.lastUs.length).toBe(0);
  });
});

describe("recycled rows", () => {
  it("are written again, cleared", () => {
    const buffer = new HopRowBuffer();
    const first = filled(buffer, 60, 5);
    buffer.recycle(first);
    const second = filled(buffer, 50, 6);
    expect(buffer.columns).toBe(first);
    const row = buffer.add();
    expect(first.gapBytes[row]).toBe(0);
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
