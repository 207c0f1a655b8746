import type { Status } from "@hopline/api";
import { formatBytes, formatCount } from "../../units/quantity";
import { Card } from "../surface/card";
import { type DataColumn, DataTable } from "../surface/data-table";
import { StateWord } from "./state-word";

type Table = Status["store"]["tables"][number];

const COLUMNS: readonly DataColumn<Table>[] = [
  { name: "Table", cell: ({ name }) => <span className="font-mono text-xs">{name}</span> },
  { name: "Rows", numeric: true, cell: ({ rows }) => formatCount(rows) },
  { name: "On disk", numeric: true, cell: ({ bytes }) => formatBytes(bytes) },
];

export function StoreCard({ store }: { store: Status["store"] }) {
  return (
    <Card title="Store" aside={`ClickHouse ${store.engineVersion}, ${store.kind}`}>
      <div className="px-4 py-2 text-sm">
        <StateWord level={store.state === "ready" ? "good" : "bad"}>{store.state}</StateWord>
        {store.lastError === null ? null : (
          <p className="text-2xs text-muted [overflow-wrap:anywhere]">{store.lastError}</p>
        )}
      </div>
      <DataTable caption="Tables" columns={COLUMNS} rows={store.tables} keyOf={({ name }) => name} />
    </Card>
  );
}
