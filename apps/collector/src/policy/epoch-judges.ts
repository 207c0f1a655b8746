import { EpochJudge } from "./epoch-judge.js";
import type { EpochLog } from "./epoch-log.js";

/** While changes settle, connections are judged by the epochs before and after each of them. */
const MAX_JUDGES = 24;
/** Versions of pods in one judge; beyond it, it begins afresh. */
const MAX_PODS = 100_000;

/** A judge for each epoch that is asked for, made when first needed; the one that was asked for longest ago goes first. */
export class EpochJudges {
  readonly #log: EpochLog;
  /** In the order in which they were asked for last. */
  readonly #judges = new Map<number, EpochJudge>();
  #revision = 0;

  constructor(log: EpochLog) {
    this.#log = log;
  }

  of(epoch: number): EpochJudge {
    if (this.#revision !== this.#log.revision) {
      this.#revision = this.#log.revision;
      this.#judges.clear();
    }
    let judge = this.#judges.get(epoch);
    if (judge === undefined || judge.podCount > MAX_PODS)
      judge = new EpochJudge(this.#log.statesIn(epoch).values());
    this.#judges.delete(epoch);
    this.#judges.set(epoch, judge);
    if (this.#judges.size > MAX_JUDGES) {
      for (const oldest of this.#judges.keys()) {
        this.#judges.delete(oldest);
        break;
      }
    }
    return judge;
  }
}
