import { describe } from "@hopline/fault";
import { z } from "zod";
import { addressKey, addressText } from "./address-key.js";
import { claimKey, EVERY_NODE, type ObjectClaims, placeOf, portKey } from "./claim.js";
import { ClaimTable, type Span } from "./claim-table.js";
import type { Endpoint, EndpointInterval, Owner } from "./endpoint.js";
import { type KubeObject, uidOf } from "./kube-object.js";
import { nodeClaims } from "./node-claims.js";
import { podClaims } from "./pod-claims.js";
import { PodNetworks } from "./pod-networks.js";
import type { ResourceEvent } from "./resource-watch.js";
import { serviceClaims } from "./service-claims.js";
import { controllerOf, type OwnedObject, WorkloadIndex } from "./workload-index.js";

export interface EndpointHistoryOptions {
  readonly nowMs?: () => number;
}

export interface EndpointCounts {
  /** Spans of time known, of all addresses and ports. */
  readonly spans: number;
  /** Ended holdings that {@link EndpointHistory.dropEndedBefore} has forgotten. */
  readonly dropped: number;
  /** Objects and addresses in them that could not be read, by kind. */
  readonly rejected: Readonly<Record<string, number>>;
  /** Why the last one was rejected. */
  readonly lastRejection: string | undefined;
}

/** What is kept of a pod, to name it anew when its owner becomes known. */
interface KnownPod {
  readonly owned: OwnedObject;
  readonly claims: ObjectClaims;
}

/** What is known of an object without its own saying so. */
interface Hearing {
  /** When it was heard of. */
  readonly atMs: number;
  /** Since when things are as they are, where they do not say. */
  readonly undatedMs: number;
}

/** A dump is made after everything in it has happened, and what it does not date has always been so. */
const DUMPED: Hearing = { atMs: Number.POSITIVE_INFINITY, undatedMs: 0 };

const OWNER_KINDS: ReadonlySet<string> = new Set(["ReplicaSet", "Job"]);

/**
 * What every address was, at every time: pods with their workloads, services, nodes. Fed with objects, in whatever
 * order they become known; asked with a row's address and time.
 *
 * A pod has its addresses from its status.startTime on (so that packets from before it was heard of are named too),
 * until it is deleted, has run to its end, or another pod surely has them.
 */
export class EndpointHistory {
  readonly #nowMs: () => number;
  readonly #changes = new Map<string, EndpointInterval>();
  /** Addresses of pods that have their own. */
  readonly #pods = this.#table("pod");
  /** Ports that host-network pods declare, on their node's addresses. */
  readonly #hostPorts = this.#table("hostPort");
  /** Addresses and ports of services, and NodePorts under {@link EVERY_NODE}. */
  readonly #services = this.#table("service");
  readonly #nodes = this.#table("node");
  readonly #tables = [this.#pods, this.#hostPorts, this.#services, this.#nodes];
  readonly #workloads = new WorkloadIndex();
  readonly #podNetworks = new PodNetworks();
  readonly #knownPods = new Map<string, KnownPod>();
  readonly #podsByOwner = new Map<string, Set<string>>();
  readonly #rejected = new Map<string, number>();
  #lastRejection: string | undefined;
  #dropped = 0;

  constructor(options: EndpointHistoryOptions = {}) {
    this.#nowMs = options.nowMs ?? Date.now;
  }

