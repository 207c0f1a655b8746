import ipaddr from "ipaddr.js";
import { addressText } from "./address-key.js";
import { type KubeObject, uidOf } from "./kube-object.js";
import { nodeSchema } from "./node-claims.js";

/** The networks that nodes take their pods' addresses from. */
export class PodNetworks {
  readonly #byNode = new Map<string, readonly [ipaddr.IPv4 | ipaddr.IPv6, number][]>();

  put(node: KubeObject): void {
    const { spec } = nodeSchema.parse(node);
    const cidrs = new Set([spec?.podCIDR, ...(spec?.podCIDRs ?? [])]);
    const networks = [...cidrs].filter((cidr) => cidr !== undefined && ipaddr.isValidCIDR(cidr));
    this.#byNode.set(
      uidOf(node),
      networks.map((cidr) => ipaddr.parseCIDR(cidr!)),
    );
  }

  remove(node: KubeObject): void {
    this.#byNode.delete(uidOf(node));
  }

  contains(address: Uint8Array | string): boolean {
    const text = addressText(address);
    if (!ipaddr.isValid(text)) return false;
    const parsed = ipaddr.parse(text);
    for (const networks of this.#byNode.values()) {
      for (const network of networks)
        if (network[0].kind() === parsed.kind() && parsed.match(network)) return true;
    }
    return false;
  }
}
