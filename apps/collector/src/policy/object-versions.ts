import { isDeepStrictEqual } from "node:util";
import { type ObjectState, objectKey } from "./cluster-object.js";
import type { Moment } from "./moment.js";

/** What an object was for a stretch of time. */
export interface ObjectVersion {
  /** Another one for every state of every object. */
  readonly id: number;
  readonly state: ObjectState;
  readonly from: Moment;
  /** undefined while it lasts. */
  readonly to: Moment | undefined;
}

/** A stretch of time that begins, ends, or is no more: of these the store is told. */
export interface VersionChange {
  readonly version: ObjectVersion;
  /** It never was: better knowledge has taken its place. */
  readonly isTakenBack: boolean;
}

/** What every object was, and when. */
export class ObjectVersions {
  /** In order of time; the last one may last. */
  readonly #byKey = new Map<string, ObjectVersion[]>();
  /** Keys of the objects of one kind in one namespace. */
  readonly #shelves = new Map<string, Set<string>>();
  readonly #onChange: (change: VersionChange) => void;
  #ids = 0;

  constructor(onChange: (change: VersionChange) => void) {
    this.#onChange = onChange;
  }

  /** The version that lasts. */
  current(key: string): ObjectVersion | undefined {
    const last = this.#byKey.get(key)?.at(-1);
    return last?.to === undefined ? last : undefined;
  }

  /** Those that last, of a kind. */
  *currentOf(kind: string): Generator<readonly [key: string, version: ObjectVersion]> {
    for (const [key, versions] of this.#byKey) {
      const last = versions.at(-1);
      if (last !== undefined && last.to === undefined && last.state.kind === kind) yield [key, last];
    }
  }

  /** All versions of an object, in order of time. */
  of(key: string): readonly ObjectVersion[] {
    return this.#byKey.get(key) ?? [];
  }

  /** Of all objects of a kind in a namespace, the version of a time, if any. */
  *inNamespaceAt(kind: string, namespace: string, timeMs: number): Generator<ObjectVersion> {
    for (const key of this.#shelves.get(shelfOf(kind, namespace)) ?? []) {
      const version = this.at(key, timeMs);
      if (version !== undefined) yield version;
    }
  }

  /** Those in which there are objects of a kind, or were. */
  *namespacesOf(kind: string): Generator<string> {
    for (const shelf of this.#shelves.keys()) {
      const slash = shelf.indexOf("/");
      if (shelf.slice(0, slash) === kind) yield shelf.slice(slash + 1);
    }
  }

  at(key: string, timeMs: number): ObjectVersion | undefined {
    const versions = this.#byKey.get(key) ?? [];
    return versions.findLast(({ from, to }) => timeMs >= from.atMs && (to === undefined || timeMs < to.atMs));
  }

  *all(): Generator<ObjectVersion> {
    for (const versions of this.#byKey.values()) yield* versions;
  }

  /**
   * An object is in this state from then on.
   *
   * @returns true where that is a change; what differs in nothing that rules ask for is better knowledge of the same.
   */
  put(state: ObjectState, from: Moment): boolean {
    const key = objectKey(state);
    const current = this.current(key);
    if (current === undefined) {
      this.#add(key, { id: this.#ids++, state, from, to: undefined });
      return true;
    }
    if (current.state.body === state.body) return false;
    if (isSameToRules(current.state, state)) {
      const amended = { ...current, id: this.#ids++, state };
      this.#replaceLast(key, amended);
      this.#onChange({ version: current, isTakenBack: true });
      this.#onChange({ version: amended, isTakenBack: false });
      return false;
    }
    const start = { earliestMs: from.earliestMs, atMs: Math.max(from.atMs, current.from.atMs) };
    this.end(key, start);
    this.#add(key, { id: this.#ids++, state, from: start, to: undefined });
    return true;
  }

  /** @returns true where it had not ended before. */
  end(key: string, to: Moment): boolean {
    const current = this.current(key);
    if (current === undefined) return false;
    const ended = { ...current, to: { ...to, atMs: Math.max(to.atMs, current.from.atMs) } };
    this.#replaceLast(key, ended);
    this.#onChange({ version: ended, isTakenBack: false });
    return true;
  }

  /** Puts back what was kept, in order of time; nobody is told. */
  restore(state: ObjectState, from: Moment, to: Moment | undefined): ObjectVersion | undefined {
    const key = objectKey(state);
    const last = this.#byKey.get(key)?.at(-1);
    // Two collectors side by side keep the same, each by its own clock.
    if (last !== undefined && last.state.version === state.version && overlaps(last, from)) return undefined;
    if (last !== undefined && last.to === undefined) this.#replaceLast(key, { ...last, to: from });
    const version = { id: this.#ids++, state, from, to };
    this.#shelve(key, version);
    return version;
  }

  /** Forgets what ended before a time. */
  dropEndedBefore(timeMs: number): void {
    for (const [key, versions] of this.#byKey) {
      const kept = versions.filter(({ to }) => to === undefined || to.atMs >= timeMs);
      if (kept.length === versions.length) continue;
      if (kept.length > 0) {
        this.#byKey.set(key, kept);
        continue;
      }
      this.#byKey.delete(key);
      const { kind, namespace } = versions[0]!.state;
      const shelf = this.#shelves.get(shelfOf(kind, namespace));
      shelf?.delete(key);
      if (shelf?.size === 0) this.#shelves.delete(shelfOf(kind, namespace));
    }
  }

  #add(key: string, version: ObjectVersion): void {
    this.#shelve(key, version);
    this.#onChange({ version, isTakenBack: false });
  }

  #shelve(key: string, version: ObjectVersion): void {
    const versions = this.#byKey.get(key);
    if (versions === undefined) this.#byKey.set(key, [version]);
    else versions.push(version);
    const { kind, namespace } = version.state;
    const shelf = this.#shelves.get(shelfOf(kind, namespace));
    if (shelf === undefined) this.#shelves.set(shelfOf(kind, namespace), new Set([key]));
    else shelf.add(key);
  }

  #replaceLast(key: string, version: ObjectVersion): void {
    this.#byKey.get(key)?.splice(-1, 1, version);
  }
}

function shelfOf(kind: string, namespace: string): string {
  return `${kind}/${namespace}`;
}

/** Whether one version still lasted when another began. */
function overlaps({ to }: ObjectVersion, from: Moment): boolean {
  return to === undefined || from.atMs <= to.atMs;
}

/** A pod gets its node and addresses after it was made; what rules select it by is told from the beginning. */
function isSameToRules({ object: a }: ObjectState, { object: b }: ObjectState): boolean {
  if (a.family !== "pod" || b.family !== "pod") return false;
  return isDeepStrictEqual([a.pod.labels, a.pod.namedPorts], [b.pod.labels, b.pod.namedPorts]);
}
