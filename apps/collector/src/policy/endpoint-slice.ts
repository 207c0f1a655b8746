import type { KubeObject } from "@hopline/kube";
import { type Parsed, PROTOCOL_NUMBERS } from "@hopline/policy";
import { z } from "zod";

/** Label by which a slice names its Service (discovery.k8s.io/v1). */
const SERVICE_LABEL = "kubernetes.io/service-name";

/** Some of a Service's backends, as whoever keeps the Service says them. */
export interface EndpointSlice {
  readonly namespace: string;
  readonly name: string;
  /** Empty where it belongs to none. */
  readonly service: string;
  readonly endpoints: readonly SliceEndpoint[];
  readonly ports: readonly SlicePort[];
}

interface SliceEndpoint {
  readonly address: string;
  /** In the slice's namespace, where the slice says that it is a pod; else empty. */
  readonly pod: string;
  readonly ready: boolean;
  /** Takes connections, though it may be about to end. */
  readonly serving: boolean;
}

interface SlicePort {
  /** That of the Service's port. */
  readonly name: string;
  /** IANA number. */
  readonly protocol: number;
  /** At the endpoints. */
  readonly port: number;
}

export const keptSliceSchema = z.object({
  namespace: z.string(),
  name: z.string(),
  service: z.string(),
  endpoints: z.array(
    z.object({ address: z.string(), pod: z.string(), ready: z.boolean(), serving: z.boolean() }),
  ),
  ports: z.array(z.object({ name: z.string(), protocol: z.number(), port: z.number() })),
});

const endpointSliceSchema = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string(),
    labels: z.record(z.string(), z.string()).nullish(),
  }),
  endpoints: z
    .array(
      z.looseObject({
        addresses: z.array(z.string()).nullish(),
        conditions: z.looseObject({ ready: z.boolean().nullish(), serving: z.boolean().nullish() }).nullish(),
        targetRef: z.looseObject({ kind: z.string().optional(), name: z.string().optional() }).nullish(),
      }),
    )
    .nullish(),
  ports: z
    .array(
      z.looseObject({
        name: z.string().nullish(),
        protocol: z.enum(["TCP", "UDP", "SCTP"]).nullish(),
        port: z.int().nullish(),
      }),
    )
    .nullish(),
});

/** discovery.k8s.io/v1 EndpointSlice. All addresses of an endpoint are fungible: the first stands for them. */
export function parseEndpointSlice(object: KubeObject): Parsed<EndpointSlice> {
  const parsed = endpointSliceSchema.safeParse(object);
  if (!parsed.success) return { issues: parsed.error.issues };
  const { metadata, endpoints, ports } = parsed.data;
  return {
    value: {
      namespace: metadata.namespace,
      name: metadata.name,
      service: metadata.labels?.[SERVICE_LABEL] ?? "",
      endpoints: (endpoints ?? []).flatMap(({ addresses, conditions, targetRef }) => {
        const [address] = addresses ?? [];
        if (address === undefined) return [];
        // What is not said counts as yes; whether it serves follows from whether it is ready.
        const ready = conditions?.ready ?? true;
        const serving = conditions?.serving ?? ready;
        return [{ address, pod: targetRef?.kind === "Pod" ? (targetRef.name ?? "") : "", ready, serving }];
      }),
      // A slice without a port number is for all ports; no Service has such.
      ports: (ports ?? []).flatMap(({ name, protocol, port }) =>
        port == null ? [] : [{ name: name ?? "", protocol: PROTOCOL_NUMBERS[protocol ?? "TCP"], port }],
      ),
    },
  };
}

/** Those to which connections are sent (KEP-1669): the ready; else the serving; else nobody, and then all of them stand for what may come. */
export function usedEndpoints(
  slices: readonly EndpointSlice[],
): { slice: EndpointSlice; endpoint: SliceEndpoint }[] {
  const all = slices.flatMap((slice) => slice.endpoints.map((endpoint) => ({ slice, endpoint })));
  for (const isUsed of [({ ready }: SliceEndpoint) => ready, ({ serving }: SliceEndpoint) => serving]) {
    const used = all.filter(({ endpoint }) => isUsed(endpoint));
    if (used.length > 0) return used;
  }
  return all;
}
