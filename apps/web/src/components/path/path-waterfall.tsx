import type { PathDirection } from "@hopline/api";
import { formatMicroseconds } from "../../units/quantity";

/** What one part of the way adds to a round trip, microseconds. */
interface Span {
  readonly name: string;
  readonly us: number;
  readonly kind: "node" | "wire" | "receiver";
}

const COLORS: Readonly<Record<Span["kind"], string>> = {
  node: "bg-reply",
  wire: "bg-accent",
  receiver: "bg-edge",
};

/** Where the time of one direction's round trips goes: a bar for each segment, and one for the receiver itself. */
export function PathWaterfall({ path, receiver }: { path: PathDirection; receiver: string }) {
  const kinds = [
    { name: "Handshake", spans: spansOf(path, "handshakeUs", receiver) },
    { name: "Data", spans: spansOf(path, "dataUs", receiver) },
  ].filter(({ spans }) => spans.length > 1);
  if (kinds.length === 0) return null;
  return (
    <div className="mt-2 grid gap-3 border-t border-line pt-2 sm:grid-cols-2" data-waterfall>
      {kinds.map(({ name, spans }) => (
        <Bars key={name} name={name} spans={spans} />
      ))}
    </div>
  );
}

function Bars({ name, spans }: { name: string; spans: readonly Span[] }) {
  const totalUs = spans.reduce((sum, { us }) => sum + us, 0);
  let beforeUs = 0;
  const placed = spans.map((span) => {
    const startUs = beforeUs;
    beforeUs += span.us;
    return { ...span, startUs };
  });
  return (
    <section aria-label={`${name} round trip`} className="min-w-0 text-2xs">
      <p className="text-xs">
        <span className="font-semibold">{name}</span>{" "}
        <span className="text-muted">{formatMicroseconds(totalUs)} there and back</span>
      </p>
      <ul className="mt-1 space-y-0.5">
        {placed.map(({ name: part, us, startUs, kind }) => (
          <li key={`${startUs} ${part}`} className="grid grid-cols-[7.5rem_1fr_3.5rem] items-center gap-2">
            <span className="truncate text-muted">{part}</span>
            <span className="relative h-2.5 rounded-sm bg-sunken">
              <span
                className={`absolute inset-y-0 min-w-0.5 rounded-sm ${COLORS[kind]}`}
                style={{ left: `${share(startUs, totalUs)}%`, width: `${share(us, totalUs)}%` }}
              />
            </span>
            <span className="text-right whitespace-nowrap">{formatMicroseconds(us)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function spansOf(
  { segments, receiver }: PathDirection,
  of: "handshakeUs" | "dataUs",
  receiverName: string,
): Span[] {
  const spans = segments.flatMap(({ kind, latency }): Span[] => {
    const us = latency[of];
    return us === null ? [] : [{ name: kind, us, kind: kind === "wire" ? "wire" : "node" }];
  });
  const own = receiver[of];
  return own === null ? spans : [...spans, { name: receiverName, us: own, kind: "receiver" }];
}

function share(us: number, totalUs: number): number {
  return totalUs === 0 ? 0 : (us / totalUs) * 100;
}
