import { type Connection, verdictDecidedBy } from "@hopline/api";
import { ArrowRight, Route } from "lucide-react";
import Link from "next/link";
import type { TimeSpan } from "../../filters/time-span";
import { qualifiedName } from "../entity/entity-name";
import { ConformanceBadge } from "../flows/conformance-badge";
import { flowsHref } from "../flows/flows-link";
import { portText } from "../flows/port-text";
import { pathHref } from "../path/path-link";
import { Card } from "../surface/card";
import { ClockText } from "../time/clock-text";

const MOST_SHOWN = 10;
const DENIALS: readonly Connection["conformance"][] = ["denied-observed", "denied-inferred", "unenforced"];

/** The last connections that were denied, or should have been; each leads to its path. */
export function LatestDenials({
  connections,
  namespace,
  span,
}: {
  connections: readonly Connection[];
  namespace: string | readonly string[] | undefined;
  span: TimeSpan;
}) {
  return (
    <Card
      title="Latest denied connections"
      aside={connections.length === 0 ? undefined : "one click leads to the path"}
    >
      {connections.length === 0 ? (
        <p className="px-4 py-3 text-sm text-muted">No connection was denied by policy in this range.</p>
      ) : (
        <>
          <DenialList connections={connections.slice(0, MOST_SHOWN)} span={span} />
          <p className="border-t border-line px-4 py-2 text-xs">
            <Link
              href={flowsHref(
                { ...(namespace === undefined ? {} : { namespace }), conformance: DENIALS },
                span,
              )}
              prefetch={false}
              className="font-medium text-accent hover:underline"
            >
              All denied connections
            </Link>
          </p>
        </>
      )}
    </Card>
  );
}

export function DenialList({ connections, span }: { connections: readonly Connection[]; span: TimeSpan }) {
  return (
    <ul data-denials className="@container divide-y divide-line">
      {connections.map((connection) => (
        <li key={connection.id}>
          <Link
            href={pathHref(connection.id, span)}
            prefetch={false}
            className="items-center gap-x-3 gap-y-0.5 px-4 py-1.5 text-xs hover:bg-sunken @max-2xl:flex @max-2xl:flex-wrap @2xl:grid @2xl:grid-cols-[4.5rem_minmax(0,1.2fr)_8.5rem_minmax(0,1.4fr)_auto]"
          >
            <span className="font-mono text-2xs text-muted">
              <ClockText timeMs={connection.lastSeen} />
            </span>
            <span className="flex min-w-0 flex-wrap items-center gap-x-1.5 @max-2xl:order-first @max-2xl:w-full">
              <span className="truncate font-medium">{qualifiedName(connection.client.entity)}</span>
              <ArrowRight size={12} aria-hidden className="shrink-0 text-faint" />
              <span className="truncate font-medium">{qualifiedName(connection.server.entity)}</span>
              <span className="font-mono text-2xs text-muted">{portText(connection)}</span>
            </span>
            <ConformanceBadge conformance={connection.conformance} />
            <span className="min-w-0 text-muted [overflow-wrap:anywhere] @max-2xl:order-last @max-2xl:w-full">
              {connection.verdictBy === null ? "" : verdictDecidedBy(connection.verdictBy)}
            </span>
            <span className="inline-flex items-center gap-1 font-medium text-accent @max-2xl:ml-auto">
              <Route size={13} aria-hidden /> Path
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
