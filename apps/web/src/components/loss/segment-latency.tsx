"use client";

import type { Quantiles } from "@hopline/api";
import { useQuery } from "@tanstack/react-query";
import { browserCollector } from "../../collector/browser-collector";
import { segmentLatencyQuestion } from "../../collector/questions";
import type { ConnectionFilter } from "../../filters/connection-filter";
import type { TimeSpan } from "../../filters/time-span";
import { formatMicroseconds } from "../../units/quantity";

/** What each segment adds to the round trips of the connections that fit; nothing where none was measured. */
export function SegmentLatency({ filter, span }: { filter: ConnectionFilter; span: TimeSpan }) {
  const { data } = useQuery(segmentLatencyQuestion(browserCollector, filter, span));
  if (data === undefined || data.overall.length === 0) return null;
  return (
    <section aria-label="Latency by segment" className="border-t border-line py-3" data-segment-latency>
      <table className="w-full text-xs">
        <thead className="text-2xs text-muted">
          <tr>
            <th scope="col" className="py-1 pl-4 text-left text-xs font-semibold text-text">
              Latency by segment
            </th>
            <th scope="col" className="px-2 py-1 text-right font-medium">
              Handshake p50
            </th>
            <th scope="col" className="px-2 py-1 text-right font-medium">
              Data p50
            </th>
            <th scope="col" className="py-1 pr-4 text-right font-medium">
              Data p95
            </th>
          </tr>
        </thead>
        <tbody>
          {data.overall.map(({ segment, handshake, data: exchanges }) => (
            <tr key={segment}>
              <td className="py-0.5 pl-4">{segment}</td>
              <td className="px-2 py-0.5 text-right">{quantile(handshake, "p50")}</td>
              <td className="px-2 py-0.5 text-right">{quantile(exchanges, "p50")}</td>
              <td className="py-0.5 pr-4 text-right">{quantile(exchanges, "p95")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function quantile(quantiles: Quantiles | null, name: "p50" | "p95"): string {
  return quantiles === null ? "–" : formatMicroseconds(quantiles[name]);
}
