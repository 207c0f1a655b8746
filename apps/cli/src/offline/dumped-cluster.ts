import { Fault } from "@hopline/fault";
import { EndpointHistory, loadPlacedObjects, type PlacedObject } from "@hopline/kube";
import { fieldText, isPolicy, type Problem, parsePolicy } from "@hopline/policy";
import type { KnownOwner } from "@hopline/topology";
import type { TranslatingParties } from "./observed-translations.js";

/** Whose an address was, as a dump of the cluster's objects tells it. */
export interface DumpedCluster extends TranslatingParties {
  readonly nodes: ReadonlySet<string>;
  /** Policies that cannot be read: they are left out, and the others judge. */
  readonly problems: readonly Problem[];
  /** Pods with addresses of their own, and nodes by theirs; undefined for anybody else. */
  ownerOf(address: string, timeMs: number): KnownOwner | undefined;
}

/** @throws Fault `KUBE_FILE_MISSING`, `KUBE_FILE_INVALID` */
export function readDumps(paths: readonly string[]): DumpedCluster {
  const placed = paths.flatMap(objectsOf);
  const objects = placed.map(({ object }) => object);
  const history = new EndpointHistory();
  history.load(objects);
  return {
    isService: (address, port, protocol, timeMs) =>
      history.endpointAt(address, timeMs, port, protocol).kind === "service",
    isNode: (address, timeMs) => history.endpointAt(address, timeMs).kind === "node",
    problems: placed.flatMap(policyProblems),
    nodes: new Set(objects.filter(({ kind }) => kind === "Node").map(({ metadata }) => metadata.name)),
    ownerOf: (address, timeMs) => {
      const owner = history.endpointAt(address, timeMs);
      if (owner.kind === "pod") return { kind: "pod", node: owner.node };
      // A bridge's address is on the way of its pods' packets, which are not the node's own.
      if (owner.kind === "node" && owner.reach === "address") return { kind: "node", node: owner.name };
      return undefined;
    },
  };
}

function objectsOf(path: string): PlacedObject[] {
  const objects = loadPlacedObjects(path);
  if (objects.length > 0) return objects;
  throw new Fault({
    code: "KUBE_FILE_INVALID",
    message: `${path} holds no Kubernetes object.`,
    hint: "Make the file with: kubectl get nodes,pods,services,endpointslices,replicasets,jobs -A -o yaml.",
  });
}

/** What is wrong with a policy; nothing with an object of another kind, which is checked as it is read. */
function policyProblems({ object, path: file, lineOf }: PlacedObject): Problem[] {
  if (!isPolicy(object)) return [];
  const { kind, metadata } = object;
  const name = metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
  const { issues = [] } = parsePolicy(kind, object);
  return issues.map(({ path, message }) => ({
    ...{ file, line: lineOf(path), object: `${kind} ${name}` },
    ...{ field: fieldText(path), message },
  }));
}
