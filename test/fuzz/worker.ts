import { parentPort, workerData } from "node:worker_threads";
import { describe } from "@hopline/fault";
import { SeededRandom } from "../corpus/seeded-random.js";
import { Progress } from "./progress.js";
import type { FuzzTarget } from "./target.js";
import { TARGETS } from "./targets.js";

export interface WorkerOptions {
  readonly memory: SharedArrayBuffer;
  /** Names of the targets to run. */
  readonly targets: readonly string[];
  readonly seed: number;
  /** When to stop, by Date.now(). */
  readonly untilMs: number;
}

/** What a target has come to. */
export interface TargetSummary {
  readonly target: string;
  readonly cases: number;
  readonly milliseconds: number;
  readonly longestMs: number;
  /** How many cases had which outcome. */
  readonly outcomes: Readonly<Record<string, number>>;
}

export type WorkerMessage =
  | {
      readonly kind: "finding";
      readonly target: string;
      readonly finding: string;
      readonly input: Uint8Array;
    }
  | { readonly kind: "done"; readonly summaries: readonly TargetSummary[] };

/** Targets take turns of this length, so that a short run comes to all of them. */
const TURN_MS = 20;

/** A target at work. Each case has a seed of its own, so that the n-th case of a run is the same in every run of its seed. */
class Run {
  readonly target: FuzzTarget;
  readonly #index: number;
  readonly #seed: number;
  readonly #outcomes = new Map<string, number>();
  #cases = 0;
  #milliseconds = 0;
  #longestMs = 0;

  constructor(target: FuzzTarget, seed: number) {
    this.target = target;
    this.#index = TARGETS.indexOf(target);
    this.#seed = seed;
  }

  turn(progress: Progress): void {
    const end = performance.now() + TURN_MS;
    for (let now = performance.now(); now < end; ) {
      const random = new SeededRandom(Math.imul(this.#seed + this.#cases, 0x9e3779b1) ^ this.#index);
      const input = this.target.make(random);
      progress.begin(this.#index, input);
      const before = performance.now();
      this.#count(this.#outcomeOf(input));
      progress.end();
      this.#longestMs = Math.max(this.#longestMs, performance.now() - before);
      this.#milliseconds += performance.now() - now;
      now = performance.now();
    }
  }

  summary(): TargetSummary {
    return {
      target: this.target.name,
      cases: this.#cases,
      milliseconds: this.#milliseconds,
      longestMs: this.#longestMs,
      outcomes: Object.fromEntries(this.#outcomes),
    };
  }

  #outcomeOf(input: Uint8Array): string {
    try {
      return this.target.check(input);
    } catch (thrown) {
      const place = thrown instanceof Error ? (thrown.stack?.split("\n")[1]?.trim() ?? "") : "";
      tell({ kind: "finding", target: this.target.name, finding: `${describe(thrown)} (${place})`, input });
      return "finding";
    }
  }

  #count(outcome: string): void {
    this.#cases++;
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1);
  }
}

function tell(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

const { memory, targets, seed, untilMs }: WorkerOptions = workerData;
const progress = new Progress(memory);
const runs = TARGETS.filter(({ name }) => targets.includes(name)).map((target) => new Run(target, seed));
while (Date.now() < untilMs) for (const run of runs) run.turn(progress);
tell({ kind: "done", summaries: runs.map((run) => run.summary()) });
