import { expect, it } from "vitest";
import { FlowTable } from "../src/flow-table.js";
import { LARGEST_CAPACITY } from "../src/flow-table-options.js";
import { count, udp } from "./packets.js";
import { rowsOf } from "./rows.js";

it("the largest table fits into WebAssembly's memory, and one that is larger says so", () => {
  const table = new FlowTable({ capacity: LARGEST_CAPACITY });
  count(table, udp({ payloadBytes: 10 }));
  expect(rowsOf(table.flush())).toMatchObject([{ packets: 1, payloadBytes: 10 }]);
  expect(() => new FlowTable({ capacity: 4 * LARGEST_CAPACITY })).toThrow("no memory for a flow table");
});
