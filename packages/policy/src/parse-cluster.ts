import { z } from "zod";
import type { Namespace, Node, Pod, Workload } from "./cluster.js";
import { issuesOf, type Parsed } from "./field-issue.js";
import { metadataSchema, namedPortsOf, podSpecSchema } from "./pod-schema.js";
import { labelsSchema } from "./selector-schema.js";

const podSchema = z.looseObject({
  metadata: metadataSchema,
  spec: podSpecSchema.nullish(),
  status: z
    .looseObject({
      podIP: z.string().nullish(),
      podIPs: z.array(z.looseObject({ ip: z.string() })).nullish(),
    })
    .nullish(),
});

const namespaceSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string().min(1), labels: labelsSchema.nullish() }),
});

const nodeSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string().min(1), labels: labelsSchema.nullish() }),
  status: z
    .looseObject({ addresses: z.array(z.looseObject({ type: z.string(), address: z.string() })).nullish() })
    .nullish(),
});

/** core/v1 Pod, of the workload that owns it. */
export function parsePod(object: unknown, workload?: Workload): Parsed<Pod> {
  const parsed = podSchema.safeParse(object);
  if (!parsed.success) return { issues: issuesOf(parsed.error) };
  const { metadata, spec, status } = parsed.data;
  const addresses = [status?.podIP, ...(status?.podIPs ?? []).map(({ ip }) => ip)];
  return {
    value: {
      namespace: metadata.namespace ?? "default",
      name: metadata.name,
      labels: metadata.labels ?? {},
      addresses: [...new Set(addresses.filter((address): address is string => Boolean(address)))],
      node: spec?.nodeName || undefined,
      hostNetwork: spec?.hostNetwork ?? false,
      namedPorts: namedPortsOf(spec),
      workload: workload ?? { kind: "Pod", name: metadata.name },
    },
  };
}

/** core/v1 Namespace. */
export function parseNamespace(object: unknown): Parsed<Namespace> {
  const parsed = namespaceSchema.safeParse(object);
  if (!parsed.success) return { issues: issuesOf(parsed.error) };
  const { name, labels } = parsed.data.metadata;
  return { value: { name, labels: labels ?? {} } };
}

/** core/v1 Node; its addresses are those of type InternalIP and ExternalIP. */
export function parseNode(object: unknown): Parsed<Node> {
  const parsed = nodeSchema.safeParse(object);
  if (!parsed.success) return { issues: issuesOf(parsed.error) };
  const { metadata, status } = parsed.data;
  const addresses = (status?.addresses ?? [])
    .filter(({ type }) => type === "InternalIP" || type === "ExternalIP")
    .map(({ address }) => address);
  return { value: { name: metadata.name, labels: metadata.labels ?? {}, addresses } };
}
