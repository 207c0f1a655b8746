import { describe, expect, it } from "vitest";
import { HopRowBuffer, transferable } from "../src/hop-row-buffer.js";

describe("row buffer", () => {
  it("grows, keeps what was written, and hands out arrays of exactly its rows", () => {
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
    expect([...rows.packets]).toEqual(Array.from({ length: 1_000 }, (_, i) => i));
    expect(rows.windowStarts.length).toBe(1_000);
    expect(rows.windowStarts[999]).toBe(4_000_000_000);
    expect(rows.sourceAddresses.length).toBe(16_000);
    expect(rows.sourceAddresses.slice(-4)).toEqual(Uint8Array.of(0, 0, 3, 231));
    expect(buffer.take()).toBeUndefined();
  });

  it("begins each row empty, also where rows were taken before", () => {
    const buffer = new HopRowBuffer();
    for (let round = 0; round < 2; round++) {
      const row = buffer.add();
      const { columns } = buffer;
      expect(columns.handshakeUs[row]).toBe(-1);
      expect(columns.vnis[row]).toBe(-1);
      expect(columns.gapBytes[row]).toBe(0);
      expect(columns.outerSourceAddresses[row * 16]).toBe(0);
      columns.handshakeUs[row] = 5;
      columns.vnis[row] = 5;
      columns.gapBytes[row] = 5;
      columns.outerSourceAddresses[row * 16] = 5;
      buffer.take();
    }
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
