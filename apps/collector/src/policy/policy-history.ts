import type { KubeObject, ResourceEvent } from "@hopline/kube";
import { controllerOf, uidOf, WorkloadIndex } from "@hopline/kube";
import {
  type ClusterState,
  fieldText,
  type Namespace,
  type Node,
  type Pod,
  type Policy,
  type PolicyName,
  type Workload,
} from "@hopline/policy";
import { isJudgedBy, objectKey, objectText, readState, stateOf } from "./cluster-object.js";
import type { DialableService } from "./dialable-service.js";
import { EpochLog } from "./epoch-log.js";
import { ALWAYS, type Moment, momentOf } from "./moment.js";
import { type ObjectVersion, ObjectVersions, type VersionChange } from "./object-versions.js";
import { type ServiceBackend, serviceBackendsAt } from "./service-backends.js";

/** An object of the cluster that verdicts are made from, and cannot be read. It is left out; the others judge. */
export interface ObjectProblem {
  /** `NetworkPolicy shop/web`; of one from a file, `FILE:LINE: NetworkPolicy shop/web`. */
  readonly object: string;
  /** E.g. `spec.ingress[0].from[1].ipBlock.cidr`; empty where it is the object as a whole. */
  readonly field: string;
  readonly message: string;
}

/** `FILE:LINE` of an object's field. */
export type PlaceOf = (object: KubeObject, path: readonly PropertyKey[]) => string;

/** One version of an object as it is kept in the store. */
export interface KeptVersion {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly version: string;
  readonly body: string;
  /** Not before this. */
  readonly earliestMs: number;
  readonly fromMs: number;
  /** null while it lasts; `fromMs`: it never was. */
  readonly toMs: number | null;
}

export interface PolicyHistoryOptions {
  readonly nowMs: () => number;
  /** Told once of each problem. */
  readonly onProblem?: (problem: ObjectProblem) => void;
}

const OWNER_KINDS: ReadonlySet<string> = new Set(["ReplicaSet", "Job"]);
/** Pods talk before a watch tells of them. */
const HEARD_LATE_MS = 2000;
const EPOCH_FAMILIES: ReadonlySet<string> = new Set(["policy", "namespace", "node"]);

/**
 * What policies said, what namespaces, nodes and pods were labelled, and which ports had names, at every time. Fed with
 * what watches tell, a dump, or what was kept.
 */
export class PolicyHistory {
  readonly epochs = new EpochLog();
  readonly #options: PolicyHistoryOptions;
  readonly #versions = new ObjectVersions((change) => this.#note(change));
  readonly #workloads = new WorkloadIndex();
  readonly #problems = new Map<string, readonly ObjectProblem[]>();
  readonly #changes = new Map<string, KeptVersion>();
  /** What was told before {@link restore}, with when; undefined from then on. */
  #held: { readonly event: ResourceEvent; readonly atMs: number }[] | undefined = [];
  #knownUntilMs = 0;

  constructor(options: PolicyHistoryOptions) {
    this.#options = options;
  }

  /** Until what was kept is put back, nothing can be judged. */
  get isRestored(): boolean {
    return this.#held === undefined;
  }

