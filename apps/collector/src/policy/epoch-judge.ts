import {
  type Connection,
  type DirectionVerdict,
  Judge,
  type Party,
  type Pod,
  type PolicyName,
  policyKey,
  toVerdictRecord,
} from "@hopline/policy";
import type { ObjectState } from "./cluster-object.js";
import { type Judged, judgedBy } from "./judged.js";
import type { ObjectVersion } from "./object-versions.js";

/** One side of a connection: as packages/policy has it, or one version of a pod. */
export type Side = Exclude<Party, { kind: "pod" }> | PodSide;

export interface PodSide {
  readonly kind: "pod";
  readonly version: ObjectVersion;
  readonly pod: Pod;
  /** In use on this connection. */
  readonly address: string;
}

/** A {@link Connection} between such sides. */
export interface SidedConnection extends Omit<Connection, "source" | "destination"> {
  readonly source: Side;
  readonly destination: Side;
}

/** Judges by the policies, namespaces and nodes of one epoch; pods come as they are asked for, each version its own pod. */
export class EpochJudge {
  readonly #judge = new Judge();
  readonly #policyVersions = new Map<string, string>();
  readonly #pods = new Set<number>();
  /** What decided is one object for each way to decide, so that texts are made once for all connections alike. */
  readonly #known = new WeakMap<DirectionVerdict, WeakMap<DirectionVerdict, Judged>>();
  readonly #versionOf = (name: PolicyName): string => this.#policyVersions.get(policyKey(name)) ?? "";

  constructor(states: Iterable<ObjectState>) {
    for (const { object, version } of states) {
      if (object.family === "namespace") this.#judge.putNamespace(object.namespace);
      else if (object.family === "node") this.#judge.putNode(object.node);
      else if (object.family === "policy") {
        this.#judge.putPolicy(object.policy);
        this.#policyVersions.set(policyKey(object.policy), version);
      }
    }
  }

  /** Versions of pods that it has been asked for. */
  get podCount(): number {
    return this.#pods.size;
  }

  judge({ source, destination, ...rest }: SidedConnection): Judged {
    const verdict = this.#judge.judge({
      source: this.#partyOf(source),
      destination: this.#partyOf(destination),
      ...rest,
    });
    const { egress, ingress } = verdict;
    let byIngress = this.#known.get(egress);
    if (byIngress === undefined) {
      byIngress = new WeakMap();
      this.#known.set(egress, byIngress);
    }
    let judged = byIngress.get(ingress);
    if (judged === undefined) {
      judged = judgedBy(toVerdictRecord(verdict, this.#versionOf));
      byIngress.set(ingress, judged);
    }
    return judged;
  }

  #partyOf(side: Side): Party {
    if (side.kind !== "pod") return side;
    const { version, pod, address } = side;
    const name = `${pod.name}@${version.id}`;
    if (!this.#pods.has(version.id)) {
      this.#judge.putPod({ ...pod, name });
      this.#pods.add(version.id);
    }
    const isOnlyAddress = pod.addresses.length === 1 && pod.addresses[0] === address;
    const party = { kind: "pod", namespace: pod.namespace, name } as const;
    return isOnlyAddress ? party : { ...party, address };
  }
}
