"use client";

import { useReactFlow, useStoreApi } from "@xyflow/react";
import { useCallback } from "react";
import { boundsOf } from "../../map-layout/geometry";

const MOVE_MS = 320;
const MARGIN = 24;

/** Moves the map just as far as is needed for these cards to be in sight; not at all where they are. */
export function useShowCards(): (ids: readonly string[]) => void {
  const { getNode, getViewport, setViewport } = useReactFlow();
  const store = useStoreApi();
  return useCallback(
    (ids) => {
      const boxes = ids.flatMap((id) => {
        const node = getNode(id);
        if (node === undefined) return [];
        return [{ ...node.position, width: node.width ?? 0, height: node.height ?? 0 }];
      });
      const bounds = boundsOf(boxes);
      if (bounds === undefined) return;
      const { width, height } = store.getState();
      const { x, y, zoom } = getViewport();
      const dx = shift(bounds.x * zoom + x, bounds.width * zoom, width);
      const dy = shift(bounds.y * zoom + y, bounds.height * zoom, height);
      if (dx !== 0 || dy !== 0) setViewport({ x: x + dx, y: y + dy, zoom }, { duration: MOVE_MS });
    },
    [getNode, getViewport, setViewport, store],
  );
}

/** How far `length` at `start` must move to lie within a window of `room`; its beginning counts for more. */
function shift(start: number, length: number, room: number): number {
  const end = start + length;
  const forward = end > room - MARGIN ? room - MARGIN - end : 0;
  return start + forward < MARGIN ? MARGIN - start : forward;
}
