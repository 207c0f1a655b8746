"use client";

import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { browserCollector } from "../../collector/browser-collector";
import { seriesQuestion } from "../../collector/questions";
import type { ConnectionFilter } from "../../filters/connection-filter";
import type { TimeSpan } from "../../filters/time-span";
import { Skeleton } from "../feedback/skeleton";

const SeriesCharts = dynamic(() => import("./series-charts"), { ssr: false, loading: Waiting });

/** Time series of all connections that fit; asks for them itself and keeps the last ones while the collector is away. */
export function SeriesSection({ filter, span }: { filter: ConnectionFilter; span: TimeSpan }) {
  const { data, error } = useQuery(seriesQuestion(browserCollector, filter, span));
  if (data === undefined) {
    return error === null ? <Waiting /> : <p className="px-4 py-3 text-sm text-bad">{error.message}</p>;
  }
  return (
    <div className={error === null ? undefined : "stale"}>
      <SeriesCharts series={data} />
    </div>
  );
}

function Waiting() {
  return (
    <div aria-busy="true">
      {["bytes", "connections", "handshake"].map((name) => (
        <div key={name} className="border-b border-line px-4 py-3">
          <Skeleton className="mb-2 h-4 w-24" />
          <Skeleton className="h-[112px] w-full" />
        </div>
      ))}
    </div>
  );
}
