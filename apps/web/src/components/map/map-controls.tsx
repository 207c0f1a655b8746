"use client";

import { Panel, useReactFlow } from "@xyflow/react";
import { Maximize, Minus, Plus, Workflow } from "lucide-react";
import { Button } from "../controls/button";

const STEP_MS = 160;

export function MapControls({
  onFit,
  onRelayout,
  busy,
  isLate,
  onApplyLate,
}: {
  onFit: () => void;
  onRelayout: () => void;
  busy: boolean;
  /** A grid stands in for the layout, which was late. */
  isLate: boolean;
  onApplyLate: (() => void) | undefined;
}) {
  const { zoomIn, zoomOut } = useReactFlow();
  return (
    <Panel position="bottom-right" className="m-3! flex flex-col items-end gap-1.5">
      {onApplyLate !== undefined ? (
        <Button look="primary" onClick={onApplyLate}>
          <Workflow size={14} aria-hidden /> A clearer layout is ready: show it
        </Button>
      ) : isLate ? (
        <span className="rounded-md border border-line bg-surface px-2 py-1 text-2xs text-muted shadow-card">
          Shown as a grid: the layout takes longer than usual.
        </span>
      ) : null}
      <div className="flex items-center gap-1.5">
        <Button onClick={onRelayout} disabled={busy} title="Lay the whole map out anew">
          <Workflow size={14} aria-hidden /> {busy ? "Laying out…" : "Re-layout"}
        </Button>
        <Button icon aria-label="Zoom out" onClick={() => zoomOut({ duration: STEP_MS })}>
          <Minus size={15} aria-hidden />
        </Button>
        <Button icon aria-label="Zoom in" onClick={() => zoomIn({ duration: STEP_MS })}>
          <Plus size={15} aria-hidden />
        </Button>
        <Button icon aria-label="Fit the map to the window" title="Fit" onClick={onFit}>
          <Maximize size={14} aria-hidden />
        </Button>
      </div>
    </Panel>
  );
}
