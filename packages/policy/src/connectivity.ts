import type { ClusterState, Pod, Workload } from "./cluster.js";
import type { Party } from "./connection.js";
import { externalRanges } from "./external-ranges.js";
import { type AddressRange, addressText } from "./ip-address.js";
import { compile, type Judge, type JudgeOptions } from "./judge.js";
import { type PortInterval, portIntervals } from "./port-intervals.js";
import { PortSet } from "./port-set.js";
import { PROTOCOL_NUMBERS } from "./protocol.js";
import type { Doubt } from "./verdict.js";

/** A workload, or addresses outside of the cluster that behave alike. */
export type ConnectivityPeer =
  | { readonly kind: "workload"; readonly namespace: string; readonly workload: Workload }
  | ({ readonly kind: "external" } & AddressRange);

/** What one workload (or range) may connect to at another. */
export interface ConnectivityRow {
  readonly from: ConnectivityPeer;
  readonly to: ConnectivityPeer;
  readonly allowed: PortSet;
  readonly undetermined: PortSet;
  readonly doubts: readonly Doubt[];
}

/** A peer with those who stand for all of its pods or addresses. */
interface Candidate {
  readonly peer: ConnectivityPeer;
  readonly parties: readonly Party[];
}

/** Which workloads may connect to which, and to and from outside. */
export class Connectivity {
  readonly #state: ClusterState;
  readonly #judge: Judge;
  readonly #intervals: readonly PortInterval[];

  constructor(state: ClusterState, options?: JudgeOptions) {
    this.#state = state;
    this.#judge = compile(state, options);
    this.#intervals = portIntervals(state);
  }

  /** One row for each ordered pair of different workloads, and for each workload with outside, both ways. */
  rows(): ConnectivityRow[] {
    const workloads = this.#workloads();
    const inside = workloads.flatMap((from) =>
      workloads.filter((to) => to !== from).map((to) => this.#row(from, to)),
    );
    const incoming = this.#withOutside("ingress", (outside) =>
      workloads.map((workload) => this.#row(outside, workload)),
    );
    const outgoing = this.#withOutside("egress", (outside) =>
      workloads.map((workload) => this.#row(workload, outside)),
    );
    return [...inside, ...incoming, ...outgoing];
  }

  /** The pods of each workload that policies tell apart. */
  #workloads(): Candidate[] {
    const groups = new Map<string, { peer: ConnectivityPeer; likenesses: Set<string>; parties: Party[] }>();
    for (const pod of this.#state.pods) {
      const peer = workloadPeer(pod);
      const key = peerText(peer);
      const group = groups.get(key) ?? { peer, likenesses: new Set<string>(), parties: [] };
      groups.set(key, group);
      const likeness = this.#judge.likeness(pod) ?? "";
      if (group.likenesses.has(likeness)) continue;
      group.likenesses.add(likeness);
      group.parties.push({ kind: "pod", namespace: pod.namespace, name: pod.name });
    }
    return [...groups.values()];
  }

  /** Rows of each range outside; neighbouring ranges whose rows all say the same are one. */
  #withOutside(
    direction: "ingress" | "egress",
    rowsOf: (outside: Candidate) => ConnectivityRow[],
  ): ConnectivityRow[] {
    const merged: { range: AddressRange; rows: ConnectivityRow[]; saying: string }[] = [];
    for (const range of externalRanges(this.#state.policies, direction)) {
      const address = addressText({ family: range.family, value: range.first });
      const rows = rowsOf({
        peer: { kind: "external", ...range },
        parties: [{ kind: "external", address }],
      });
      const saying = rows
        .map(({ allowed, undetermined, doubts }) => `${allowed.text};${undetermined.text};${doubts.join()}`)
        .join("|");
      const before = merged.at(-1);
      if (before?.saying === saying && before.range.family === range.family)
        before.range = { ...before.range, last: range.last };
      else merged.push({ range, rows, saying });
    }
    return merged.flatMap(({ range, rows }) => {
      const outside: ConnectivityPeer = { kind: "external", ...range };
      return rows.map((row) =>
        direction === "ingress" ? { ...row, from: outside } : { ...row, to: outside },
      );
    });
  }

  #row(from: Candidate, to: Candidate): ConnectivityRow {
    const allowed = new PortSet();
    const undetermined = new PortSet();
    const doubts = new Set<Doubt>();
    for (const source of from.parties) {
      for (const destination of to.parties) {
        for (const { protocol, first, last } of this.#intervals) {
          const number = PROTOCOL_NUMBERS[protocol];
          const verdict = this.#judge.judge({ source, destination, protocol: number, port: first });
          if (verdict.verdict === "allowed") allowed.add(protocol, first, last);
          if (verdict.verdict !== "undetermined") continue;
          undetermined.add(protocol, first, last);
          if (verdict.doubt !== undefined) doubts.add(verdict.doubt);
        }
      }
    }
    return { from: from.peer, to: to.peer, allowed, undetermined, doubts: [...doubts] };
  }
}

function workloadPeer({ namespace, workload }: Pick<Pod, "namespace" | "workload">): ConnectivityPeer {
  return { kind: "workload", namespace, workload };
}

/** `shop/web[Deployment]`, or `10.0.0.0-10.255.255.255[External]`. */
export function peerText(peer: ConnectivityPeer): string {
  if (peer.kind === "workload") return `${peer.namespace}/${peer.workload.name}[${peer.workload.kind}]`;
  const { family, first, last } = peer;
  return `${addressText({ family, value: first })}-${addressText({ family, value: last })}[External]`;
}
