import {
  TCP_OPTION_MSS as MSS,
  TCP_OPTION_SACK as SACK,
  TCP_OPTION_SACK_PERMITTED as SACK_PERMITTED,
  TCP_OPTION_TIMESTAMPS as TIMESTAMPS,
  TCP_OPTION_WINDOW_SCALE as WINDOW_SCALE,
} from "@hopline/packet";
import { expect, it } from "vitest";
import { tcp } from "../../packet/test/frame-builders.js";
import { blockOf, counterOf, frame4 } from "./frames.js";
import { us } from "./packets.js";
import { rowsOf } from "./rows.js";

const MSS_1460 = [2, 4, 5, 0xb4];
const SCALE_0 = [3, 3, 0, 1];
const SCALE_7 = [3, 3, 7, 1];
const PERMITTED = [4, 2, 1, 1];
const TIMES = [1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0];
const SACK_BLOCK = [1, 1, 5, 10, 0, 0, 0, 1, 0, 0, 0, 9];

/** [options, maximum segment size, window scale] of the rows of these segments, each a connection. */
function announced(...segments: readonly { flags: number; options: readonly number[] }[]): unknown[] {
  const { table, counter } = counterOf();
  counter.countBlock(
    blockOf(
      segments.map(({ flags, options }, i) => ({
        bytes: frame4({ protocol: 6 }, tcp({ sourcePort: 1_000 + i, flags, options })),
      })),
    ),
  );
  return rowsOf(table.flush()).map((row) => [row.tcpOptions, row.maximumSegmentSizes, row.windowScales]);
}

it("reports what a SYN and a SYN-ACK announce", () => {
  expect(
    announced(
      { flags: 2, options: [...MSS_1460, ...PERMITTED, ...TIMES, ...SCALE_7] },
      { flags: 0x12, options: MSS_1460 },
      { flags: 2, options: SCALE_0 },
      { flags: 2, options: [] },
    ),
  ).toEqual([
    [MSS | SACK_PERMITTED | TIMESTAMPS | WINDOW_SCALE, 1460, 7],
    [MSS, 1460, -1],
    [WINDOW_SCALE, 0, 0],
    [0, 0, -1],
  ]);
});

it("reports selective acknowledgements", () => {
  expect(announced({ flags: 0x10, options: SACK_BLOCK })).toEqual([[SACK, 0, -1]]);
});

it("says it in the SYN's row, not in those after it", () => {
  const { table, counter } = counterOf();
  counter.countBlock(
    blockOf([{ bytes: frame4({ protocol: 6 }, tcp({ flags: 2, options: [...MSS_1460, ...SCALE_7] })) }]),
  );
  expect(rowsOf(table.takeNew(us(1)))).toMatchObject([{ maximumSegmentSizes: 1460, windowScales: 7 }]);
  counter.countBlock(blockOf([{ bytes: frame4({ protocol: 6 }, tcp({ sequence: 1001 }, [1])) }]));
  expect(rowsOf(table.flush())).toMatchObject([{ tcpOptions: 0, maximumSegmentSizes: 0, windowScales: -1 }]);
});
