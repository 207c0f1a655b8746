import type { Namespace, Pod } from "@hopline/policy";
import type { ClusterObjectVersion } from "@hopline/store";
import { type ClusterObject, objectKey, readState } from "../policy/cluster-object.js";

/** Kinds that it can be asked for. */
export const EARLIER_KINDS = ["Namespace", "Pod"];

/** Pods and namespaces as they were before what the collector remembers: as the store has them. */
export class EarlierObjects {
  /** In order of time. */
  readonly #byKey = new Map<string, { readonly id: number; readonly row: ClusterObjectVersion }[]>();
  /** By id, once asked for: few of all are. */
  readonly #objects = new Map<number, ClusterObject | undefined>();

  /** @param rows in order of time */
  constructor(rows: readonly ClusterObjectVersion[]) {
    for (const [index, row] of rows.entries()) {
      // No id of a version that the collector remembers.
      const version = { id: -1 - index, row };
      const versions = this.#byKey.get(objectKey(row));
      if (versions === undefined) this.#byKey.set(objectKey(row), [version]);
      else versions.push(version);
    }
  }

  podAt(name: Pick<Pod, "namespace" | "name">, timeMs: number): { id: number; pod: Pod } | undefined {
    const { id, object } = this.#at(objectKey({ kind: "Pod", ...name }), timeMs);
    return object?.family === "pod" ? { id, pod: object.pod } : undefined;
  }

  namespaceAt(name: string, timeMs: number): Namespace | undefined {
    const { object } = this.#at(objectKey({ kind: "Namespace", namespace: "", name }), timeMs);
    return object?.family === "namespace" ? object.namespace : undefined;
  }

  #at(key: string, timeMs: number): { readonly id: number; readonly object: ClusterObject | undefined } {
    const version = this.#byKey
      .get(key)
      ?.findLast(({ row: { fromMs, toMs } }) => fromMs <= timeMs && (toMs === null || timeMs < toMs));
    if (version === undefined) return { id: 0, object: undefined };
    const { id, row } = version;
    if (!this.#objects.has(id)) this.#objects.set(id, readState(row)?.object);
    return { id, object: this.#objects.get(id) };
  }
}
