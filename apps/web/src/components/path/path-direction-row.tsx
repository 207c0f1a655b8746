import {
  type BrokenPlace,
  type LatencyCell,
  type PathDirection,
  type PathHop,
  type PathSegment,
  usualLatency,
} from "@hopline/api";
import { Fragment } from "react";
import { formatMicroseconds } from "../../units/quantity";
import { PathHopCard } from "./path-hop-card";
import { PathSegmentLink } from "./path-segment-link";
import { PathWaterfall } from "./path-waterfall";

/** One direction: its hops from left to right (top to bottom where it is narrow), and what lies between them. */
export function PathDirectionRow({
  name,
  sender,
  receiver,
  path,
  broken,
  usual,
}: {
  name: string;
  /** How the two ends are called. */
  sender: string;
  receiver: string;
  path: PathDirection;
  /** Where it breaks, if in this direction. */
  broken: BrokenPlace | null;
  /** What segments cost other connections before this one began. */
  usual: readonly LatencyCell[];
}) {
  const { hops, segments } = path;
  const own = path.receiver.dataUs ?? path.receiver.handshakeUs;
  const usualOf = (segment: PathSegment | undefined) =>
    segment === undefined ? undefined : usualLatency(path, segment, usual);
  const first = segments.find(({ from }) => from === null);
  return (
    <section aria-label={name} className="rounded-lg border border-line bg-canvas p-3">
      <h2 className="text-sm font-semibold">
        {name}{" "}
        <span className="font-normal text-muted [overflow-wrap:anywhere]">
          from {sender} to {receiver}
          {own === null ? "" : `, which itself takes ${formatMicroseconds(own)}`}
        </span>
      </h2>
      {hops.length === 0 ? (
        <p className="mt-2 text-xs text-muted">No hop of this direction is known.</p>
      ) : (
        <div className="mt-2 flex flex-col gap-1 lg:flex-row lg:flex-wrap lg:items-stretch lg:gap-y-3">
          {first === undefined ? null : (
            <PathSegmentLink segment={first} broken={false} usual={usualOf(first)} />
          )}
          {stretchesOf(hops).map((stretch) => (
            // What one node has of the way stays on one line.
            <div key={stretch[0]?.index} className="contents lg:flex lg:flex-1 lg:items-stretch lg:gap-1">
              {stretch.map(({ hop, index }) => {
                const isLast = index === hops.length - 1;
                const segment = segments.find(({ to }) => to === (isLast ? null : index + 1));
                const breaks = broken?.lastSeen === index;
                return (
                  <Fragment key={`${hop.node} ${hop.role} ${hop.crossing}`}>
                    <PathHopCard hop={hop} />
                    {!isLast || segment !== undefined || breaks ? (
                      <PathSegmentLink segment={segment} broken={breaks} usual={usualOf(segment)} />
                    ) : null}
                  </Fragment>
                );
              })}
            </div>
          ))}
        </div>
      )}
      <PathWaterfall path={path} receiver={receiver} />
    </section>
  );
}

interface PlacedHop {
  readonly hop: PathHop;
  readonly index: number;
}

/** The hops, those of one node in a row together. */
function stretchesOf(hops: readonly PathHop[]): PlacedHop[][] {
  const stretches: PlacedHop[][] = [];
  for (const [index, hop] of hops.entries()) {
    const last = stretches.at(-1);
    if (last?.[0]?.hop.node === hop.node) last.push({ hop, index });
    else stretches.push([{ hop, index }]);
  }
  return stretches;
}
