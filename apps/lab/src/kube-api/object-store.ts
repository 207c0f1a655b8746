import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { Fault } from "@hopline/fault";
import type { KubeObject, ObjectEvent } from "./kube-object.js";
import {
  apiVersionOf,
  objectKey,
  RESOURCE_TYPES,
  type ResourceType,
  resourceTypeOf,
} from "./resource-types.js";

export interface ObjectStoreOptions {
  /** Changes kept for watches and chunked lists; older ones are answered with 410 Gone. */
  readonly historyLimit?: number;
  readonly nowMs?: () => number;
  readonly newUid?: () => string;
}

/** One change, as history keeps it. */
export interface StoredChange extends ObjectEvent {
  readonly resourceType: ResourceType;
  readonly version: number;
  /** The state before; undefined for ADDED. */
  readonly previous: KubeObject | undefined;
}

/**
 * The lab's cluster state: objects by type, with one resource version for all of them, and a bounded history
 * of changes from which the API serves watches and consistent lists.
 *
 * Versions start at the store's creation time in milliseconds, so that whoever comes back to a new store with
 * a version of an old one gets 410 Gone and not a gap.
 */
export class ObjectStore {
  readonly #historyLimit: number;
  readonly #nowMs: () => number;
  readonly #newUid: () => string;
  readonly #objects = new Map<ResourceType, Map<string, KubeObject>>();
  readonly #listeners = new Set<(event: ObjectEvent) => void>();
  readonly #changeListeners = new Set<(change: StoredChange) => void>();
  #history: StoredChange[] = [];
  #version: number;
  #compactedThrough: number;

  constructor(options: ObjectStoreOptions = {}) {
    this.#historyLimit = options.historyLimit ?? 10_000;
    this.#nowMs = options.nowMs ?? Date.now;
    this.#newUid = options.newUid ?? randomUUID;
    this.#version = this.#nowMs();
    this.#compactedThrough = this.#version;
  }

  /** Version of the newest change. */
  get version(): number {
    return this.#version;
  }

  /** The oldest version that a watch or an exact list may still start from. */
  get oldestVersion(): number {
    return this.#compactedThrough;
  }

