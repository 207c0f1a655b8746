import { type End, entityId, type WorstConnection, type WorstEdge } from "@hopline/api";
import { ArrowRight } from "lucide-react";
import Link from "next/link";
import type { TimeSpan } from "../../filters/time-span";
import { formatBytes, formatCount } from "../../units/quantity";
import { portText } from "../flows/port-text";
import { pathHref } from "../path/path-link";
import { type DataColumn, DataTable } from "../surface/data-table";
import { EdgeName } from "./edge-name";
import { type LossFigures, lossDetail, lossLevel, lossWord } from "./loss-level";

const TONES = { none: "text-muted", some: "text-warn", much: "text-bad", unknown: "text-muted" } as const;

const FIGURES: readonly DataColumn<LossFigures>[] = [
  {
    name: "Lost",
    numeric: true,
    cell: (row) => (
      <span className={`whitespace-nowrap ${TONES[lossLevel(row)]}`} title={lossDetail(row)}>
        {lossWord(row)}
      </span>
    ),
  },
  {
    name: "Bytes",
    numeric: true,
    cell: ({ missingPayloadBytes, sentPayloadBytes }) => (
      <span className="whitespace-nowrap">
        {formatBytes(missingPayloadBytes)} of {formatBytes(sentPayloadBytes)}
      </span>
    ),
  },
];

const EDGES: readonly DataColumn<WorstEdge>[] = [
  { name: "Edge", cell: (edge) => <EdgeName edge={edge} /> },
  ...FIGURES,
  { name: "Connections", numeric: true, cell: ({ connections }) => formatCount(connections) },
];

/** Who lost most on a segment, by workloads. */
export function WorstEdges({ edges }: { edges: readonly WorstEdge[] }) {
  return (
    <section className="py-2 text-xs" data-worst-edges>
      <h3 className="px-4 pb-1 text-xs font-semibold">Edges that lost most</h3>
      <DataTable
        caption="Edges that lost most"
        columns={EDGES}
        rows={edges}
        keyOf={({ client, server, service, protocol, port }) =>
          `${entityId(client)} ${entityId(server)} ${service} ${protocol} ${port}`
        }
      />
    </section>
  );
}

/** Which connections lost most on a segment, each a way to its path. */
export function WorstConnections({
  connections,
  span,
}: {
  connections: readonly WorstConnection[];
  span: TimeSpan;
}) {
  const columns: readonly DataColumn<WorstConnection>[] = [
    {
      name: "Connection",
      cell: ({ connection }) => (
        <Link
          href={pathHref(connection.id, span)}
          prefetch={false}
          className="flex min-w-44 flex-wrap items-center gap-x-1.5 text-accent hover:underline"
        >
          <span className="[overflow-wrap:anywhere]">{endText(connection.client)}</span>
          <ArrowRight size={11} aria-hidden className="shrink-0 text-faint" />
          <span className="[overflow-wrap:anywhere]">{endText(connection.server)}</span>
          <span className="text-muted">{portText(connection)}</span>
        </Link>
      ),
    },
    ...FIGURES,
  ];
  return (
    <section className="border-t border-line py-2 text-xs" data-worst-connections>
      <h3 className="px-4 pb-1 text-xs font-semibold">Connections that lost most</h3>
      <DataTable
        caption="Connections that lost most"
        columns={columns}
        rows={connections}
        keyOf={({ connection }) => connection.id}
      />
    </section>
  );
}

function endText({ pod, entity, port }: End): string {
  return `${pod === "" ? entity.name : pod}:${port}`;
}