  /** What is wrong with objects that are there now. */
  get problems(): readonly ObjectProblem[] {
    return [...this.#problems.values()].flat();
  }

  /**
   * Takes in what a watch tells, once what was kept is put back; objects of kinds that verdicts are not made from are
   * passed over.
   */
  apply(event: ResourceEvent): void {
    const atMs = this.#options.nowMs();
    if (this.#held === undefined) this.#apply(event, atMs);
    else this.#held.push({ event, atMs });
  }

  /** Takes in a dump: what is in it has always been so. */
  load(objects: readonly KubeObject[], placeOf?: PlaceOf): void {
    // Owners first, so that pods know their workloads.
    for (const object of objects) if (OWNER_KINDS.has(object.kind)) this.#workloads.put(object);
    for (const object of objects) this.#put(object, ALWAYS, 0, placeOf);
  }

  /**
   * Puts back what was kept.
   *
   * @param knownUntilMs until when it was known that nothing else had changed; 0 where nothing was kept.
   */
  restore(kept: readonly KeptVersion[], knownUntilMs: number): void {
    this.#knownUntilMs = knownUntilMs;
    if (kept.length > 0) this.#putBack(kept);
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const { event, atMs } of held) this.#apply(event, atMs);
  }

  /** What has changed since the last call, to be kept. */
  takeChanges(): KeptVersion[] {
    const changes = [...this.#changes.values()];
    this.#changes.clear();
    return changes;
  }

  /** A pod as it was at a time, with the id of that version; just before it was heard of, as it was then. */
  podAt(name: Pick<Pod, "namespace" | "name">, timeMs: number): { id: number; pod: Pod } | undefined {
    const version = this.#versionAt(objectKey({ kind: "Pod", ...name }), timeMs);
    const object = version?.state.object;
    return version !== undefined && object?.family === "pod"
      ? { id: version.id, pod: object.pod }
      : undefined;
  }

  /** Just before it was heard of, as it was then. */
  namespaceAt(name: string, timeMs: number): Namespace | undefined {
    const version = this.#versionAt(objectKey({ kind: "Namespace", namespace: "", name }), timeMs);
    const object = version?.state.object;
    return object?.family === "namespace" ? object.namespace : undefined;
  }

  /** Versions of a pod, by its {@link objectKey}, in order of time. */
  podVersions(key: string): readonly ObjectVersion[] {
    return this.#versions.of(key);
  }

  serviceAt(namespace: string, name: string, timeMs: number): DialableService | undefined {
    const object = this.#versions.at(objectKey({ kind: "Service", namespace, name }), timeMs)?.state.object;
    return object?.family === "service" ? object.service : undefined;
  }

  /** Who took connections to one of a Service's ports (or node ports) at a time. */
  backendsAt(
    service: DialableService,
    asked: { readonly protocol: number; readonly port: number },
    timeMs: number,
  ): ServiceBackend[] {
    return serviceBackendsAt(this.#versions, service, asked, timeMs);
  }

  /** All that verdicts of a time depend on. */
  stateAt(timeMs: number): ClusterState {
    const policies: Policy[] = [];
    const namespaces: Namespace[] = [];
    const nodes: Node[] = [];
    const pods: Pod[] = [];
    for (const { state, from, to } of this.#versions.all()) {
      if (timeMs < from.atMs || (to !== undefined && timeMs >= to.atMs)) continue;
      const { object } = state;
      if (object.family === "policy") policies.push(object.policy);
      else if (object.family === "namespace") namespaces.push(object.namespace);
      else if (object.family === "node") nodes.push(object.node);
      else if (object.family === "pod") pods.push(object.pod);
    }
    return { policies, namespaces, nodes, pods };
  }

  /** The version of a policy at a time; empty where there was none. */
  policyVersionAt(name: PolicyName, timeMs: number): string {
    return this.#versions.at(objectKey(name), timeMs)?.state.version ?? "";
  }

  /** Forgets what ended before a time. */
  dropEndedBefore(timeMs: number): void {
    this.#versions.dropEndedBefore(timeMs);
    this.epochs.forgetBefore(timeMs);
  }

  #versionAt(key: string, timeMs: number): ObjectVersion | undefined {
    return this.#versions.at(key, timeMs) ?? this.#versions.at(key, timeMs + HEARD_LATE_MS);
  }

  #putBack(kept: readonly KeptVersion[]): void {
    for (const row of [...kept].sort((a, b) => a.fromMs - b.fromMs)) {
      const state = readState(row);
      if (state === undefined || row.toMs === row.fromMs) continue;
      const from = { earliestMs: row.earliestMs, atMs: row.fromMs };
      const to = row.toMs === null ? undefined : { earliestMs: row.toMs, atMs: row.toMs };
      this.#versions.restore(state, from, to);
    }
    for (const { state, from, to } of this.#versions.all()) {
      if (!EPOCH_FAMILIES.has(state.object.family)) continue;
      this.epochs.put(state, from);
      const isReplaced = this.#versions.of(objectKey(state)).some((other) => other.from.atMs === to?.atMs);
      if (to !== undefined && !isReplaced) this.epochs.remove(state, to);
    }
  }

  #apply(event: ResourceEvent, nowMs: number): void {
    // A first list may tell of changes since what was kept.
    const sinceMs = event.sinceMs === 0 ? this.#knownUntilMs : event.sinceMs;
    if (event.type === "applied") this.#put(event.object, sinceMs, nowMs);
    else if (event.type === "deleted")
      this.#remove(event.object, { earliestMs: sinceMs ?? nowMs, atMs: nowMs });
    else this.#replace(event.resource.kind, event.objects, sinceMs, nowMs);
  }

