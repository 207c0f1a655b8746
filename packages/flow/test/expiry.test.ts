import { expect, it } from "vitest";
import { FlowTable } from "../src/flow-table.js";
import { ROW_LAST } from "../src/row-flags.js";
import { packetOf, udp, us } from "./packets.js";

const ENTRIES = 150_000;
/** What one window's expiry looks at. */
const SCANNED = 1 << 16;

it("looks at a bounded piece of the table for each window, and at all of it in turn", () => {
  const table = new FlowTable({ capacity: 1 << 18 });
  const packet = packetOf(udp({}));
  for (let i = 0; i < ENTRIES; i++) {
    packet.source3 = i;
    table.count(packet);
  }
  table.closeWindow(us(10_000));
  let at = 60_000;
  const endedBy = () => {
    at += 10_000;
    const rows = table.closeWindow(us(at));
    const { ended, entries } = table.counters();
    expect(entries).toBe(ENTRIES - ended.idle);
    if (rows === undefined) return [ended.idle, 0, true];
    const flags = rows.rowFlags.subarray(0, rows.count);
    return [ended.idle, rows.count, flags.every((flag) => flag === ROW_LAST)];
  };
  expect(endedBy()).toEqual([SCANNED, SCANNED, true]);
  // No more in the same window, however often it is closed.
  expect(table.closeWindow(us(at + 5_000))).toBeUndefined();
  expect(endedBy()).toEqual([2 * SCANNED, SCANNED, true]);
  expect(endedBy()).toEqual([ENTRIES, ENTRIES - 2 * SCANNED, true]);
  expect(endedBy()).toEqual([ENTRIES, 0, true]);
});
