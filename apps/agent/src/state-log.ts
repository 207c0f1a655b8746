import type { AgentTrouble } from "@hopline/batch";
import type { Fault } from "@hopline/fault";
import type { Logger } from "@hopline/process";

/** A part's state: a kind, and the Fault that explains it where it is a bad one. */
export interface PartState {
  readonly kind: string;
  readonly fault?: Fault;
}

/** States that come and go with every batch: not worth a line. */
const QUIET = new Set(["idle", "sending", "starting", "stopped"]);

/** Says once when a part of the agent fails and once when it works again, however often it tries in between. */
export class StateLog {
  readonly #logger: Logger;
  readonly #failing = new Map<string, Fault>();
  /** Of what passes by itself, the last of each code: some of it (no permission, no addon) does not. */
  readonly #warned = new Map<string, AgentTrouble>();
  #closed = false;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** From now on nothing is said: while the agent stops, its parts end, as they should. */
  close(): void {
    this.#closed = true;
  }

  /** What does not work now, and what did not go well once. */
  get troubles(): AgentTrouble[] {
    const failing = [...this.#failing].map(([part, fault]) => troubleOf(part, fault));
    return [...failing, ...this.#warned.values()];
  }

  /** Something that passes by itself. */
  warn(part: string, fault: Fault): void {
    this.#warned.set(fault.code, troubleOf(part, fault));
    if (!this.#closed) this.#logger.warn({ part, code: fault.code }, fault.sentence);
  }

  note(part: string, state: PartState): void {
    if (this.#closed) return;
    const before = this.#failing.get(part);
    if (state.fault !== undefined) {
      if (before?.message === state.fault.message) return;
      this.#failing.set(part, state.fault);
      this.#logger.warn({ part, code: state.fault.code }, state.fault.sentence);
      return;
    }
    if (before !== undefined && state.kind !== "stopped") {
      this.#failing.delete(part);
      this.#logger.info({ part }, `${part}: working again`);
    } else if (before === undefined && !QUIET.has(state.kind)) {
      this.#logger.debug({ part }, `${part}: ${state.kind}`);
    }
  }
}

function troubleOf(part: string, fault: Fault): AgentTrouble {
  return { part, code: fault.code, message: fault.message, hint: fault.hint ?? null };
}
