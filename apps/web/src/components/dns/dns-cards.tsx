import { type DnsName, dnsTypeText } from "@hopline/api";
import { ArrowRight } from "lucide-react";
import type { TimeSpan } from "../../filters/time-span";
import { formatMicroseconds } from "../../units/quantity";
import { CardList } from "../surface/card-list";
import { CodeCounts } from "./code-counts";
import { dnsKey } from "./dns-table";
import { DomainName } from "./domain-name";
import { QuestionsLink } from "./questions-link";

/** Names asked for where there is no room for columns. */
export function DnsCards({ names, span }: { names: readonly DnsName[]; span: TimeSpan }) {
  return (
    <CardList
      label="Names asked for"
      data-dns-names
      rows={names}
      keyOf={dnsKey}
      card={(asked) => (
        <>
          <p className="flex items-baseline gap-2">
            <span className="min-w-0 font-mono text-xs font-medium [overflow-wrap:anywhere]">
              <DomainName name={asked.name} />
            </span>
            <span className="ml-auto shrink-0 rounded bg-sunken px-1.5 text-2xs leading-4.5 text-muted">
              {dnsTypeText(asked.type)}
            </span>
          </p>
          <CodeCounts codes={asked.codes} />
          <p className="flex items-center gap-1.5 text-2xs text-muted">
            <span className="truncate font-medium text-text">{asked.client.name}</span>
            <ArrowRight size={11} aria-hidden className="shrink-0 text-faint" />
            <span className="truncate">{asked.server.name}</span>
            <span className="ml-auto shrink-0">
              <QuestionsLink asked={asked} span={span} /> asked
              {asked.latencyMeanUs === null || asked.latencyMaxUs === null
                ? null
                : `, ${formatMicroseconds(asked.latencyMeanUs)}, longest ${formatMicroseconds(asked.latencyMaxUs)}`}
            </span>
          </p>
        </>
      )}
    />
  );
}
