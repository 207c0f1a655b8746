import type { KubeObject } from "@hopline/kube";
import {
  isPolicy,
  type Namespace,
  type Node,
  type Parsed,
  type Pod,
  type Policy,
  parseNamespace,
  parseNode,
  parsePod,
  parsePolicy,
  type Workload,
} from "@hopline/policy";
import { z } from "zod";
import { canonicalJson, shortHash } from "./canonical-json.js";
import { type DialableService, dialableServiceSchema, parseService } from "./dialable-service.js";
import { type EndpointSlice, keptSliceSchema, parseEndpointSlice } from "./endpoint-slice.js";

/** What verdicts are made from, of one object of the cluster. */
export type ClusterObject =
  | { readonly family: "policy"; readonly policy: Policy }
  | { readonly family: "namespace"; readonly namespace: Namespace }
  | { readonly family: "node"; readonly node: Node }
  | { readonly family: "pod"; readonly pod: Pod }
  | { readonly family: "service"; readonly service: DialableService }
  | { readonly family: "slice"; readonly slice: EndpointSlice };

/** One state of an object: equal states have equal versions. */
export interface ObjectState {
  readonly kind: string;
  /** Empty for what belongs to no namespace. */
  readonly namespace: string;
  readonly name: string;
  /** The first 8 hexadecimal digits of a SHA-256: of a policy's spec, of what is kept of other objects. */
  readonly version: string;
  /** JSON, from which {@link readState} makes the same state again. */
  readonly body: string;
  readonly object: ClusterObject;
}

const KINDS: ReadonlySet<string> = new Set(
  ["Namespace", "Node", "Pod", "Service"]
    .map((kind) => `v1 ${kind}`)
    .concat("discovery.k8s.io/v1 EndpointSlice"),
);

/** Whether verdicts are made from objects of this kind. */
export function isJudgedBy(object: { readonly apiVersion: string; readonly kind: string }): boolean {
  return isPolicy(object) || KINDS.has(`${object.apiVersion} ${object.kind}`);
}

/** An object's state, or what is wrong with its fields. `workload`: a pod's. */
export function stateOf(object: KubeObject, workload: Workload | undefined): Parsed<ObjectState> {
  const { kind } = object;
  const { name, namespace = "" } = object.metadata;
  if (isPolicy(object)) {
    const parsed = parsePolicy(kind, object);
    if (parsed.issues !== undefined) return parsed;
    const spec = canonicalJson(object.spec ?? {});
    const body = canonicalJson({
      apiVersion: object.apiVersion,
      kind,
      metadata: { name, ...(namespace === "" ? {} : { namespace }) },
      spec: object.spec ?? {},
    });
    const policy: ClusterObject = { family: "policy", policy: parsed.value };
    return { value: { kind, namespace, name, version: shortHash(spec), body, object: policy } };
  }
  const parsed = parseOther(object, workload);
  if (parsed.issues !== undefined) return parsed;
  const body = canonicalJson(parsed.value);
  return { value: { kind, namespace, name, version: shortHash(body), body, object: parsed.value } };
}

/** A state that was kept; undefined for a body that no version of this program wrote. */
export function readState(
  kept: Pick<ObjectState, "kind" | "namespace" | "name" | "version" | "body">,
): ObjectState | undefined {
  const object = readObject(kept.kind, kept.body);
  if (object === undefined) return undefined;
  const { kind, namespace, name, version, body } = kept;
  return { kind, namespace, name, version, body, object };
}

/** What tells an object from all others. */
export function objectKey({
  kind,
  namespace,
  name,
}: Pick<ObjectState, "kind" | "namespace" | "name">): string {
  return `${kind}/${namespace}/${name}`;
}

/** `NetworkPolicy shop/web`, `Node node1`. */
export function objectText({ kind, metadata }: KubeObject): string {
  const { namespace, name } = metadata;
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

function parseOther(object: KubeObject, workload: Workload | undefined): Parsed<ClusterObject> {
  switch (object.kind) {
    case "Namespace":
      return mapped(parseNamespace(object), (namespace) => ({ family: "namespace", namespace }));
    case "Node":
      return mapped(parseNode(object), (node) => ({ family: "node", node }));
    case "Pod":
      return mapped(parsePod(object, workload), (pod) => ({ family: "pod", pod }));
    case "Service":
      return mapped(parseService(object), (service) => ({ family: "service", service }));
    case "EndpointSlice":
      return mapped(parseEndpointSlice(object), (slice) => ({ family: "slice", slice }));
    default:
      return { issues: [{ path: ["kind"], message: `${object.kind} is not judged by` }] };
  }
}

function mapped<From, To>(parsed: Parsed<From>, map: (value: From) => To): Parsed<To> {
  return parsed.issues === undefined ? { value: map(parsed.value) } : { issues: parsed.issues };
}

const labelsSchema = z.record(z.string(), z.string());
const keptSchema = z.discriminatedUnion("family", [
  z.object({
    family: z.literal("namespace"),
    namespace: z.object({ name: z.string(), labels: labelsSchema }),
  }),
  z.object({
    family: z.literal("node"),
    node: z.object({ name: z.string(), labels: labelsSchema, addresses: z.array(z.string()) }),
  }),
  z.object({
    family: z.literal("pod"),
    pod: z.object({
      namespace: z.string(),
      name: z.string(),
      labels: labelsSchema,
      addresses: z.array(z.string()),
      // JSON has no undefined: a pod that no node has yet lacks it.
      node: z.string().optional(),
      hostNetwork: z.boolean(),
      namedPorts: z.array(z.object({ name: z.string(), protocol: z.number(), port: z.number() })),
      workload: z.object({ kind: z.string(), name: z.string() }),
    }),
  }),
  z.object({ family: z.literal("service"), service: dialableServiceSchema }),
  z.object({ family: z.literal("slice"), slice: keptSliceSchema }),
]);

function readObject(kind: string, body: string): ClusterObject | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  const kept = keptSchema.safeParse(value).data;
  if (kept === undefined) {
    const policy = parsePolicy(kind, value).value;
    return policy === undefined ? undefined : { family: "policy", policy };
  }
  if (kept.family !== "pod") return kept;
  return { family: "pod", pod: { ...kept.pod, node: kept.pod.node } };
}
