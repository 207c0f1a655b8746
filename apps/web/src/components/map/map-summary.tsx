"use client";

import type { MapAnswer } from "@hopline/api";
import { formatCount } from "../../units/quantity";
import { Button } from "../controls/button";
import { EDGE_METRIC_NAMES, EDGE_METRICS, type EdgeMetric } from "./edge-metric";

/** The line above the map: how much of the whole it shows, and what its edges show. */
export function MapSummary({
  answer,
  metric,
  onMetric,
  collapse,
  onExpandAll,
  onCollapseAll,
}: {
  answer: MapAnswer;
  metric: EdgeMetric;
  /** Absent where there are no drawn edges: the list shows all figures. */
  onMetric: ((metric: EdgeMetric) => void) | undefined;
  collapse: readonly string[];
  onExpandAll: () => void;
  onCollapseAll: () => void;
}) {
  const { nodes, edges, totalNodes, totalEdges, namespaces } = answer;
  const collapsed = nodes.filter((node) => node.collapsed).length;
  const part = nodes.length < totalNodes || edges.length < totalEdges;
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1 px-3 py-1.5 text-xs text-muted sm:px-4">
      <p data-summary>
        {part ? (
          <>
            Busiest first: showing{" "}
            <span className="font-medium text-text">
              {formatCount(nodes.length)} of {formatCount(totalNodes)}
            </span>{" "}
            ends,{" "}
            <span className="font-medium text-text">
              {formatCount(edges.length)} of {formatCount(totalEdges)}
            </span>{" "}
            conversations
          </>
        ) : (
          <>
            <span className="font-medium text-text">{formatCount(nodes.length)}</span> ends,{" "}
            <span className="font-medium text-text">{formatCount(edges.length)}</span> conversations
          </>
        )}
        {collapsed > 0 ? `, ${formatCount(collapsed)} namespaces collapsed` : null}
      </p>
      {namespaces.length > 1 ? (
        collapse.length > 0 ? (
          <Button look="quiet" className="h-6! px-1.5! text-xs!" onClick={onExpandAll}>
            Expand all
          </Button>
        ) : (
          <Button look="quiet" className="h-6! px-1.5! text-xs!" onClick={onCollapseAll}>
            Collapse all
          </Button>
        )
      ) : null}
      {onMetric === undefined ? null : <MetricSelect metric={metric} onMetric={onMetric} />}
    </div>
  );
}

function MetricSelect({ metric, onMetric }: { metric: EdgeMetric; onMetric: (metric: EdgeMetric) => void }) {
  return (
    <label className="ml-auto flex items-center gap-1.5">
      <span>Edges show</span>
      <select
        value={metric}
        onChange={(event) => {
          const chosen = EDGE_METRICS.find((one) => one === event.target.value);
          if (chosen !== undefined) onMetric(chosen);
        }}
        className="h-6.5 rounded-md border border-line-strong bg-surface px-1.5 text-xs font-medium text-text"
      >
        {EDGE_METRICS.map((one) => (
          <option key={one} value={one}>
            {EDGE_METRIC_NAMES[one]}
          </option>
        ))}
      </select>
    </label>
  );
}