  get counts(): EndpointCounts {
    let spans = 0;
    for (const table of this.#tables) for (const _ of table.spans()) spans += 1;
    return {
      spans,
      dropped: this.#dropped,
      rejected: Object.fromEntries(this.#rejected),
      lastRejection: this.#lastRejection,
    };
  }

  /** Takes in what a watch tells. */
  apply(event: ResourceEvent): void {
    const atMs = this.#nowMs();
    const heard = { atMs, undatedMs: atMs };
    if (event.type === "applied") this.#put(event.object, heard);
    else if (event.type === "deleted") this.#remove(event.object, atMs);
    else {
      for (const object of event.objects) this.#put(object, heard);
      this.#keepOnly(event.resource.kind, new Set(event.objects.map(uidOf)), atMs);
    }
  }

  /** Takes in a dump: objects that do not say since when they have their addresses have always had them. */
  load(objects: readonly KubeObject[]): void {
    for (const object of objects) this.#put(object, DUMPED);
  }

  /**
   * What an address was at a time. With a port and protocol (IANA number), a service is told by its port, and on a
   * node's address a NodePort or a host-network pod.
   *
   * @param address 16 bytes (IPv4 mapped), or text
   */
  endpointAt(address: Uint8Array | string, timeMs: number, port = 0, protocol = 0): Endpoint {
    const key = addressKey(address);
    const owner = key === undefined ? undefined : this.#ownerAt(key, timeMs, port, protocol);
    return owner ?? { kind: "external", address: addressText(address) };
  }

  /**
   * Whether the address lies in a node's pod network: one that is not named yet should be, soon. Networks that
   * nodes do not tell in their podCIDRs are not known.
   */
  inPodNetwork(address: Uint8Array | string): boolean {
    return this.#podNetworks.contains(address);
  }

  /** Everything known, in no order. */
  intervals(): EndpointInterval[] {
    return this.#tables.flatMap((table) => [...table.spans()].map(([key, span]) => toInterval(key, span)));
  }

  /**
   * What has changed since the last call: intervals that are new, have ended, or are better known. One whose begin
   * moved is taken back (told again with its end at its begin) and told with the new begin.
   */
  takeChanges(): EndpointInterval[] {
    const changes = [...this.#changes.values()];
    this.#changes.clear();
    return changes;
  }

  /**
   * Puts back intervals that were told before, at the start. What still lasts among them ends when the first list
   * of its kind does not have it.
   */
  restore(intervals: readonly EndpointInterval[]): void {
    for (const interval of intervals) {
      const { owner, fromMs } = interval;
      const key = claimKey(interval);
      const toMs = interval.toMs ?? Number.POSITIVE_INFINITY;
      if (key === undefined) this.#reject(owner.kind, `"${interval.address}" is no address.`);
      else if (fromMs < toMs) this.#tableOf(owner).restore(key, { uid: owner.uid, fromMs, toMs, owner });
    }
  }

  /** Forgets what ended before a time; returns how many holdings that were. */
  dropEndedBefore(timeMs: number): number {
    let dropped = 0;
    for (const table of this.#tables) dropped += table.dropEndedBefore(timeMs);
    this.#dropped += dropped;
    return dropped;
  }

  #ownerAt(key: string, timeMs: number, port: number, protocol: number): Owner | undefined {
    if (port !== 0) {
      const service = this.#services.at(portKey(key, protocol, port), timeMs);
      if (service !== undefined) return service;
    }
    const pod = this.#pods.at(key, timeMs);
    if (pod !== undefined) return pod;
    const node = this.#nodes.at(key, timeMs);
    if (node === undefined) return this.#services.at(key, timeMs);
    if (port === 0 || node.kind !== "node" || node.reach !== "address") return node;
    const service = this.#services.at(portKey(EVERY_NODE, protocol, port), timeMs);
    if (service !== undefined) return service;
    const listener = this.#hostPorts.at(portKey(key, protocol, port), timeMs);
    return listener?.kind === "pod" ? { ...node, pod: listener } : node;
  }

  #put(object: KubeObject, heard: Hearing): void {
    try {
      if (object.kind === "Pod") this.#putPod(object, heard);
      else if (object.kind === "Service") this.#claim(serviceClaims(object), heard);
      else if (object.kind === "Node") {
        this.#claim(nodeClaims(object), heard);
        this.#podNetworks.put(object);
      } else if (OWNER_KINDS.has(object.kind) && this.#workloads.put(object))
        this.#renameOwned(uidOf(object), heard);
    } catch (thrown) {
      const { namespace, name } = object.metadata;
      const reason = thrown instanceof z.ZodError ? firstIssue(thrown) : describe(thrown);
      this.#reject(
        object.kind,
        `${object.kind} ${namespace === undefined ? name : `${namespace}/${name}`}: ${reason}`,
      );
    }
  }

  #putPod(pod: KubeObject, heard: Hearing): void {
    const { name, labels, ownerReferences } = pod.metadata;
    const claims = podClaims(pod, this.#workloads.resolve(pod));
    this.#knownPods.set(claims.uid, {
      owned: { kind: pod.kind, metadata: { name, labels, ownerReferences } },
      claims,
    });
    const owner = controllerOf(pod);
    if (owner !== undefined) {
      const siblings = this.#podsByOwner.get(owner.uid);
      if (siblings === undefined) this.#podsByOwner.set(owner.uid, new Set([claims.uid]));
      else siblings.add(claims.uid);
    }
    this.#claim(claims, heard);
  }

