import { z } from "zod";
import { type Pod, type Workload, workloadKey } from "./cluster.js";
import { issuesOf, type Parsed } from "./field-issue.js";
import { metadataSchema, namedPortsOf, type ObjectMetadata, podTemplateSchema } from "./pod-schema.js";

const templateSpecSchema = z.looseObject({ template: podTemplateSchema.nullish() });

const workloadSchema = z.looseObject({ metadata: metadataSchema, spec: templateSpecSchema.nullish() });

const cronJobSchema = z.looseObject({
  metadata: metadataSchema,
  spec: z
    .looseObject({ jobTemplate: z.looseObject({ spec: templateSpecSchema.nullish() }).nullish() })
    .nullish(),
});

const KINDS: ReadonlySet<string> = new Set([
  "Deployment",
  "ReplicaSet",
  "StatefulSet",
  "DaemonSet",
  "ReplicationController",
  "Job",
  "CronJob",
]);

/** Longer chains of owners are a loop or a mistake. */
const MAX_OWNER_STEPS = 8;

interface WorkloadObject {
  readonly kind: string;
  readonly metadata: ObjectMetadata;
  /** The pod that its template makes. */
  readonly pod: Pod;
}

/** Whether an object is of a kind that makes pods. */
export function isWorkloadKind(kind: string): boolean {
  return KINDS.has(kind);
}

/** The objects that make pods, as they are in a folder of manifests. */
export class WorkloadObjects {
  readonly #objects: WorkloadObject[] = [];
  readonly #byUid = new Map<string, WorkloadObject>();
  readonly #byName = new Map<string, WorkloadObject>();

  /** Takes up an object of such a kind; gives what is wrong with it. */
  add(kind: string, object: unknown): Parsed<undefined> {
    const parsed = templateOf(kind, object);
    if (parsed.issues !== undefined) return parsed;
    const { metadata, template } = parsed.value;
    const namespace = metadata.namespace ?? "default";
    const pod: Pod = {
      namespace,
      name: metadata.name,
      labels: template?.metadata?.labels ?? {},
      addresses: [],
      node: undefined,
      hostNetwork: template?.spec?.hostNetwork ?? false,
      namedPorts: namedPortsOf(template?.spec),
      workload: { kind, name: metadata.name },
    };
    const workload = { kind, metadata, pod };
    this.#objects.push(workload);
    if (metadata.uid) this.#byUid.set(metadata.uid, workload);
    this.#byName.set(workloadKey(namespace, pod.workload), workload);
    return { value: undefined };
  }

  /** A pod's topmost owner: as far up as the objects here tell; the pod itself, if nothing or its node owns it. */
  workloadOf(kind: string, metadata: ObjectMetadata): Workload {
    let workload: Workload = { kind, name: metadata.name };
    let current: ObjectMetadata | undefined = metadata;
    for (let step = 0; step < MAX_OWNER_STEPS && current !== undefined; step++) {
      const references: NonNullable<ObjectMetadata["ownerReferences"]> = current.ownerReferences ?? [];
      const owner = references.find(({ controller }) => controller === true) ?? references[0];
      if (owner === undefined || owner.kind === "Node") break;
      workload = { kind: owner.kind, name: owner.name };
      const named = this.#byName.get(workloadKey(metadata.namespace ?? "default", workload));
      current = ((owner.uid ? this.#byUid.get(owner.uid) : undefined) ?? named)?.metadata;
    }
    return workload;
  }

  /** One pod for each topmost workload that has none in the folder: what its template makes. */
  podsFor(pods: readonly Pod[]): Pod[] {
    const covered = new Set(pods.map((pod) => workloadKey(pod.namespace, pod.workload)));
    return this.#objects.flatMap(({ kind, metadata, pod }) => {
      const topmost = { ...pod, workload: this.workloadOf(kind, metadata) };
      const key = workloadKey(pod.namespace, topmost.workload);
      if (covered.has(key)) return [];
      const isOwned = topmost.workload.kind !== kind || topmost.workload.name !== metadata.name;
      return isOwned && this.#byName.has(key) ? [] : [topmost];
    });
  }
}

function templateOf(kind: string, object: unknown) {
  if (kind === "CronJob") {
    const parsed = cronJobSchema.safeParse(object);
    if (!parsed.success) return { issues: issuesOf(parsed.error) };
    const { metadata, spec } = parsed.data;
    return { value: { metadata, template: spec?.jobTemplate?.spec?.template } };
  }
  const parsed = workloadSchema.safeParse(object);
  if (!parsed.success) return { issues: issuesOf(parsed.error) };
  return { value: { metadata: parsed.data.metadata, template: parsed.data.spec?.template } };
}
