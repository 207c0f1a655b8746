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

export interface Layout {
  readonly positions: CardPositions;
  readonly bends: LinkBends;
}

export interface LayoutResult extends Layout {
  /** `layers`; or `grid`, where layers came out in a shape that fits no screen; or `late grid`, where they are late. */
  readonly by: "layers" | "grid" | "late grid";
  /** With a late grid: the layers, when they are there after all; undefined where they will not be, or do not fit. */
  readonly late?: Promise<Layout | undefined>;
}

/** Layers are easier to follow than a grid, unless they have to be drawn so much smaller. */
const LEAST_RELATIVE_SCALE = 0.6;

/** Lays a graph out in layers, within a deadline; a grid by group where that does not work out. */
export class LayeredLayout {
  readonly #parts: LayeredLayoutParts;
  #engine: Promise<Engine> | undefined;
  /** The engine that is at work on a graph. */
  #working: Promise<Engine> | undefined;

  constructor(parts: LayeredLayoutParts) {
    this.#parts = parts;
  }

  /** Loads the engine ahead of the first graph; it is large. */
  warm(): void {
    this.#engine ??= this.#parts.createEngine();
  }

  async layout(graph: LayoutGraph): Promise<LayoutResult> {
    const grid: Layout = { positions: gridLayout(graph), bends: new Map() };
    if (graph.cards.length === 0) return { ...grid, by: "grid" };
    const fitting = this.#layers(graph).then((layers) => {
      if (layers === undefined) return undefined;
      return isLegible(graph, layers, grid) ? layers : grid;
    });
    let timer: ReturnType<typeof setTimeout> | undefined;
    const deadline = new Promise<"passed">((resolve) => {
      timer = setTimeout(() => resolve("passed"), this.#parts.deadlineMs);
    });
    const first = await Promise.race([fitting, deadline]);
    clearTimeout(timer);
    if (first === undefined) return { ...grid, by: "late grid" };
    if (first === "passed")
      return {
        ...grid,
        by: "late grid",
        late: fitting.then((layout) => (layout === grid ? undefined : layout)),
      };
    return { ...first, by: first === grid ? "grid" : "layers" };
  }

  /** Undefined where the engine failed on this graph; never settles where another graph came before it was done. */
  async #layers(graph: LayoutGraph): Promise<Layout | undefined> {
    if (this.#working !== undefined) this.#discard();
    this.warm();
    const engine = this.#engine;
    this.#working = engine;
    try {
      const answer = await (await engine)?.layout(toElkGraph(graph));
      return answer === undefined ? undefined : { positions: fromElkGraph(answer), bends: bendsOf(answer) };
    } catch {
      // An engine that fails on a graph is no reason to show no map.
      if (this.#engine === engine) this.#discard();
      return undefined;
    } finally {
      if (this.#working === engine) this.#working = undefined;
    }
  }

  #discard(): void {
    const engine = this.#engine;
    this.#engine = undefined;
    this.#working = undefined;
    engine?.then(
      (elk) => elk.terminateWorker(),
      () => undefined,
    );
  }
}

function isLegible(graph: LayoutGraph, layers: Layout, grid: Layout): boolean {
  const scale = fittingScale(graph.cards, layers.positions) / fittingScale(graph.cards, grid.positions);
  return scale >= LEAST_RELATIVE_SCALE;
}
