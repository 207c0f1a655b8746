import { type Conformance, conformanceSchema, type MapEdge } from "@hopline/api";
import Link from "next/link";
import { formatCount } from "../../units/quantity";
import { ConformanceBadge } from "../flows/conformance-badge";

/** What policy says against what happened, by connections; each links to those where `hrefOf` is given. */
export function ConformanceCounts({
  conformances,
  hrefOf,
}: {
  conformances: MapEdge["conformances"];
  hrefOf: ((words: readonly Conformance[]) => string) | undefined;
}) {
  const counted = conformanceSchema.options
    .map((conformance) => ({ conformance, count: conformances[conformance] ?? 0 }))
    .filter(({ count }) => count > 0);
  // Where nothing was judged, the outcomes say it all.
  if (counted.every(({ conformance }) => conformance === "undetermined")) return null;
  return (
    <section aria-label="Policy" className="border-b border-line px-4 py-3">
      <h2 className="mb-2 text-xs font-semibold">Policy</h2>
      <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs">
        {counted.map(({ conformance, count }) => (
          <li key={conformance} className="flex items-center gap-2">
            <ConformanceBadge conformance={conformance} />
            {hrefOf === undefined ? (
              <span className="text-muted">{formatCount(count)}</span>
            ) : (
              <Link
                href={hrefOf([conformance])}
                prefetch={false}
                title="Show the connections"
                className="text-accent hover:underline"
              >
                {formatCount(count)}
              </Link>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
