import { type ColumnArrays, type ColumnKind, HOP_COLUMNS, type HopColumns } from "@hopline/batch";

/** Rows `[start, end)` of all columns, without copying. */
export function sliceHops(columns: HopColumns, start: number, end: number): HopColumns {
  const slices: Record<string, ColumnArrays[ColumnKind]> = {};
  for (const [name, kind] of Object.entries(HOP_COLUMNS)) {
    slices[name] = sliceColumn(kind, columns[name as keyof typeof HOP_COLUMNS], start, end);
  }
  return { ...(slices as Omit<HopColumns, "count">), count: end - start };
}

function sliceColumn(
  kind: ColumnKind,
  column: ColumnArrays[ColumnKind],
  start: number,
  end: number,
): ColumnArrays[ColumnKind] {
  if ("indexes" in column) return { values: column.values, indexes: column.indexes.subarray(start, end) };
  const width = kind === "addr" ? 16 : kind === "u64" ? 2 : 1;
  return column.subarray(start * width, end * width);
}
