import { textTable } from "../text-table.js";
import type { Analysis } from "./analysis.js";
import { csvLine } from "./comma-separated.js";
import { csvColumns, tableColumns } from "./flow-columns.js";
import { type FlowRow, withHops } from "./flow-row.js";
import { storedConnections } from "./stored-connections.js";

export type FlowForm = "table" | "csv" | "json";

/** Prints every connection of an analysis on standard output, oldest first. */
export async function printFlows(analysis: Analysis, form: FlowForm, hops: boolean): Promise<void> {
  const columns = csvColumns(hops);
  if (form === "csv") await print(csvLine(columns.map(({ name }) => name)));
  const forTable: FlowRow[] = [];
  for await (const page of storedConnections(analysis.api)) {
    const rows = hops
      ? await withHops(analysis.api, page)
      : page.map((connection) => ({ connection, hops: undefined }));
    if (form === "table") forTable.push(...rows);
    else if (form === "csv")
      await print(rows.map((row) => csvLine(columns.map(({ value }) => value(row)))).join(""));
    else await print(rows.map((row) => `${JSON.stringify(jsonOf(row))}\n`).join(""));
  }
  if (form === "table") await print(textTable(tableColumns(analysis.hasNames, hops), forTable));
}

function jsonOf({ connection, hops }: FlowRow): object {
  return hops === undefined ? connection : { ...connection, hopLedger: hops };
}

/** Settles when the text is on its way: a process that ends earlier would cut it off. */
function print(text: string): Promise<void> {
  return new Promise((resolve) => process.stdout.write(text, () => resolve()));
}
