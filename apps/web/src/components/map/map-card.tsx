"use client";

import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import clsx from "clsx";
import { UnfoldVertical } from "lucide-react";
import { memo } from "react";
import { formatByteRate } from "../../units/quantity";
import { EntityIcon } from "../entity/entity-icon";
import { kindName } from "../entity/entity-name";
import type { CardView } from "./map-view";

export type MapCardNode = Node<
  {
    readonly view: CardView;
    readonly chosen: boolean;
    readonly dimmed: boolean;
    readonly onExpand: (namespace: string) => void;
  },
  "card"
>;

/** A workload, a node, an address, or a whole namespace: who it is and what goes in and out. */
export const MapCard = memo(function MapCard({ data }: NodeProps<MapCardNode>) {
  const { view, chosen, dimmed, onExpand } = data;
  const { entity, collapsed, pods } = view.node;
  const podText = pods === 0 ? "" : `${pods} ${pods === 1 ? "pod" : "pods"}`;
  return (
    <div
      data-card={view.node.id}
      className={clsx(
        "relative flex h-full w-full items-center gap-2.5 rounded-lg border bg-raised px-2.5 shadow-card transition-opacity",
        chosen ? "border-accent ring-2 ring-accent" : "border-line-strong hover:border-accent",
        dimmed && "opacity-30",
      )}
    >
      {/* React Flow draws no edge to a card without them; where a line begins is the layout's to say. */}
      <Handle type="source" position={Position.Bottom} isConnectable={false} />
      <Handle type="target" position={Position.Top} isConnectable={false} />
      {collapsed ? (
        <span
          aria-hidden
          className="absolute -right-1 -bottom-1 -z-10 h-full w-full rounded-lg border border-line-strong bg-sunken"
        />
      ) : null}
      <span
        className={clsx(
          "grid size-8 shrink-0 place-items-center rounded-md",
          entity.kind === "unknown" ? "bg-warn-soft text-warn" : "bg-accent-soft text-accent",
          (entity.kind === "external" || entity.kind === "node") && "bg-sunken text-muted",
        )}
      >
        <EntityIcon kind={entity.kind} collapsed={collapsed} size={17} />
      </span>
      <span className="min-w-0 flex-1">
        <span className="block truncate text-[15px] leading-5 font-semibold">{entity.name}</span>
        <span className="flex items-center gap-2 text-xs text-muted">
          {collapsed ? null : <span className="min-w-0 truncate">{kindName(entity)}</span>}
          {podText === "" ? null : <span className="shrink-0">{podText}</span>}
          <span className="ml-auto shrink-0" title="Bytes in and out per second">
            {formatByteRate(view.bytesPerSecond)}
          </span>
        </span>
      </span>
      {collapsed ? (
        <button
          type="button"
          aria-label={`Expand namespace ${entity.namespace}`}
          title="Expand"
          onClick={(event) => {
            event.stopPropagation();
            onExpand(entity.namespace);
          }}
          className="nodrag nopan -mr-1 grid size-6 shrink-0 place-items-center rounded text-faint hover:bg-sunken hover:text-text"
        >
          <UnfoldVertical size={13} aria-hidden />
        </button>
      ) : null}
    </div>
  );
});
