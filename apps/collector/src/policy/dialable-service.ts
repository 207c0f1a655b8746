import type { KubeObject } from "@hopline/kube";
import { type Labels, type NamedPort, type Parsed, type Pod, PROTOCOL_NUMBERS } from "@hopline/policy";
import { z } from "zod";

/** A Service, as far as its backends can be told from it. */
export interface DialableService {
  readonly namespace: string;
  readonly name: string;
  /** undefined where its backends are not chosen by labels. */
  readonly selector?: Labels | undefined;
  readonly ports: readonly ServicePort[];
}

interface ServicePort {
  /** Empty where it has none; its slices call it the same. */
  readonly name: string;
  /** IANA number. */
  readonly protocol: number;
  readonly port: number;
  /** 0 where it has none. */
  readonly nodePort: number;
  /** The pods' port: a number, or the name of a container's port. */
  readonly target: number | string;
}

export const dialableServiceSchema = z.object({
  namespace: z.string(),
  name: z.string(),
  selector: z.record(z.string(), z.string()).optional(),
  ports: z.array(
    z.object({
      // Services that were kept before there were slices lack it.
      name: z.string().default(""),
      protocol: z.number(),
      port: z.number(),
      nodePort: z.number(),
      target: z.union([z.number(), z.string()]),
    }),
  ),
});

const serviceSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string(), namespace: z.string() }),
  spec: z
    .looseObject({
      selector: z.record(z.string(), z.string()).nullish(),
      ports: z
        .array(
          z.looseObject({
            name: z.string().nullish(),
            port: z.int(),
            protocol: z.enum(["TCP", "UDP", "SCTP"]).default("TCP"),
            nodePort: z.int().nullish(),
            targetPort: z.union([z.int(), z.string()]).nullish(),
          }),
        )
        .nullish(),
    })
    .nullish(),
});

/** core/v1 Service. */
export function parseService(object: KubeObject): Parsed<DialableService> {
  const parsed = serviceSchema.safeParse(object);
  if (!parsed.success) return { issues: parsed.error.issues };
  const { metadata, spec } = parsed.data;
  const selector = spec?.selector ?? {};
  return {
    value: {
      namespace: metadata.namespace,
      name: metadata.name,
      ...(Object.keys(selector).length === 0 ? {} : { selector }),
      ports: (spec?.ports ?? []).map(({ name, port, protocol, nodePort, targetPort }) => ({
        name: name ?? "",
        protocol: PROTOCOL_NUMBERS[protocol],
        port,
        nodePort: nodePort ?? 0,
        target: targetPort || port,
      })),
    },
  };
}

/** Whether a pod is one of the Service's, as far as labels tell. */
export function isBackend({ namespace, selector }: DialableService, pod: Pod): boolean {
  if (selector === undefined || pod.namespace !== namespace || pod.addresses.length === 0) return false;
  return Object.entries(selector).every(([key, value]) => pod.labels[key] === value);
}

/** The Service's port with this number, or with this node port. */
export function servicePort(
  service: DialableService,
  protocol: number,
  dialledPort: number,
): ServicePort | undefined {
  return service.ports.find(
    (each) => each.protocol === protocol && (each.port === dialledPort || each.nodePort === dialledPort),
  );
}

/** Where a pod takes what is sent to one of the Service's ports (or node ports); undefined where it does not. */
export function backendPort(
  service: DialableService,
  pod: { readonly namedPorts: readonly NamedPort[] },
  protocol: number,
  dialledPort: number,
): number | undefined {
  const port = servicePort(service, protocol, dialledPort);
  if (port === undefined) return undefined;
  if (typeof port.target === "number") return port.target;
  return pod.namedPorts.find((named) => named.name === port.target && named.protocol === protocol)?.port;
}
