import type { EndpointInterval } from "@hopline/store";
import type { NamedEnd } from "../naming/address-book.js";

interface Earlier {
  readonly end: NamedEnd;
  readonly fromMs: number;
  toMs: number;
}

/**
 * Who had which address when the collector before this one stopped, from the store. It names what agents kept while
 * nobody was there to take it, of pods that are gone by now; what the cluster tells itself goes before it.
 */
export class EarlierEndpoints {
  readonly #byAddress = new Map<string, Earlier[]>();

  get isEmpty(): boolean {
    return this.#byAddress.size === 0;
  }

  restore(intervals: readonly EndpointInterval[]): void {
    for (const { address, entity, pod, node, fromMs, toMs } of intervals) {
      const { kind, namespace, workloadKind, name } = entity;
      const earlier = {
        end: { kind, namespace, workloadKind, name, pod, node },
        fromMs,
        toMs: toMs ?? Number.POSITIVE_INFINITY,
      };
      const known = this.#byAddress.get(address);
      if (known === undefined) this.#byAddress.set(address, [earlier]);
      else known.push(earlier);
    }
  }

  at(address: string, timeMs: number): NamedEnd | undefined {
    return this.#byAddress.get(address)?.find(({ fromMs, toMs }) => timeMs >= fromMs && timeMs < toMs)?.end;
  }

  /**
   * The cluster was read: what still lasts here and is not true any more ended by then, what is true is forgotten, for
   * the cluster tells it itself.
   *
   * @returns what ended, to be stored.
   */
  settle(isTrue: (address: string, end: NamedEnd) => boolean, nowMs: number): EndpointInterval[] {
    const ended: EndpointInterval[] = [];
    for (const [address, intervals] of this.#byAddress) {
      const kept = intervals.filter(
        ({ end, toMs }) => toMs !== Number.POSITIVE_INFINITY || !isTrue(address, end),
      );
      for (const interval of kept) {
        if (interval.toMs !== Number.POSITIVE_INFINITY) continue;
        interval.toMs = nowMs;
        const { kind, namespace, workloadKind, name, pod, node } = interval.end;
        const entity = { kind, namespace, workloadKind, name };
        ended.push({ address, entity, pod, node, fromMs: interval.fromMs, toMs: nowMs });
      }
      if (kept.length === 0) this.#byAddress.delete(address);
      else this.#byAddress.set(address, kept);
    }
    return ended;
  }
}
