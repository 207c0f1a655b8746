import { type ObjectState, objectKey } from "./cluster-object.js";
import type { Moment } from "./moment.js";

/** Whose verdicts a change may change. */
export type Scope =
  | { readonly kind: "everybody" }
  /** Connections with an end in it. */
  | { readonly kind: "namespace"; readonly name: string }
  | { readonly kind: "node"; readonly name: string };

/** One policy, namespace or node that came, changed or went. */
export interface EpochChange {
  readonly when: Moment;
  readonly scope: Scope;
  readonly key: string;
  /** undefined: it is gone. */
  readonly state: ObjectState | undefined;
}

/**
 * The policies, namespaces and nodes there were, change by change. An epoch is the time between two changes; it is
 * named by how many changes came before it.
 */
export class EpochLog {
  readonly #base = new Map<string, ObjectState>();
  /** In order of their `atMs`. */
  readonly #changes: EpochChange[] = [];
  #revision = 0;

  /** Grows whenever epochs are not any more what they were; one that is added at the end leaves them as they are. */
  get revision(): number {
    return this.#revision;
  }

  get changes(): readonly EpochChange[] {
    return this.#changes;
  }

  add(change: EpochChange): void {
    let at = this.#changes.length;
    while (at > 0 && this.#changes[at - 1]!.when.atMs > change.when.atMs) at--;
    if (at < this.#changes.length) this.#revision++;
    this.#changes.splice(at, 0, change);
  }

  put(state: ObjectState, when: Moment): void {
    this.add({ when, scope: scopeOf(state), key: objectKey(state), state });
  }

  remove(state: ObjectState, when: Moment): void {
    this.add({ when, scope: scopeOf(state), key: objectKey(state), state: undefined });
  }

  /** The epoch that holds a time. */
  at(timeMs: number): number {
    let low = 0;
    let high = this.#changes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#changes[middle]!.when.atMs <= timeMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** All that there was in an epoch. */
  statesIn(epoch: number): ReadonlyMap<string, ObjectState> {
    const states = new Map(this.#base);
    for (const { key, state } of this.#changes.slice(0, epoch)) {
      if (state === undefined) states.delete(key);
      else states.set(key, state);
    }
    return states;
  }

  /** Makes one of all epochs before a time. */
  forgetBefore(timeMs: number): void {
    const epoch = this.at(timeMs);
    if (epoch === 0) return;
    const states = this.statesIn(epoch);
    this.#base.clear();
    for (const [key, state] of states) this.#base.set(key, state);
    this.#changes.splice(0, epoch);
    this.#revision++;
  }
}

function scopeOf({ namespace, name, object }: ObjectState): Scope {
  switch (object.family) {
    case "policy":
      return object.policy.tier === "networkPolicy"
        ? { kind: "namespace", name: namespace }
        : { kind: "everybody" };
    case "node":
      return { kind: "node", name };
    case "namespace":
      return { kind: "namespace", name };
    case "pod":
    case "service":
    case "slice":
      return { kind: "namespace", name: namespace };
  }
}
