import type { NodePlan } from "./address-plan.js";
import type { Profile } from "./profile.js";

export const VXLAN_DEVICE = "flannel.1";

/** `ip` lines for a node's VXLAN device, as Flannel makes it: no learning, everything told. */
export function vxlanDeviceLines(node: NodePlan, profile: Profile): string[] {
  return [
    `link add ${VXLAN_DEVICE} address ${node.vtepMac} mtu ${profile.mtu} type vxlan id ${profile.vxlanId}` +
      ` local ${node.address} dev eth0 dstport ${profile.vxlanPort} nolearning`,
    `addr add ${node.vtepAddress}/32 dev ${VXLAN_DEVICE}`,
    `link set ${VXLAN_DEVICE} up`,
  ];
}

/** `ip` lines for the way to the pods of each other node: a route, and the neighbour that it leads to. */
export function remoteNodeLines(remotes: readonly NodePlan[]): string[] {
  return remotes.flatMap((remote) => [
    `neigh add ${neighbourEntry(remote)}`,
    `route add ${remote.podCidr} via ${remote.vtepAddress} dev ${VXLAN_DEVICE} onlink`,
  ]);
}

/** `bridge` lines: which node each VXLAN peer's hardware address lives on. */
export function forwardingLines(remotes: readonly NodePlan[]): string[] {
  return remotes.map((remote) => `fdb add ${forwardingEntry(remote)}`);
}

/** A VXLAN peer as a neighbour, in the words of `ip neigh`. */
export function neighbourEntry(remote: NodePlan): string {
  return `${remote.vtepAddress} lladdr ${remote.vtepMac} dev ${VXLAN_DEVICE} nud permanent`;
}

/** A VXLAN peer's forwarding entry, in the words of `bridge fdb`. */
export function forwardingEntry(remote: NodePlan): string {
  return `${remote.vtepMac} dev ${VXLAN_DEVICE} dst ${remote.address} self permanent`;
}
