import { CLUSTER_CIDR } from "../network/address-plan.js";

/**
 * Flannel's rules: pod traffic is forwarded, and what leaves the cluster (or comes to pods from outside through this
 * node) gets the node's address. What kube-proxy has marked is left to kube-proxy. Made once on each node.
 */
export function masqueradeRules(podCidr: string): string {
  const masquerade = "-j MASQUERADE --random-fully";
  const comment = '-m comment --comment "flanneld masq"';
  const forward = '-m comment --comment "flanneld forward"';
  return [
    "*nat",
    ":FLANNEL-POSTRTG - [0:0]",
    `-A POSTROUTING ${comment} -j FLANNEL-POSTRTG`,
    `-A FLANNEL-POSTRTG -m mark --mark 0x4000/0x4000 ${comment} -j RETURN`,
    `-A FLANNEL-POSTRTG -s ${podCidr} -d ${CLUSTER_CIDR} ${comment} -j RETURN`,
    `-A FLANNEL-POSTRTG -s ${CLUSTER_CIDR} -d ${podCidr} ${comment} -j RETURN`,
    `-A FLANNEL-POSTRTG ! -s ${CLUSTER_CIDR} -d ${podCidr} ${comment} -j RETURN`,
    `-A FLANNEL-POSTRTG -s ${CLUSTER_CIDR} ! -d 224.0.0.0/4 ${comment} ${masquerade}`,
    `-A FLANNEL-POSTRTG ! -s ${CLUSTER_CIDR} -d ${CLUSTER_CIDR} ${comment} ${masquerade}`,
    "COMMIT",
    "*filter",
    ":FLANNEL-FWD - [0:0]",
    `-A FORWARD ${forward} -j FLANNEL-FWD`,
    `-A FLANNEL-FWD -s ${CLUSTER_CIDR} ${forward} -j ACCEPT`,
    `-A FLANNEL-FWD -d ${CLUSTER_CIDR} ${forward} -j ACCEPT`,
    "COMMIT",
    "",
  ].join("\n");
}
