import { type DnsName, dnsTypeText, entityId } from "@hopline/api";
import { formatCount, formatMicroseconds } from "../../units/quantity";
import { type DataColumn, DataTable } from "../status/data-table";
import { ClockText } from "../time/clock-text";
import { AskedEnd } from "./asked-end";
import { CodeCounts } from "./code-counts";
import { DomainName } from "./domain-name";

const COLUMNS: readonly DataColumn<DnsName>[] = [
  {
    name: "Name",
    cell: ({ name, type }) => (
      <span className="flex max-w-lg items-baseline gap-2">
        <span className="font-mono text-xs [overflow-wrap:anywhere]">
          <DomainName name={name} />
        </span>
        <span className="rounded bg-sunken px-1.5 text-2xs leading-4.5 text-muted">{dnsTypeText(type)}</span>
      </span>
    ),
  },
  { name: "Client", cell: ({ client }) => <AskedEnd entity={client} /> },
  {
    name: "Asked",
    cell: ({ server, serverAddresses }) => <AskedEnd entity={server} below={serverAddresses.join(", ")} />,
  },
  { name: "Answers", cell: ({ codes }) => <CodeCounts codes={codes} /> },
  { name: "Questions", numeric: true, cell: ({ questions }) => formatCount(questions) },
  { name: "Mean", numeric: true, cell: ({ latencyMeanUs }) => <Latency us={latencyMeanUs} /> },
  { name: "Longest", numeric: true, cell: ({ latencyMaxUs }) => <Latency us={latencyMaxUs} /> },
  {
    name: "Last seen",
    numeric: true,
    cell: ({ lastSeen }) => (
      <span className="font-mono text-xs">
        <ClockText timeMs={lastSeen} />
      </span>
    ),
  },
];

/** Names asked for, a line for each client and server. */
export function DnsTable({ names }: { names: readonly DnsName[] }) {
  return (
    <div className="overflow-hidden rounded-lg border border-line bg-surface shadow-card" data-dns-names>
      <DataTable caption="Names asked for" columns={COLUMNS} rows={names} keyOf={dnsKey} />
    </div>
  );
}

export function dnsKey({ name, type, client, server }: DnsName): string {
  return `${name} ${type} ${entityId(client)} ${entityId(server)}`;
}

function Latency({ us }: { us: number | null }) {
  return (
    <span className="whitespace-nowrap">
      {us === null ? <span className="text-faint">–</span> : formatMicroseconds(us)}
    </span>
  );
}
