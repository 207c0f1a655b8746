import { z } from "zod";

const ownerReferenceSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  name: z.string(),
  uid: z.string(),
  controller: z.boolean().optional(),
});

/** meta/v1 ObjectMeta, as far as anything here reads it. Times are RFC 3339 texts, as on the wire. */
export const objectMetaSchema = z.looseObject({
  name: z.string().min(1),
  namespace: z.string().optional(),
  uid: z.string().optional(),
  resourceVersion: z.string().optional(),
  creationTimestamp: z.iso.datetime({ offset: true }).nullish(),
  deletionTimestamp: z.iso.datetime({ offset: true }).nullish(),
  labels: z.record(z.string(), z.string()).nullish(),
  annotations: z.record(z.string(), z.string()).nullish(),
  ownerReferences: z.array(ownerReferenceSchema).nullish(),
});

/** Any Kubernetes object: what every one of them has, the rest as it came. */
export const kubeObjectSchema = z.looseObject({
  apiVersion: z.string().min(1),
  kind: z.string().min(1),
  metadata: objectMetaSchema,
});

export type ObjectMeta = z.output<typeof objectMetaSchema>;
export type OwnerReference = z.output<typeof ownerReferenceSchema>;
export type KubeObject = z.output<typeof kubeObjectSchema>;

/**
 * What tells an object from its namesakes before and after. Objects written by hand have no uid: their name has
 * to do.
 */
export function uidOf(object: KubeObject): string {
  const { uid, namespace, name } = object.metadata;
  return uid ?? `${object.kind}/${namespace ?? ""}/${name}`;
}
