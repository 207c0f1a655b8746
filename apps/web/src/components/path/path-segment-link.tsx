import type { PathSegment, UsualLatency } from "@hopline/api";
import clsx from "clsx";
import { ArrowRight, Unplug } from "lucide-react";
import { formatMicroseconds } from "../../units/quantity";
import { lossText } from "./loss-text";

/** What lies between two hops: its kind, loss and latency. Without a segment it is a plain arrow. */
export function PathSegmentLink({
  segment,
  broken,
  usual,
}: {
  segment: PathSegment | undefined;
  broken: boolean;
  /** What other connections measured; undefined where they were too few. */
  usual: UsualLatency | undefined;
}) {
  const Icon = broken ? Unplug : ArrowRight;
  const loss = segment === undefined ? undefined : lossText(segment);
  const cost = segment?.latency.dataUs ?? segment?.latency.handshakeUs ?? null;
  return (
    <div
      data-segment={segment?.kind}
      data-broken={broken || undefined}
      className={clsx(
        "flex items-start gap-2.5 px-2 py-1 text-2xs lg:flex-col lg:items-center lg:justify-center lg:gap-1 lg:px-1 lg:py-0 lg:text-center",
        segment !== undefined || broken ? "min-w-28 lg:flex-1" : "lg:flex-none",
        broken ? "text-bad" : "text-muted",
      )}
    >
      <Icon size={16} aria-hidden className="mt-0.5 shrink-0 rotate-90 lg:mt-0 lg:rotate-0" />
      <div className="min-w-0">
        {broken ? <p className="text-xs font-semibold text-bad">Broken here</p> : null}
        {segment === undefined || loss === undefined ? null : (
          <>
            <p className="text-xs font-medium text-text">{segment.kind}</p>
            {broken ? null : (
              <>
                <p className={clsx(loss.level === "some" && "font-medium text-warn")}>{loss.text}</p>
                <p className="text-2xs text-muted">{loss.detail}</p>
              </>
            )}
            {cost === null ? null : (
              <p className={usual?.isSlow === true ? "font-medium text-warn" : "text-text"}>
                +{formatMicroseconds(cost)}
                {usual?.isSlow === true ? ", slow" : ""}
              </p>
            )}
            {cost === null || usual === undefined ? null : (
              <p title={`of ${usual.count} round trips before this connection began`}>
                usually p50 {formatMicroseconds(usual.p50)}, p95 {formatMicroseconds(usual.p95)}, p99{" "}
                {formatMicroseconds(usual.p99)}
              </p>
            )}
          </>
        )}
      </div>
    </div>
  );
}
