import type { NodePlan } from "../network/address-plan.js";
import type { Node } from "./schemas.js";

/** The Node object of a node of the lab. */
export function nodeObject(node: NodePlan, now: string): Node {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name: node.name,
      labels: { "kubernetes.io/hostname": node.name, "kubernetes.io/os": "linux" },
      annotations: {
        "flannel.alpha.coreos.com/backend-type": "vxlan",
        "flannel.alpha.coreos.com/backend-data": JSON.stringify({ VNI: 1, VtepMAC: node.vtepMac }),
        "flannel.alpha.coreos.com/public-ip": node.address,
      },
    },
    spec: { podCIDR: node.podCidr, podCIDRs: [node.podCidr] },
    status: {
      addresses: [
        { type: "InternalIP", address: node.address },
        { type: "Hostname", address: node.name },
      ],
      conditions: [{ type: "Ready", status: "True", reason: "KubeletReady", lastTransitionTime: now }],
      nodeInfo: {
        kubeletVersion: "v1.34.0-lab",
        osImage: "Debian GNU/Linux 12 (bookworm)",
        operatingSystem: "linux",
      },
    },
  };
}
