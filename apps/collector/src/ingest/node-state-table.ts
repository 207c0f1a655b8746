import { type DecodedBatch, sentNodeStateSchema } from "@hopline/batch";
import type { SentNodeStateReading } from "@hopline/store";
import { z } from "zod";
import { batchFault } from "./checked-columns.js";
import { MAX_AHEAD_SECONDS } from "./hop-table.js";

/** An agent sends one reading a batch. */
const MOST_READINGS = 100;
const EARLIEST_MS = Date.UTC(2000, 0, 1);

/** @throws Fault `BATCH_INVALID` */
export function readNodeStates({ header, table }: DecodedBatch, nowMs: number): SentNodeStateReading[] {
  if (table.numRows > MOST_READINGS)
    throw batchFault("state", undefined, `more than ${MOST_READINGS} readings are too many`);
  return Array.from({ length: table.numRows }, (_, row) => {
    const readAt: unknown = table.getChild("read_at")?.get(row);
    if (
      typeof readAt !== "number" ||
      !(readAt >= EARLIEST_MS && readAt <= nowMs + MAX_AHEAD_SECONDS * 1000)
    ) {
      throw batchFault("read_at", row, "it is no time, or one to come");
    }
    return {
      node: header.node,
      readAtMs: Math.floor(readAt),
      state: stateOf(table.getChild("state")?.get(row), row),
    };
  });
}

function stateOf(text: unknown, row: number) {
  try {
    return sentNodeStateSchema.parse(JSON.parse(String(text)));
  } catch (thrown) {
    const issue = thrown instanceof z.ZodError ? thrown.issues[0] : undefined;
    throw batchFault(
      "state",
      row,
      issue === undefined ? "it is no JSON" : `${issue.path.join(".")}: ${issue.message}`,
    );
  }
}
