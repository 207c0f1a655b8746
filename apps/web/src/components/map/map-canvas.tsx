"use client";

import {
  Background,
  BackgroundVariant,
  type EdgeChange,
  type NodeChange,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useStore,
} from "@xyflow/react";
import clsx from "clsx";
import { useCallback, useEffect, useRef, useState } from "react";
import { useNarrow } from "../controls/use-narrow";
import { MapCard, type MapCardNode } from "./map-card";
import { MapControls } from "./map-controls";
import { MapEdge, type MapEdgeEdge } from "./map-edge";
import { MapGroup, type MapGroupNode } from "./map-group";
import { MapLabels } from "./map-labels";
import { MapLegend } from "./map-legend";
import { MapSkeleton } from "./map-skeleton";
import type { MapView } from "./map-view";
import { type MapChoice, useMapElements } from "./use-map-elements";
import { useMapLayout } from "./use-map-layout";
import { useShowCards } from "./use-show-cards";

const NODE_TYPES = { card: MapCard, namespace: MapGroup };
const EDGE_TYPES = { hop: MapEdge };
/** Below this zoom a label is too small to read. */
const LABEL_ZOOM = 0.55;
/** Room for the legend and the buttons below. */
const FIT_PADDING = { top: "12px", left: "24px", right: "24px", bottom: "64px" } as const;
const FIT = { padding: FIT_PADDING, maxZoom: 1.1 } as const;
/** On a phone the whole would be too small to read: a part of it that can be moved about. */
const FIT_NARROW = { ...FIT, minZoom: 0.5 } as const;
const MOVE_MS = 320;
const PANEL_MS = 60;

export interface MapCanvasProps {
  readonly view: MapView;
  readonly choice: MapChoice;
  /** Names what the reader chose to see; a change of it lays the map out anew. */
  readonly epoch: string;
  readonly onChooseNode: (id: string) => void;
  readonly onChooseEdge: (id: string) => void;
  readonly onClear: () => void;
  readonly onCollapse: ((namespace: string) => void) | undefined;
  readonly onExpand: (namespace: string) => void;
}

/** The drawn map: pans, zooms, and keeps every card where it was while the figures move. */
export default function MapCanvas(props: MapCanvasProps) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  );
}

function Canvas(props: MapCanvasProps) {
  const { view, choice, epoch, onChooseNode, onChooseEdge, onClear, onCollapse, onExpand } = props;
  const layout = useMapLayout(view.graph, epoch);
  const { nodes, edges, labels } = useMapElements(
    view,
    layout.positions,
    layout.bends,
    choice,
    onCollapse,
    onExpand,
  );
  const { fitView } = useReactFlow();
  const showCards = useShowCards();
  const fit = useNarrow() ? FIT_NARROW : FIT;
  const labelsLegible = useStore((store) => store.transform[2] >= LABEL_ZOOM);
  const [settling, setSettling] = useState(false);
  const { positions, generation, move, relayout } = layout;

  const isLaidOut = positions.size > 0;
  const fitted = useRef<number>(undefined);
  useEffect(() => {
    if (!isLaidOut || fitted.current === generation) return;
    const first = fitted.current === undefined;
    fitted.current = generation;
    // The nodes reach React Flow's store with this render; fit after it has taken them.
    const frame = requestAnimationFrame(() => fitView({ ...fit, duration: first ? 0 : MOVE_MS }));
    if (first) return () => cancelAnimationFrame(frame);
    setSettling(true);
    const timer = setTimeout(() => setSettling(false), MOVE_MS + 80);
    return () => {
      clearTimeout(timer);
      cancelAnimationFrame(frame);
    };
  }, [isLaidOut, generation, fitView, fit]);

  const chosenEdge = view.links.find(({ id }) => id === choice.edge)?.edge;
  const [from, to] =
    chosenEdge === undefined ? [choice.node, choice.node] : [chosenEdge.client, chosenEdge.server];
  useEffect(() => {
    if (from === undefined || to === undefined) return;
    // The panel has taken its room by then; what was chosen must not have vanished behind it.
    const timer = setTimeout(() => showCards([from, to]), PANEL_MS);
    return () => clearTimeout(timer);
  }, [from, to, showCards]);

  const onNodesChange = useCallback(
    (changes: NodeChange<MapCardNode | MapGroupNode>[]) => {
      for (const change of changes) {
        if (change.type === "position" && change.position !== undefined) move(change.id, change.position);
        // Enter or Space on a focused card.
        if (change.type === "select" && change.selected) onChooseNode(change.id);
      }
    },
    [move, onChooseNode],
  );
  const onEdgesChange = useCallback(
    (changes: EdgeChange<MapEdgeEdge>[]) => {
      for (const change of changes) if (change.type === "select" && change.selected) onChooseEdge(change.id);
    },
    [onChooseEdge],
  );

  return (
    <>
      {isLaidOut ? null : (
        <div className="absolute inset-0 flex">
          <MapSkeleton />
        </div>
      )}
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        onNodeClick={(_, node) => (node.type === "card" ? onChooseNode(node.id) : onClear())}
        onEdgeClick={(_, edge) => onChooseEdge(edge.id)}
        onPaneClick={onClear}
        minZoom={0.12}
        maxZoom={2}
        nodesConnectable={false}
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        zoomOnDoubleClick={false}
        nodeDragThreshold={4}
        elevateNodesOnSelect={false}
        onlyRenderVisibleElements={false}
        attributionPosition="top-right"
        aria-label="Map of conversations"
        data-layout={layout.by}
        data-busy={layout.busy}
        className={clsx(settling && "hop-map-settling")}
      >
        <Background variant={BackgroundVariant.Dots} gap={22} size={1.4} color="var(--dots)" />
        {labelsLegible ? <MapLabels labels={labels} /> : null}
        <MapLegend />
        <MapControls
          onFit={() => fitView({ ...fit, duration: MOVE_MS })}
          onRelayout={relayout}
          busy={layout.busy}
          isLate={layout.by === "late grid"}
          onApplyLate={layout.applyLate}
        />
      </ReactFlow>
    </>
  );
}
