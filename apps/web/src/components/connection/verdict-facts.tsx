import { type Connection, directionDecidedBy, verdictDoubtText } from "@hopline/api";
import { ConformanceBadge } from "../flows/conformance-badge";

const DIRECTIONS = [
  { direction: "egress", name: "Out of the client" },
  { direction: "ingress", name: "Into the server" },
] as const;

/** What policy says of a connection, what decided in each direction, and whether it happened so. */
export function VerdictFacts({ connection }: { connection: Connection }) {
  const { verdict, verdictBy, verdictChanged, conformance } = connection;
  return (
    <section aria-label="Policy" className="space-y-1.5 border-b border-line px-4 py-3 text-xs">
      <h2 className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="font-semibold">Policy</span>
        <ConformanceBadge conformance={conformance} />
        <span className="text-muted">verdict: {verdict}</span>
      </h2>
      {verdictChanged ? (
        <p className="font-medium text-warn">
          A policy changed while it lasted: it was allowed at one time and denied at another. The first
          counts.
        </p>
      ) : null}
      {verdictBy === null ? (
        <p className="text-muted">Nothing was judged: the cluster's policies were not known at the time.</p>
      ) : (
        <>
          {verdictBy.doubt === null ? null : (
            <p className="text-muted">Undetermined: {verdictDoubtText(verdictBy.doubt)}.</p>
          )}
          <dl className="grid gap-x-4 gap-y-1 sm:grid-cols-2">
            {DIRECTIONS.map(({ direction, name }) => {
              const record = verdictBy[direction];
              const versions = record.policies.map(({ version }) => version).filter(Boolean);
              return (
                <div key={direction} data-verdict={direction} className="min-w-0">
                  <dt className="text-2xs text-muted">{name}</dt>
                  <dd className="[overflow-wrap:anywhere]">
                    <span className={record.verdict === "denied" ? "font-semibold text-warn" : "font-medium"}>
                      {record.verdict}
                    </span>
                    : {directionDecidedBy(record, direction)}
                    {versions.length === 0 ? null : (
                      <span className="text-muted">
                        {" "}
                        (version <span className="font-mono">{versions.join(", ")}</span>)
                      </span>
                    )}
                  </dd>
                </div>
              );
            })}
          </dl>
        </>
      )}
    </section>
  );
}
