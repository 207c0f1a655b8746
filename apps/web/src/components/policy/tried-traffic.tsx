import type { WhatIfAnswer } from "@hopline/api";
import { formatExactCount } from "../../units/quantity";
import { ClockText } from "../time/clock-text";

/** Over what something was tried, and whether that was all. */
export function TriedTraffic({ traffic }: { traffic: WhatIfAnswer["traffic"] }) {
  const { range, connections, leftOutRows, unknownThen } = traffic;
  return (
    <p className="text-xs text-muted">
      Over {formatExactCount(connections)} connections from <ClockText timeMs={range.from} form="date" /> to{" "}
      <ClockText timeMs={range.to} form="date" />.
      {leftOutRows === 0 ? null : (
        <span className="font-medium text-warn">
          {" "}
          {formatExactCount(leftOutRows)} rows of traffic, those of the fewest connections, were left out:
          choose less time, or namespaces.
        </span>
      )}
      {unknownThen === 0 ? null : (
        <span className="font-medium text-warn">
          {" "}
          Of {formatExactCount(unknownThen)} it is not known which labels an end had then: it was judged by
          those of now.
        </span>
      )}
    </p>
  );
}