  /**
   * Creates the object or replaces the one of the same name. uid and creationTimestamp are the store's and stay
   * over a replacement; nothing happens where nothing differs.
   *
   * @throws Fault `KUBE_OBJECT_INVALID` for an unknown kind, or a missing or unfitting name or namespace.
   */
  apply(object: KubeObject): KubeObject {
    const type = this.#typeOf(object.apiVersion, object.kind);
    const { name, namespace } = object.metadata;
    if (typeof name !== "string" || name === "") throw invalid(`The ${object.kind} has no metadata.name.`);
    if (type.namespaced !== (namespace !== undefined && namespace !== "")) {
      const fault = type.namespaced
        ? "needs a metadata.namespace"
        : "is cluster-scoped and takes no metadata.namespace";
      throw invalid(`The ${object.kind} "${name}" ${fault}.`);
    }
    const key = objectKey(type, namespace, name);
    const previous = this.#objects.get(type)?.get(key);
    const given = structuredClone(object);
    const metadata = {
      ...given.metadata,
      uid: previous?.metadata.uid ?? given.metadata.uid ?? this.#newUid(),
      creationTimestamp:
        previous?.metadata.creationTimestamp ?? given.metadata.creationTimestamp ?? timestamp(this.#nowMs()),
      generation: generationOf(previous, given),
    };
    if (previous !== undefined) {
      const unchanged = {
        ...given,
        metadata: { ...metadata, resourceVersion: previous.metadata.resourceVersion },
      };
      if (isDeepStrictEqual(unchanged, previous)) return previous;
    }
    this.#version += 1;
    const stored = { ...given, metadata: { ...metadata, resourceVersion: String(this.#version) } };
    this.#objectsOf(type).set(key, stored);
    this.#record({
      type: previous === undefined ? "ADDED" : "MODIFIED",
      object: stored,
      previous,
      resourceType: type,
    });
    return stored;
  }

  /** Takes the object away and returns its last state, or undefined where there was none. */
  remove(
    apiVersion: string,
    kind: string,
    namespace: string | undefined,
    name: string,
  ): KubeObject | undefined {
    const type = this.#typeOf(apiVersion, kind);
    const key = objectKey(type, namespace, name);
    const previous = this.#objects.get(type)?.get(key);
    if (previous === undefined) return undefined;
    this.#objectsOf(type).delete(key);
    this.#version += 1;
    const object = {
      ...previous,
      metadata: { ...previous.metadata, resourceVersion: String(this.#version) },
    };
    this.#record({ type: "DELETED", object, previous, resourceType: type });
    return object;
  }

  get(apiVersion: string, kind: string, namespace: string | undefined, name: string): KubeObject | undefined {
    const type = this.#typeOf(apiVersion, kind);
    return this.#objects.get(type)?.get(objectKey(type, namespace, name));
  }

  /** All objects of a kind, of one namespace where given, ordered by namespace and name. */
  list(apiVersion: string, kind: string, namespace?: string): KubeObject[] {
    return this.listAt(this.#typeOf(apiVersion, kind), this.#version, namespace);
  }

  /**
   * The objects as they were at a version, ordered by namespace and name. The caller has checked that the version
   * lies between {@link oldestVersion} and {@link version}.
   */
  listAt(type: ResourceType, version: number, namespace?: string): KubeObject[] {
    const objects = new Map(this.#objects.get(type));
    for (let index = this.#history.length - 1; index >= 0; index--) {
      const change = this.#history[index]!;
      if (change.version <= version) break;
      if (change.resourceType !== type) continue;
      const { name, namespace: changedNamespace } = change.object.metadata;
      const key = objectKey(type, changedNamespace, name);
      if (change.previous === undefined) objects.delete(key);
      else objects.set(key, change.previous);
    }
    return [...objects]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([, object]) => object)
      .filter((object) => namespace === undefined || object.metadata.namespace === namespace);
  }

  /** Changes of a type after a version, oldest first. */
  changesSince(type: ResourceType, version: number): StoredChange[] {
    return this.#history.filter((change) => change.version > version && change.resourceType === type);
  }

  /** Calls back synchronously for each change of any object; returns the way to stop it. */
  subscribe(listener: (event: ObjectEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** As {@link subscribe}, with the former state and the version: what the API's watches need. */
  subscribeToChanges(listener: (change: StoredChange) => void): () => void {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  /** Forgets all history: watches and continue tokens from before now are Gone. Open watches go on. */
  compact(): void {
    this.#history = [];
    this.#compactedThrough = this.#version;
  }

  #record(change: Omit<StoredChange, "version">): void {
    const stored = { ...change, version: this.#version };
    this.#history.push(stored);
    if (this.#history.length > this.#historyLimit * 1.25) {
      const dropped = this.#history.splice(0, this.#history.length - this.#historyLimit);
      this.#compactedThrough = dropped.at(-1)!.version;
    }
    for (const listener of [...this.#changeListeners]) listener(stored);
    for (const listener of [...this.#listeners]) listener({ type: stored.type, object: stored.object });
  }

  #objectsOf(type: ResourceType): Map<string, KubeObject> {
    let objects = this.#objects.get(type);
    if (objects === undefined) {
      objects = new Map();
      this.#objects.set(type, objects);
    }
    return objects;
  }

  #typeOf(apiVersion: string, kind: string): ResourceType {
    const type = resourceTypeOf(apiVersion, kind);
    if (type !== undefined) return type;
    throw new Fault({
      code: "KUBE_OBJECT_INVALID",
      message: `The lab's API does not know kind "${kind}" in apiVersion "${apiVersion}".`,
      hint: `It knows ${knownKinds()}.`,
    });
  }
}

/** Counts changes of the spec, as the API server does. */
function generationOf(previous: KubeObject | undefined, given: KubeObject): number {
  const before = previous?.metadata.generation ?? 0;
  return previous !== undefined && isDeepStrictEqual(previous.spec, given.spec) ? before : before + 1;
}

/** RFC 3339 in whole seconds, as the API server writes times. */
function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}

function knownKinds(): string {
  return RESOURCE_TYPES.map((type) => `${apiVersionOf(type)} ${type.kind}`).join(", ");
}

function invalid(message: string): Fault {
  return new Fault({ code: "KUBE_OBJECT_INVALID", message });
}