  #put(object: KubeObject, since: Moment | number | undefined, nowMs: number, placeOf?: PlaceOf): void {
    if (OWNER_KINDS.has(object.kind)) this.#workloads.put(object);
    if (!isJudgedBy(object)) return;
    const key = keyOf(object);
    const { value: state, issues } = stateOf(object, this.#workloadOf(object));
    const isNew = this.#versions.current(key) === undefined;
    const when = typeof since === "object" ? since : momentOf(object, isNew, since, nowMs);
    if (issues !== undefined) {
      const nameOf = (path: readonly PropertyKey[]) =>
        [...(placeOf === undefined ? [] : [placeOf(object, path)]), objectText(object)].join(": ");
      this.#report(
        key,
        issues.map(({ path, message }) => ({ object: nameOf(path), field: fieldText(path), message })),
      );
      this.#end(key, when);
      return;
    }
    this.#problems.delete(key);
    if (this.#versions.put(state, when) && EPOCH_FAMILIES.has(state.object.family))
      this.epochs.put(state, this.#versions.current(key)?.from ?? when);
  }

  #remove(object: KubeObject, when: Moment): void {
    if (OWNER_KINDS.has(object.kind)) this.#workloads.remove(object);
    if (!isJudgedBy(object)) return;
    this.#problems.delete(keyOf(object));
    this.#end(keyOf(object), when);
  }

  /** A list: what is not in it has gone while nobody looked. */
  #replace(kind: string, objects: readonly KubeObject[], sinceMs: number | undefined, nowMs: number): void {
    if (OWNER_KINDS.has(kind)) this.#workloads.keepOnly(kind, new Set(objects.map(uidOf)));
    for (const object of objects) this.#put(object, sinceMs, nowMs);
    const listed = new Set(objects.map(keyOf));
    const gone = [...this.#versions.currentOf(kind)].filter(([key]) => !listed.has(key));
    for (const [key] of gone) this.#end(key, { earliestMs: sinceMs ?? nowMs, atMs: nowMs });
    for (const key of this.#problems.keys())
      if (key.startsWith(`${kind}/`) && !listed.has(key)) this.#problems.delete(key);
  }

  #end(key: string, when: Moment): void {
    const current = this.#versions.current(key);
    if (current === undefined || !this.#versions.end(key, when)) return;
    if (EPOCH_FAMILIES.has(current.state.object.family)) this.epochs.remove(current.state, when);
  }

  #workloadOf(object: KubeObject): Workload | undefined {
    if (object.kind !== "Pod" || controllerOf(object) === undefined) return undefined;
    return this.#workloads.resolve(object);
  }

  #report(key: string, problems: readonly ObjectProblem[]): void {
    const known = JSON.stringify(this.#problems.get(key));
    if (known === JSON.stringify(problems)) return;
    this.#problems.set(key, problems);
    for (const problem of problems) this.#options.onProblem?.(problem);
  }

  #note({ version: { state, from, to }, isTakenBack }: VersionChange): void {
    const { kind, namespace, name, version, body } = state;
    const kept: KeptVersion = {
      kind,
      namespace,
      name,
      version,
      body,
      earliestMs: from.earliestMs,
      fromMs: from.atMs,
      toMs: isTakenBack ? from.atMs : (to?.atMs ?? null),
    };
    this.#changes.set([objectKey(state), from.atMs, version].join(" "), kept);
  }
}

function keyOf({ kind, metadata: { namespace = "", name } }: KubeObject): string {
  return objectKey({ kind, namespace, name });
}
