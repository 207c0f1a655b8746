"use client";

import { ViewportPortal } from "@xyflow/react";
import clsx from "clsx";
import { memo } from "react";
import { HEALTH_TEXT } from "./edge-health";
import type { MapLabel } from "./use-map-elements";

/** The edges' figures, above all lines: a line drawn later must not strike an earlier figure through. */
export const MapLabels = memo(function MapLabels({ labels }: { labels: readonly MapLabel[] }) {
  return (
    <ViewportPortal>
      {labels.map(({ view, at, dimmed }) => (
        <span
          key={view.id}
          aria-hidden
          data-label={view.id}
          className={clsx(
            "pointer-events-none absolute top-0 left-0 rounded-sm bg-canvas px-1 text-xs leading-4 font-medium whitespace-nowrap transition-opacity",
            HEALTH_TEXT[view.health.level],
            dimmed && "opacity-0",
          )}
          style={{ transform: `translate(${at.x}px, ${at.y}px) translate(-50%, -50%)` }}
        >
          {view.label}
        </span>
      ))}
    </ViewportPortal>
  );
});
