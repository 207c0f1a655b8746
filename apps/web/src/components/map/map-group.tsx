"use client";

import type { Node, NodeProps } from "@xyflow/react";
import { FoldVertical } from "lucide-react";
import { memo } from "react";
import type { GroupView } from "./map-view";

export type MapGroupNode = Node<
  { readonly group: GroupView; readonly onCollapse: ((namespace: string) => void) | undefined },
  "namespace"
>;

/** The box around a namespace's cards. */
export const MapGroup = memo(function MapGroup({ data }: NodeProps<MapGroupNode>) {
  const { group, onCollapse } = data;
  const { namespace } = group;
  return (
    <div className="pointer-events-none h-full w-full rounded-xl border border-line bg-group">
      <div className="flex h-9 items-center gap-2 pr-1.5 pl-3.5">
        <span className="truncate text-[13px] font-semibold text-muted">{group.name}</span>
        <span className="text-xs text-faint">{group.cards}</span>
        <span className="flex-1" />
        {namespace === undefined || onCollapse === undefined ? null : (
          <button
            type="button"
            aria-label={`Collapse namespace ${namespace}`}
            title="Collapse"
            onClick={() => onCollapse(namespace)}
            className="nodrag nopan pointer-events-auto grid size-6 place-items-center rounded text-faint hover:bg-sunken hover:text-text"
          >
            <FoldVertical size={13} aria-hidden />
          </button>
        )}
      </div>
    </div>
  );
});
