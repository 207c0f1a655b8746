import type { Status } from "@hopline/api";
import { formatCount, formatDuration } from "../../units/quantity";
import { Card } from "../surface/card";

/** What the collector took in since it started. */
export function IngestCard({ status }: { status: Status }) {
  const { ingest, now, startedAt, version } = status;
  const figures = [
    ["Batches", ingest.batches, "taken"],
    ["Rows", ingest.rows, "stored"],
    ["Duplicates", ingest.duplicates, "batches had before"],
    ["Rejected", ingest.rejected, "batches"],
    ["Waiting", ingest.waiting, "rows without a name yet"],
    ["Unnamed", ingest.unnamed, "rows nobody could name"],
  ] as const;
  return (
    <Card title="Collector" aside={`version ${version}, up ${formatDuration(now - startedAt)}`}>
      <dl className="grid grid-cols-2 gap-x-4 gap-y-2 px-4 py-3 sm:grid-cols-3">
        {figures.map(([name, value, meaning]) => (
          <div key={name}>
            <dt className="text-2xs text-muted">{name}</dt>
            <dd className="font-semibold">{formatCount(value)}</dd>
            <dd className="text-2xs text-muted">{meaning}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
