import type { AdviseAnswer } from "@hopline/api";
import { formatExactCount } from "../../units/quantity";
import { qualifiedName } from "../entity/entity-name";
import { Card } from "../surface/card";
import { type DataColumn, DataTable } from "../surface/data-table";

type LeftOut = AdviseAnswer["leftOut"][number];

const MAX_SHOWN = 100;

const COLUMNS: readonly DataColumn<LeftOut>[] = [
  { name: "Client", cell: ({ client }) => qualifiedName(client) },
  { name: "Server", cell: ({ server }) => qualifiedName(server) },
  { name: "Port", cell: (row) => <span className="font-mono text-xs">{portOf(row)}</span> },
  { name: "Connections", numeric: true, cell: ({ connections }) => formatExactCount(connections) },
  { name: "Why not", cell: ({ reason }) => <span className="text-muted">{reason}</span> },
];

/** What was seen and is not allowed by the advice, and the workloads that get no policy. */
export function AdviceLeftOut({ answer: { leftOut, unadvised } }: { answer: AdviseAnswer }) {
  if (leftOut.length + unadvised.length === 0) return null;
  return (
    <Card
      title="Left out"
      aside={leftOut.length > MAX_SHOWN ? `the first ${MAX_SHOWN} of ${leftOut.length}` : undefined}
    >
      {unadvised.length === 0 ? null : (
        <ul className="space-y-0.5 border-b border-line px-4 py-2.5 text-xs">
          {unadvised.map(({ workload, reason }) => (
            <li key={`${workload.workloadKind} ${workload.name}`}>
              <span className="font-medium">{workload.name}</span>{" "}
              <span className="text-muted">
                ({workload.workloadKind}) gets no policy: {reason}.
              </span>
            </li>
          ))}
        </ul>
      )}
      {leftOut.length === 0 ? null : (
        <DataTable
          caption="Traffic left out"
          columns={COLUMNS}
          rows={leftOut.slice(0, MAX_SHOWN)}
          keyOf={(row) =>
            `${qualifiedName(row.client)} ${qualifiedName(row.server)} ${portOf(row)} ${row.reason}`
          }
        />
      )}
    </Card>
  );
}

function portOf({ protocol, protocolNumber, port }: LeftOut): string {
  const name = protocol === "other" ? `protocol ${protocolNumber}` : protocol;
  return port === 0 ? name : `${name} ${port}`;
}
