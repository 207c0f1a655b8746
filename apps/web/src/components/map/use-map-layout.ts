"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { createElkInWorker } from "../../map-layout/elk-in-worker";
import type { Point } from "../../map-layout/geometry";
import { LayeredLayout, type Layout, type LayoutResult } from "../../map-layout/layered-layout";
import type { CardPositions, LayoutGraph, LinkBends } from "../../map-layout/layout-graph";
import { placeNewCards } from "../../map-layout/place-new-cards";
import { tabPositions } from "./position-memory";

/** Half a second on a machine at rest; a demo shares its cores with a whole cluster. */
const DEADLINE_MS = 3_500;
/** With more new cards than this share, keeping the others in place keeps nothing. */
const NEW_SHARE = 0.5;

const layered = new LayeredLayout({ createEngine: createElkInWorker, deadlineMs: DEADLINE_MS });
if (typeof window !== "undefined") layered.warm();

export interface MapLayout {
  readonly positions: CardPositions;
  /** Of the last whole layout. */
  readonly bends: LinkBends;
  /** Undefined until anything was laid out. */
  readonly by: LayoutResult["by"] | undefined;
  readonly busy: boolean;
  /** Grows with every whole layout: what follows it may fit the view. */
  readonly generation: number;
  /** There when layers came after the deadline: shows them in place of the grid. */
  readonly applyLate: (() => void) | undefined;
  readonly relayout: () => void;
  readonly move: (id: string, at: Point) => void;
}

/**
 * Positions for the cards of a live map. Cards stay where they are; new ones are placed beside their group; all are
 * laid out anew when the reader asks, when `epoch` changes (namespaces opened or closed), or when most are new.
 */
export function useMapLayout(graph: LayoutGraph, epoch: string): MapLayout {
  const [positions, setPositions] = useState<CardPositions>(new Map());
  const [by, setBy] = useState<MapLayout["by"]>();
  const [busy, setBusy] = useState(false);
  const [generation, setGeneration] = useState(0);
  const [late, setLate] = useState<Layout>();
  const run = useRef(0);
  const latest = useRef(graph);
  latest.current = graph;

  const show = useCallback((layout: Layout, shownBy: LayoutResult["by"]) => {
    tabPositions.keep(layout.positions);
    tabPositions.bends = layout.bends;
    // Cards that came while the engine worked find their place beside the others.
    setPositions(placeNewCards(latest.current.cards, tabPositions.positions));
    setBy(shownBy);
    setLate(undefined);
    setGeneration((count) => count + 1);
  }, []);

  const layoutAll = useCallback(async () => {
    run.current += 1;
    const mine = run.current;
    setBusy(true);
    const result = await layered.layout(latest.current);
    if (run.current !== mine) return;
    show(result, result.by);
    setBusy(false);
    const layers = await result.late;
    if (run.current === mine) setLate(layers);
  }, [show]);

  const cardIds = graph.cards
    .map(({ id }) => id)
    .sort()
    .join(" ");
  useEffect(() => {
    if (cardIds === "") return;
    const { cards } = latest.current;
    const fresh = cards.filter(({ id }) => !tabPositions.positions.has(id));
    const epochChanged = tabPositions.epoch !== epoch;
    tabPositions.epoch = epoch;
    if (epochChanged || fresh.length > cards.length * NEW_SHARE) {
      layoutAll();
      return;
    }
    const placed = placeNewCards(cards, tabPositions.positions);
    tabPositions.keep(placed);
    setPositions(placed);
    setBy((known) => known ?? "layers");
  }, [cardIds, epoch, layoutAll]);

  const move = useCallback((id: string, at: Point) => {
    tabPositions.keep([[id, at]]);
    setPositions((known) => new Map(known).set(id, at));
  }, []);

  const applyLate = late === undefined ? undefined : () => show(late, "layers");
  return { positions, bends: tabPositions.bends, by, busy, generation, applyLate, relayout: layoutAll, move };
}
