import { isFollowing, type Status } from "@hopline/api";
import { formatDuration, formatExactCount } from "../../units/quantity";
import { Card } from "../surface/card";
import { type DataColumn, DataTable } from "../surface/data-table";
import { StateWord } from "./state-word";

type Watch = Status["watches"][number];

export function WatchTable({
  watches,
  cluster,
  nowMs,
}: {
  watches: readonly Watch[];
  cluster: string;
  nowMs: number;
}) {
  const columns: readonly DataColumn<Watch>[] = [
    {
      name: "Resource",
      cell: ({ resource, lastError }) => (
        <>
          <span className="font-medium">{resource}</span>
          {lastError === null ? null : (
            <span className="block text-2xs text-muted [overflow-wrap:anywhere]">{lastError}</span>
          )}
        </>
      ),
    },
    {
      name: "State",
      cell: ({ state }) => (
        <StateWord level={isFollowing(state) ? "good" : state === "listing" ? "warn" : "bad"}>
          {state === "absent" ? "not in this cluster" : state}
        </StateWord>
      ),
    },
    {
      name: "Since",
      numeric: true,
      cell: ({ since }) => (
        <span className="whitespace-nowrap text-muted">{formatDuration(nowMs - since)}</span>
      ),
    },
    { name: "Objects", numeric: true, cell: ({ objects }) => formatExactCount(objects) },
    { name: "Restarts", numeric: true, cell: ({ restarts }) => formatExactCount(restarts) },
  ];
  return (
    <Card title="Watches" aside={cluster}>
      {watches.length === 0 ? (
        <p className="px-4 py-6 text-center text-muted">
          No cluster is watched: nothing names the ends of connections.
        </p>
      ) : (
        <DataTable caption="Watches" columns={columns} rows={watches} keyOf={({ resource }) => resource} />
      )}
    </Card>
  );
}
