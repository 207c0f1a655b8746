import { expect, it } from "vitest";
import { tcp, zeros } from "../../packet/test/frame-builders.js";
import { FlowTable } from "../src/flow-table.js";
import { blockOf, counterOf, frame4 } from "./frames.js";
import { ACK, count, fromClient, udp } from "./packets.js";
import { rowsOf } from "./rows.js";

it("counts super-frames and the segments that they stand for", () => {
  const table = new FlowTable({ capacity: 64 });
  count(
    table,
    fromClient({ flags: ACK, sequence: 0, payloadBytes: 14_480, segmentBytes: 1_448 }),
    fromClient({ flags: ACK, sequence: 14_480, payloadBytes: 14_481, segmentBytes: 1_448 }),
    // One segment is no super-frame, whatever the kernel says of its size.
    fromClient({ flags: ACK, sequence: 28_961, payloadBytes: 1_448, segmentBytes: 1_448 }),
    fromClient({ flags: ACK, sequence: 30_409, payloadBytes: 100 }),
  );
  expect(rowsOf(table.flush())).toMatchObject([
    { packets: 4, payloadBytes: 30_509, superFrames: 2, superFrameSegments: 10 + 11, gapBytes: 0 },
  ]);
});

it("counts those of UDP too (UDP_SEGMENT)", () => {
  const table = new FlowTable({ capacity: 64 });
  count(table, udp({ payloadBytes: 12_000, segmentBytes: 1_200 }));
  expect(rowsOf(table.flush())).toMatchObject([{ packets: 1, superFrames: 1, superFrameSegments: 10 }]);
});

it("reports them in the row of their window only", () => {
  const table = new FlowTable({ capacity: 64 });
  count(table, udp({ payloadBytes: 2_000, segmentBytes: 1_000 }), udp({ payloadBytes: 10, atMs: 10_000 }));
  expect(rowsOf(table.flush()).map((row) => [row.windowS, row.superFrames, row.superFrameSegments])).toEqual([
    [0, 1, 2],
    [10, 0, 0],
  ]);
});

it("takes the segment size from the block of frames", () => {
  const { table, counter } = counterOf();
  const frame = (sequence: number) => frame4({ protocol: 6 }, tcp({ sequence }, zeros(3_000)));
  counter.countBlock(blockOf([{ bytes: frame(0), gsoSize: 1_000 }, { bytes: frame(3_000) }]));
  expect(rowsOf(table.flush())).toMatchObject([{ packets: 2, superFrames: 1, superFrameSegments: 3 }]);
});
