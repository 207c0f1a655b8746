import type { ColumnSpec, ColumnsOf } from "./columns.js";

/** Columns of a `node-state` batch, in order: one row = one reading of the node's kernel. */
export const NODE_STATE_COLUMNS = {
  /** Milliseconds since the Unix epoch. */
  read_at: "f64",
  /** JSON of `sentNodeStateSchema`. */
  state: "string",
} as const satisfies ColumnSpec;

export type NodeStateColumns = ColumnsOf<typeof NODE_STATE_COLUMNS>;
