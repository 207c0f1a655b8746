import { z } from "zod";
import type { ClusterState, Namespace, Node, Pod } from "./cluster.js";
import type { Parsed } from "./field-issue.js";
import { type ManifestFile, type ManifestObject, manifestObjects } from "./manifest-objects.js";
import { parseNamespace, parseNode, parsePod } from "./parse-cluster.js";
import { isPolicy } from "./parse-policy.js";
import { metadataSchema } from "./pod-schema.js";
import type { Problem } from "./problem.js";
import { ReadPolicies } from "./read-policies.js";
import { isWorkloadKind, WorkloadObjects } from "./workload-objects.js";

/** What is in a folder of manifests. Objects with problems are left out of the state; all others are in it. */
export interface Manifests {
  readonly state: ClusterState;
  readonly problems: readonly Problem[];
}

const ownedSchema = z.looseObject({ metadata: metadataSchema });

/**
 * A cluster's state from manifests: policies, namespaces, nodes, pods, and for workloads without pods the pod that
 * their template makes. Never throws; what is wrong is a problem with file, line and field.
 */
export function readManifests(files: readonly ManifestFile[]): Manifests {
  const problems: Problem[] = [];
  const objects = files.flatMap((file) => {
    const read = manifestObjects(file);
    problems.push(...read.problems);
    return read.objects;
  });
  const take = <Value>(object: ManifestObject, { value, issues }: Parsed<Value>): Value[] => {
    if (issues === undefined) return [value];
    problems.push(...issues.map(object.problem));
    return [];
  };

  const workloads = new WorkloadObjects();
  for (const object of objects)
    if (isWorkloadKind(object.kind)) take(object, workloads.add(object.kind, object.value));

  const policies = new ReadPolicies();
  const namespaces: Namespace[] = [];
  const nodes: Node[] = [];
  const pods: Pod[] = [];
  for (const object of objects) {
    if (isPolicy(object)) {
      problems.push(...policies.add(object));
    } else if (object.apiVersion !== "v1") continue;
    else if (object.kind === "Namespace") namespaces.push(...take(object, parseNamespace(object.value)));
    else if (object.kind === "Node") nodes.push(...take(object, parseNode(object.value)));
    else if (object.kind === "Pod") {
      const owned = ownedSchema.safeParse(object.value);
      const workload = owned.success ? workloads.workloadOf("Pod", owned.data.metadata) : undefined;
      pods.push(...take(object, parsePod(object.value, workload)));
    }
  }
  const state = {
    policies: policies.all,
    namespaces,
    nodes,
    pods: [...pods, ...workloads.podsFor(pods)],
  };
  return { state, problems };
}
