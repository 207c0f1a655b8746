import { z } from "zod";
import type { NamedPort } from "./cluster.js";
import { portSchema, protocolSchema } from "./field-schemas.js";
import { PROTOCOL_NUMBERS } from "./protocol.js";
import { labelsSchema } from "./selector-schema.js";

const ownerSchema = z.looseObject({
  kind: z.string(),
  name: z.string(),
  uid: z.string().nullish(),
  controller: z.boolean().nullish(),
});

export const metadataSchema = z.looseObject({
  name: z.string().min(1),
  namespace: z.string().min(1).nullish(),
  uid: z.string().nullish(),
  labels: labelsSchema.nullish(),
  ownerReferences: z.array(ownerSchema).nullish(),
});

const containerSchema = z.looseObject({
  /** `Always` makes an init container a sidecar, whose ports count (KEP-753). */
  restartPolicy: z.string().nullish(),
  ports: z
    .array(
      z.looseObject({
        name: z.string().nullish(),
        containerPort: portSchema,
        protocol: protocolSchema.nullish(),
      }),
    )
    .nullish(),
});

/** core/v1 PodSpec, as far as policy needs it. */
export const podSpecSchema = z.looseObject({
  nodeName: z.string().nullish(),
  hostNetwork: z.boolean().nullish(),
  containers: z.array(containerSchema).nullish(),
  initContainers: z.array(containerSchema).nullish(),
});

/** core/v1 PodTemplateSpec, as far as policy needs it. */
export const podTemplateSchema = z.looseObject({
  metadata: z.looseObject({ labels: labelsSchema.nullish() }).nullish(),
  spec: podSpecSchema.nullish(),
});

export type ObjectMetadata = z.output<typeof metadataSchema>;
export type PodSpec = z.output<typeof podSpecSchema>;
export type PodTemplate = z.output<typeof podTemplateSchema>;

export function namedPortsOf(spec: PodSpec | null | undefined): NamedPort[] {
  const sidecars = (spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always");
  return [...(spec?.containers ?? []), ...sidecars].flatMap(({ ports }) =>
    (ports ?? []).flatMap(({ name, containerPort, protocol }) =>
      name ? [{ name, protocol: PROTOCOL_NUMBERS[protocol ?? "TCP"], port: containerPort }] : [],
    ),
  );
}
