import { z } from "zod";
import { addressInNetwork } from "./address-key.js";
import type { Claim, ObjectClaims } from "./claim.js";
import type { NodeEndpoint } from "./endpoint.js";
import { type KubeObject, objectMetaSchema, uidOf } from "./kube-object.js";

/** v1 Node, as far as endpoints need it. */
export const nodeSchema = z.looseObject({
  metadata: objectMetaSchema,
  spec: z.looseObject({ podCIDR: z.string().optional(), podCIDRs: z.array(z.string()).nullish() }).nullish(),
  status: z
    .looseObject({ addresses: z.array(z.looseObject({ type: z.string(), address: z.string() })).nullish() })
    .nullish(),
});

/** Where Calico writes the addresses of a node's tunnel devices. */
const TUNNEL_ANNOTATIONS = [
  "projectcalico.org/IPv4IPIPTunnelAddr",
  "projectcalico.org/IPv4VXLANTunnelAddr",
  "projectcalico.org/IPv6VXLANTunnelAddr",
  "projectcalico.org/IPv4WireguardInterfaceAddr",
  "projectcalico.org/IPv6WireguardInterfaceAddr",
];

/**
 * What a node claims: its addresses; in each of its pod networks the first one, which the bridge has (as the bridge
 * plugin's isGateway gives it), and the network's own, which Flannel's tunnel device has; Calico's tunnel addresses.
 *
 * @throws z.ZodError, Fault
 */
export function nodeClaims(object: KubeObject): ObjectClaims {
  const { metadata, spec, status } = nodeSchema.parse(object);
  const uid = uidOf(object);
  const startMs = metadata.creationTimestamp == null ? undefined : Date.parse(metadata.creationTimestamp);
  const claims = new Map<string, Claim>();
  const claim = (address: string | undefined, reach: NodeEndpoint["reach"]): void => {
    if (!address || claims.has(address)) return;
    const owner = { kind: "node", uid, name: metadata.name, reach, labels: metadata.labels ?? {} } as const;
    claims.set(address, { address, protocol: 0, port: 0, owner, startMs, readyMs: undefined });
  };

  for (const { type, address } of status?.addresses ?? []) {
    if (type === "InternalIP" || type === "ExternalIP") claim(address, "address");
  }
  for (const cidr of new Set([spec?.podCIDR, ...(spec?.podCIDRs ?? [])])) {
    if (!cidr) continue;
    claim(addressInNetwork(cidr, 1), "gateway");
    claim(addressInNetwork(cidr, 0), "tunnel");
  }
  for (const name of TUNNEL_ANNOTATIONS) claim(metadata.annotations?.[name], "tunnel");
  return { uid, claims: [...claims.values()], end: undefined };
}
