"use client";

import type { Edge, EdgeProps } from "@xyflow/react";
import { memo } from "react";
import { type Curve, curveEnd, svgPath } from "../../map-layout/curve";
import type { HealthLevel } from "./edge-health";
import type { LinkView } from "./map-view";

export type MapEdgeEdge = Edge<
  {
    readonly view: LinkView;
    readonly route: Curve;
    readonly chosen: boolean;
    readonly dimmed: boolean;
  },
  "hop"
>;

/** Colour says it and the dashes repeat it, for those who do not see the colour. */
const STROKE: Record<HealthLevel, { readonly color: string; readonly dashes: string | undefined }> = {
  fine: { color: "var(--edge)", dashes: undefined },
  lossy: { color: "var(--warn-line)", dashes: "9 4" },
  failing: { color: "var(--bad-line)", dashes: "3 4" },
  denied: { color: "var(--warn-line)", dashes: "12 4 2 4" },
  unenforced: { color: "var(--bad-line)", dashes: "12 3 2 3 2 3" },
};

const LEAST_WIDTH = 1.25;
const MOST_WIDTH = 5.5;
const HIT_WIDTH = 18;

/** A conversation: a curve from client to server, as thick as it is busy. */
export const MapEdge = memo(function MapEdge({ data }: EdgeProps<MapEdgeEdge>) {
  if (data === undefined) return null;
  const { view, route, chosen, dimmed } = data;
  const stroke = STROKE[view.health.level];
  const width = LEAST_WIDTH + view.weight * (MOST_WIDTH - LEAST_WIDTH);
  const color = chosen && view.health.level === "fine" ? "var(--accent)" : stroke.color;
  const path = svgPath(route);
  return (
    <g
      data-edge={view.id}
      data-health={view.health.level}
      opacity={dimmed ? 0.12 : 1}
      className="group/edge transition-opacity"
    >
      <path
        d={path}
        fill="none"
        stroke={color}
        strokeWidth={chosen ? width + 1.25 : width}
        strokeDasharray={stroke.dashes}
        className="hop-edge-line group-hover/edge:stroke-accent"
      />
      {chosen ? (
        <path
          d={path}
          fill="none"
          stroke="var(--on-accent)"
          strokeOpacity="0.8"
          strokeWidth={Math.max(1.25, width / 3)}
          strokeDasharray="3 15"
          strokeLinecap="round"
          className="hop-edge-flow"
        />
      ) : null}
      <path d={arrowAt(route, width)} fill={color} className="group-hover/edge:fill-accent" />
      <path
        d={path}
        fill="none"
        stroke="transparent"
        strokeWidth={HIT_WIDTH}
        className="react-flow__edge-interaction"
      />
      <title>{view.health.reason === undefined ? view.label : `${view.label}, ${view.health.reason}`}</title>
    </g>
  );
});

/** A small triangle on the server's side, along the curve's end. */
function arrowAt(curve: Curve, width: number): string {
  const { at: end, from: before } = curveEnd(curve);
  const length = Math.hypot(end.x - before.x, end.y - before.y) || 1;
  const along = { x: (end.x - before.x) / length, y: (end.y - before.y) / length };
  const size = 5 + width;
  const half = size * 0.55;
  const base = { x: end.x - along.x * size, y: end.y - along.y * size };
  return `M${end.x},${end.y} L${base.x - along.y * half},${base.y + along.x * half} L${base.x + along.y * half},${base.y - along.x * half} Z`;
}
