import type { ELK } from "elkjs/lib/elk-api";
import { bendsOf, fromElkGraph, toElkGraph } from "./elk-graph";
import { fittingScale } from "./fitting-scale";
import { gridLayout } from "./grid-layout";
import type { CardPositions, LayoutGraph, LinkBends } from "./layout-graph";

type Engine = Pick<ELK, "layout" | "terminateWorker">;

export interface LayeredLayoutParts {
  /** A fresh engine, with a worker of its own where there are workers. */
  readonly createEngine: () => Promise<Engine>;
  readonly deadlineMs: number;
}

export interface LayoutResult {
  readonly positions: CardPositions;
  readonly bends: LinkBends;
  /** `layers`; or `grid`, where layers came out in a shape that fits no screen; or `late grid`, where they did not come out. */
  readonly by: "layers" | "grid" | "late grid";
}

/** Layers are easier to follow than a grid, unless they have to be drawn so much smaller. */
const LEAST_RELATIVE_SCALE = 0.6;

/** Lays a graph out in layers, within a deadline; a grid by group where that does not work out. */
export class LayeredLayout {
  readonly #parts: LayeredLayoutParts;
  #engine: Promise<Engine> | undefined;
  #busy = 0;

  constructor(parts: LayeredLayoutParts) {
    this.#parts = parts;
  }

  /** Loads the engine ahead of the first graph; it is large. */
  warm(): void {
    this.#engine ??= this.#parts.createEngine();
  }

  async layout(graph: LayoutGraph): Promise<LayoutResult> {
    const grid = { positions: gridLayout(graph), bends: new Map() };
    if (graph.cards.length === 0) return { ...grid, by: "grid" };
    const layers = await this.#layers(graph);
    if (layers === undefined) return { ...grid, by: "late grid" };
    const scale = fittingScale(graph.cards, layers.positions) / fittingScale(graph.cards, grid.positions);
    return scale < LEAST_RELATIVE_SCALE ? { ...grid, by: "grid" } : { ...layers, by: "layers" };
  }

  /** Undefined where the deadline passed or the engine failed on this graph. */
  async #layers(graph: LayoutGraph): Promise<{ positions: CardPositions; bends: LinkBends } | undefined> {
    if (this.#busy > 0) this.#discard();
    this.warm();
    const engine = this.#engine;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const deadline = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), this.#parts.deadlineMs);
    });
    const computed = (async () => {
      this.#busy += 1;
      try {
        const elk = await engine;
        if (elk === undefined) return undefined;
        const answer = await elk.layout(toElkGraph(graph));
        return { positions: fromElkGraph(answer), bends: bendsOf(answer) };
      } catch {
        // An engine that fails on a graph is no reason to show no map.
        this.#discard();
        return undefined;
      } finally {
        this.#busy -= 1;
      }
    })();
    // Past the deadline the engine goes on: it is warm, then, for the next time, unless that comes first.
    const layers = await Promise.race([computed, deadline]);
    clearTimeout(timer);
    return layers;
  }

  #discard(): void {
    const engine = this.#engine;
    this.#engine = undefined;
    engine?.then(
      (elk) => elk.terminateWorker(),
      () => undefined,
    );
  }
}