  /** An owner has become known after its pods. */
  #renameOwned(ownerUid: string, heard: Hearing): void {
    for (const uid of this.#podsByOwner.get(ownerUid) ?? []) {
      const known = this.#knownPods.get(uid);
      if (known === undefined) continue;
      const workload = this.#workloads.resolve(known.owned);
      const claims = known.claims.claims.map((claim) =>
        claim.owner.kind === "pod" ? { ...claim, owner: { ...claim.owner, workload } } : claim,
      );
      this.#claim({ ...known.claims, claims }, heard);
    }
  }

  #claim(object: ObjectClaims, { atMs, undatedMs }: Hearing): void {
    const { uid } = object;
    const endMs = object.end === "untold" ? undatedMs : object.end;
    // What comes later in an object's life, by a move or a change, is its own from now on only.
    const initial = this.#tables.every((table) => table.keysOf(uid).size === 0);
    const wanted = new Set<string>();
    for (const claim of object.claims) {
      const { owner } = claim;
      const key = claimKey(claim);
      if (key === undefined) {
        this.#reject(owner.kind, `"${claim.address}" is no address.`);
        continue;
      }
      wanted.add(key);
      const startMs = initial ? (claim.startMs ?? undatedMs) : undatedMs;
      const readyMs = initial ? claim.readyMs : undatedMs;
      this.#tableOf(owner).hold(key, { owner, startMs, readyMs, endMs, atMs });
    }
    for (const table of this.#tables) {
      for (const key of table.keysOf(uid)) if (!wanted.has(key)) table.release(key, uid, endMs ?? undatedMs);
    }
  }

  #remove(object: KubeObject, atMs: number): void {
    const uid = uidOf(object);
    if (object.kind === "Node") this.#podNetworks.remove(object);
    if (OWNER_KINDS.has(object.kind)) this.#workloads.remove(object);
    this.#end(uid, atMs);
  }

  #end(uid: string, atMs: number, seen = true): void {
    for (const table of this.#tables)
      for (const key of table.keysOf(uid)) table.release(key, uid, atMs, seen);
    const known = this.#knownPods.get(uid);
    if (known === undefined) return;
    this.#knownPods.delete(uid);
    const ownerUid = controllerOf(known.owned)?.uid;
    const siblings = ownerUid === undefined ? undefined : this.#podsByOwner.get(ownerUid);
    siblings?.delete(uid);
    if (ownerUid !== undefined && siblings?.size === 0) this.#podsByOwner.delete(ownerUid);
  }

  /** After a list: what it does not have has ended while nobody looked. */
  #keepOnly(kind: string, uids: ReadonlySet<string>, atMs: number): void {
    if (OWNER_KINDS.has(kind)) this.#workloads.keepOnly(kind, uids);
    for (const table of this.#tablesOf(kind)) {
      for (const uid of table.openUids()) if (!uids.has(uid)) this.#end(uid, atMs, false);
    }
    if (kind === "Pod")
      for (const uid of this.#knownPods.keys()) if (!uids.has(uid)) this.#end(uid, atMs, false);
  }

  #tablesOf(kind: string): readonly ClaimTable[] {
    if (kind === "Pod") return [this.#pods, this.#hostPorts];
    if (kind === "Service") return [this.#services];
    return kind === "Node" ? [this.#nodes] : [];
  }

  #tableOf(owner: Owner): ClaimTable {
    if (owner.kind === "pod") return owner.hostNetwork ? this.#hostPorts : this.#pods;
    return owner.kind === "service" ? this.#services : this.#nodes;
  }

  #table(name: string): ClaimTable {
    return new ClaimTable((key, before, after) => {
      const note = (span: Span): void => {
        this.#changes.set(`${name} ${key} ${span.uid} ${span.fromMs}`, toInterval(key, span));
      };
      const old = new Map(before.map((span) => [`${span.uid} ${span.fromMs}`, span]));
      for (const span of after) {
        const known = old.get(`${span.uid} ${span.fromMs}`);
        if (known === undefined || known.toMs !== span.toMs || known.owner !== span.owner) note(span);
        old.delete(`${span.uid} ${span.fromMs}`);
      }
      for (const span of old.values()) note({ ...span, toMs: span.fromMs });
    });
  }

  #reject(kind: string, reason: string): void {
    this.#rejected.set(kind, (this.#rejected.get(kind) ?? 0) + 1);
    this.#lastRejection = reason;
  }
}

function toInterval(key: string, { fromMs, toMs, owner }: Span): EndpointInterval {
  return { ...placeOf(key), fromMs, toMs: toMs === Number.POSITIVE_INFINITY ? null : toMs, owner };
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  return `${issue?.path.join(".")}: ${issue?.message}`;
}
