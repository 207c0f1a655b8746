import { type DnsName, dnsTypeText, entityId } from "@hopline/api";
import type { TimeSpan } from "../../filters/time-span";
import { formatMicroseconds } from "../../units/quantity";
import { EntityLines } from "../entity/entity-lines";
import { type DataColumn, DataTable } from "../surface/data-table";
import { Frame } from "../surface/frame";
import { ClockText } from "../time/clock-text";
import { CodeCounts } from "./code-counts";
import { DomainName } from "./domain-name";
import { QuestionsLink } from "./questions-link";

const columnsFor = (span: TimeSpan): readonly DataColumn<DnsName>[] => [
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
  { name: "Client", cell: ({ client }) => <EntityLines entity={client} /> },
  {
    name: "Asked",
    cell: ({ server, serverAddresses }) => <EntityLines entity={server} below={serverAddresses.join(", ")} />,
  },
  { name: "Answers", cell: ({ codes }) => <CodeCounts codes={codes} /> },
  { name: "Questions", numeric: true, cell: (asked) => <QuestionsLink asked={asked} span={span} /> },
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
export function DnsTable({ names, span }: { names: readonly DnsName[]; span: TimeSpan }) {
  return (
    <Frame data-dns-names>
      <DataTable caption="Names asked for" columns={columnsFor(span)} rows={names} keyOf={dnsKey} />
    </Frame>
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
