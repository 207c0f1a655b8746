import type { ClusterState } from "./cluster.js";
import type { Party } from "./connection.js";
import { compile, type Judge } from "./judge.js";
import type { PresentParties } from "./present-parties.js";
import type { TrafficRow } from "./traffic.js";
import { type Doubt, doubtText, type Verdict, type Word } from "./verdict.js";

/** Why a verdict on past traffic can't be given. */
export type TrafficDoubt =
  | Doubt
  /** Neither the pod nor another of its workload is there any more, or nobody knew the address. */
  | "gone"
  /** It may have been one of several pods, which policy treats differently. */
  | "replicas-differ";

/** What policy says of a row of traffic. */
export interface TrafficVerdict {
  readonly verdict: Word;
  /** Only where the verdict is `undetermined`. */
  readonly doubt: TrafficDoubt | undefined;
  /** Of the pair that tells most: the first that is not allowed. undefined where nobody is there to be judged. */
  readonly of: Verdict | undefined;
}

/** Pods that stand for a workload or a Service; all of them would take long, and differ little. */
const MAX_STAND_INS = 20;

/** Judges past traffic by one state of a cluster. */
export class TrafficJudge {
  readonly #judge: Judge;
  readonly #present: PresentParties;

  constructor(state: ClusterState, present: PresentParties) {
    this.#judge = compile(state);
    this.#present = present;
  }

  of(row: TrafficRow): TrafficVerdict {
    const sources = this.#distinct(this.#present.of(row.source));
    const destinations = this.#distinct(this.#present.of(row.destination));
    const { protocol, port, dialledAddress, seenSourceAddress } = row;
    let telling: Verdict | undefined;
    let isDivided = false;
    for (const source of sources) {
      for (const destination of destinations) {
        const verdict = this.#judge.judge({
          source,
          destination,
          protocol,
          port,
          ...(dialledAddress === undefined ? {} : { dialledAddress }),
          ...(seenSourceAddress === undefined ? {} : { seenSourceAddress }),
        });
        if (telling !== undefined && telling.verdict !== verdict.verdict) isDivided = true;
        if (telling === undefined || telling.verdict === "allowed") telling = verdict;
      }
    }
    if (telling === undefined) return { verdict: "undetermined", doubt: "gone", of: undefined };
    if (isDivided) return { verdict: "undetermined", doubt: telling.doubt ?? "replicas-differ", of: telling };
    return { verdict: telling.verdict, doubt: telling.doubt, of: telling };
  }

  /** One pod of each sort that no policy tells apart. */
  #distinct(parties: readonly Party[]): Party[] {
    if (parties.length < 2) return [...parties];
    const byLikeness = new Map<string, Party>();
    for (const party of parties.slice(0, MAX_STAND_INS)) {
      const key = party.kind === "pod" ? this.#judge.likeness(party) : undefined;
      byLikeness.set(key ?? JSON.stringify(party), party);
    }
    return [...byLikeness.values()];
  }
}

/** A doubt in words, without a full stop. */
export function trafficDoubtText(doubt: TrafficDoubt): string {
  if (doubt === "gone") return "one end is not there any more, and its labels are not known";
  if (doubt === "replicas-differ")
    return "it may have been one of several pods, which policy treats differently";
  return doubtText(doubt);
}
