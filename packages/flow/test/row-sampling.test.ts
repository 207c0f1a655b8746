import { expect, it } from "vitest";
import { FlowTable } from "../src/flow-table.js";
import { ROW_SAMPLED } from "../src/row-flags.js";
import type { IsSampled } from "../src/row-sampling.js";
import { count, udp, us } from "./packets.js";
import { rowsOf } from "./rows.js";

/** Odd client ports are left out by any sampling; the others never. */
const isSampled: IsSampled = (_protocol, portA, portB) => ((portA ^ portB) & 1) === 0;

const KEPT = 40_000;
const LEFT_OUT = 40_001;

function sampledTable(): FlowTable {
  return new FlowTable({ capacity: 64, isSampled });
}

/** [window, source port, whether it is marked] of each row. */
function marks(rows: Parameters<typeof rowsOf>[0]) {
  return rowsOf(rows).map((row) => [row.windowS, row.sourcePorts, (row.rowFlags & ROW_SAMPLED) !== 0]);
}

const both = (atMs: number) => [udp({ sourcePort: KEPT, atMs }), udp({ sourcePort: LEFT_OUT, atMs })];

it("marks nothing where nothing is left out", () => {
  const table = sampledTable();
  count(table, ...both(0));
  expect(marks(table.flush())).toEqual([
    [0, KEPT, false],
    [0, LEFT_OUT, false],
  ]);
});

it("marks the rows of connections that are left out, both ways", () => {
  const table = sampledTable();
  table.setSampling(3);
  const reply = {
    source: "10.0.0.2",
    destination: "10.0.0.1",
    sourcePort: 80,
    destinationPort: LEFT_OUT,
    direction: 1,
  };
  count(table, ...both(0), udp(reply));
  expect(marks(table.flush())).toEqual([
    [0, KEPT, false],
    [0, LEFT_OUT, true],
    [0, 80, true],
  ]);
});

it("asks by the shift that is in force", () => {
  const shifts: number[] = [];
  const table = new FlowTable({
    capacity: 64,
    isSampled: (_protocol, _a, _b, shift) => {
      shifts.push(shift);
      return true;
    },
  });
  table.setSampling(2);
  table.setSampling(5);
  table.setSampling(4);
  count(table, udp({}));
  table.flush();
  // The strongest of the window: its rows may lack packets by it.
  expect(shifts).toEqual([5]);
});

it("marks rows of the window in which sampling began, though their packets came before", () => {
  const table = sampledTable();
  count(table, ...both(1_000));
  table.setSampling(1);
  expect(marks(table.closeWindow(us(10_500)))).toEqual([
    [0, KEPT, false],
    [0, LEFT_OUT, true],
  ]);
});

it("marks those of the window in which it ended, and of the one that had begun by then, and no later ones", () => {
  const table = sampledTable();
  table.setSampling(1);
  count(table, ...both(1_000));
  table.closeWindow(us(10_500));
  count(table, ...both(11_000));
  table.setSampling(0);
  count(table, ...both(20_100));
  expect(marks(table.closeWindow(us(20_500))).filter(([, port]) => port === LEFT_OUT)).toEqual([
    [10, LEFT_OUT, true],
  ]);
  expect(marks(table.closeWindow(us(30_500))).filter(([, port]) => port === LEFT_OUT)).toEqual([
    [20, LEFT_OUT, true],
  ]);
  count(table, ...both(31_000));
  expect(marks(table.closeWindow(us(40_500)))).toEqual([
    [30, KEPT, false],
    [30, LEFT_OUT, false],
  ]);
});

it("marks the window in which it both began and ended, before the one before was closed", () => {
  const table = sampledTable();
  count(table, ...both(5_000));
  table.closeWindow(us(10_500));
  count(table, ...both(20_100));
  table.setSampling(1);
  table.setSampling(0);
  table.closeWindow(us(20_500));
  expect(marks(table.closeWindow(us(30_500)))).toEqual([
    [20, KEPT, false],
    [20, LEFT_OUT, true],
  ]);
});

it("marks nothing where the source has no rule", () => {
  const table = new FlowTable({ capacity: 64 });
  table.setSampling(4);
  count(table, ...both(0));
  expect(marks(table.flush()).map(([, , marked]) => marked)).toEqual([false, false]);
});
