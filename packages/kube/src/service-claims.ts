import { z } from "zod";
import { type Claim, type ObjectClaims, PROTOCOL_NUMBERS } from "./claim.js";
import type { ServiceEndpoint } from "./endpoint.js";
import { type KubeObject, objectMetaSchema, uidOf } from "./kube-object.js";

const portSchema = z.looseObject({
  name: z.string().optional(),
  port: z.int().min(1).max(65535),
  protocol: z.enum(["TCP", "UDP", "SCTP"]).default("TCP"),
  nodePort: z.int().min(0).max(65535).optional(),
});

/** v1 Service, as far as endpoints need it. */
export const serviceSchema = z.looseObject({
  metadata: objectMetaSchema.extend({ namespace: z.string().min(1) }),
  spec: z
    .looseObject({
      clusterIP: z.string().optional(),
      clusterIPs: z.array(z.string()).nullish(),
      externalIPs: z.array(z.string()).nullish(),
      ports: z.array(portSchema).nullish(),
    })
    .nullish(),
  status: z
    .looseObject({
      loadBalancer: z
        .looseObject({ ingress: z.array(z.looseObject({ ip: z.string().optional() })).nullish() })
        .nullish(),
    })
    .nullish(),
});

/**
 * What a service claims: all of its ClusterIPs; of external and load balancer addresses, which it may share, its
 * ports only; and its NodePorts on every node.
 *
 * @throws z.ZodError
 */
export function serviceClaims(object: KubeObject): ObjectClaims {
  const { metadata, spec, status } = serviceSchema.parse(object);
  const uid = uidOf(object);
  const startMs = metadata.creationTimestamp == null ? undefined : Date.parse(metadata.creationTimestamp);
  const ports = spec?.ports ?? [];
  const claims: Claim[] = [];

  const claim = (
    address: string,
    reach: ServiceEndpoint["reach"],
    port: number,
    protocol: number,
    name = "",
  ): void => {
    const { namespace, name: serviceName } = metadata;
    const owner = { kind: "service", uid, namespace, name: serviceName, reach, portName: name } as const;
    claims.push({ address, protocol, port, owner, startMs, readyMs: undefined });
  };
  const claimPorts = (address: string, reach: ServiceEndpoint["reach"]): void => {
    for (const { port, protocol, name } of ports)
      claim(address, reach, port, PROTOCOL_NUMBERS[protocol] ?? 0, name);
  };

  for (const address of new Set([spec?.clusterIP, ...(spec?.clusterIPs ?? [])])) {
    if (!address || address === "None") continue;
    claim(address, "clusterIP", 0, 0);
    claimPorts(address, "clusterIP");
  }
  for (const address of spec?.externalIPs ?? []) claimPorts(address, "externalIP");
  for (const { ip } of status?.loadBalancer?.ingress ?? []) if (ip) claimPorts(ip, "loadBalancer");
  for (const { nodePort, protocol, name } of ports) {
    if (nodePort) claim("*", "nodePort", nodePort, PROTOCOL_NUMBERS[protocol] ?? 0, name);
  }
  return { uid, claims, end: undefined };
}
