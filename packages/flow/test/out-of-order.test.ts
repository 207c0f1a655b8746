import { describe, expect, it } from "vitest";
import { FlowTable } from "../src/flow-table.js";
import { ACK, count, fromClient, type PacketFields } from "./packets.js";
import { type Row, rowFrom, rowsOf } from "./rows.js";

function rowsAfter(...packets: readonly PacketFields[]): Row[] {
  const table = new FlowTable({ capacity: 64 });
  count(table, ...packets);
  return rowsOf(table.flush());
}

const segment = (sequence: number, payloadBytes: number, atMs = 0) =>
  fromClient({ flags: ACK, sequence, payloadBytes, atMs });

function account(...packets: readonly PacketFields[]) {
  const { outOfOrderBytes, outOfOrderPackets, gapBytes, retransmittedBytes, retransmittedPackets } = rowFrom(
    "10.0.0.1",
    rowsAfter(...packets),
  );
  return {
    ooo: [outOfOrderBytes, outOfOrderPackets],
    gap: gapBytes,
    again: [retransmittedBytes, retransmittedPackets],
  };
}

describe("out of order", () => {
  it("is what fills a gap, whole or in part", () => {
    expect(account(segment(0, 100), segment(300, 100))).toEqual({ ooo: [0, 0], gap: 200, again: [0, 0] });
    expect(account(segment(0, 100), segment(300, 100), segment(100, 200))).toEqual({
      ooo: [200, 1],
      gap: 0,
      again: [0, 0],
    });
    expect(account(segment(0, 100), segment(300, 100), segment(150, 100))).toEqual({
      ooo: [100, 1],
      gap: 100,
      again: [0, 0],
    });
  });

  it("counts each packet that fills something", () => {
    expect(account(segment(0, 100), segment(300, 100), segment(200, 100), segment(100, 100))).toEqual({
      ooo: [200, 2],
      gap: 0,
      again: [0, 0],
    });
  });

  it("is not what came before: that was sent again", () => {
    expect(account(segment(0, 100), segment(300, 100), segment(100, 200), segment(100, 200))).toEqual({
      ooo: [200, 1],
      gap: 0,
      again: [200, 1],
    });
  });

  it("counts one packet for both where it fills a gap and repeats what lies beside it", () => {
    expect(account(segment(0, 100), segment(300, 100), segment(50, 300))).toEqual({
      ooo: [200, 1],
      gap: 0,
      again: [100, 1],
    });
  });

  it("fills more than one gap at once", () => {
    expect(account(segment(0, 10), segment(20, 10), segment(40, 10), segment(10, 30))).toEqual({
      ooo: [20, 1],
      gap: 0,
      again: [10, 1],
    });
  });

  it("counts in the window of the late segment, where the gap is taken back", () => {
    const rows = rowsAfter(segment(0, 100), segment(200, 100), segment(100, 100, 10_000));
    expect(
      rows.map((row) => [row.windowS, row.gapBytes, row.outOfOrderBytes, row.outOfOrderPackets]),
    ).toEqual([
      [0, 100, 0, 0],
      [10, -100, 100, 1],
    ]);
  });

  it("goes over the wrap of the sequence numbers", () => {
    expect(account(segment(0xffffff00, 156), segment(44, 56), segment(0xffffff9c, 144))).toEqual({
      ooo: [144, 1],
      gap: 0,
      again: [0, 0],
    });
  });
});
