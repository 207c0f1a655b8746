import type { Role } from "./roles.js";

/** What a name says of an interface, in the words of {@link RoleDecision}; `nic`: an uplink, unless it is a pod's own. */
export interface NameMeaning {
  readonly role: Role | "nic";
  readonly because: string;
}

/** Names that the kernel, CNIs and container runtimes give, most particular first. */
const MEANINGS: readonly (readonly [RegExp, Role | "nic", string])[] = [
  [/^lo$/, "host", "loopback"],
  [/^(dummy\d+|kube-ipvs0|nodelocaldns)$/, "host", "addresses of the node itself"],
  [/^(cilium_host|cilium_net|vethwe-bridge|vethwe-datapath|datapath)$/, "unknown", "both ends on the node"],
  [
    /^(flannel(\.|-v6\.|-wg)|cilium_(vxlan|geneve)$|antrea-tun|vxlan|genev|genevesys)/,
    "tunnel",
    "tunnel device of a CNI",
  ],
  [
    /^(tunl\d|ipip|gre\d|gretap\d|erspan\d|ip6tnl\d|ip6gre|sit\d|wg\d|wireguard\.cali|cali-?vxlan)/,
    "tunnel",
    "tunnel device",
  ],
  [/^(cni|docker|cbr|virbr|podman|lxcbr|lxdbr)\d+$/, "bridge", "bridge of a CNI or container runtime"],
  [/^(br-[\w.-]+|br\d+|kube-bridge|weave)$/, "bridge", "bridge"],
  [/^(veth|cali|lxc|nk|tap)/, "pod", "the node's end of a pod's interface"],
  // Amazon's and Google's CNIs; a bare eni and digit is a network card.
  [/^(eni|gke|azv)[0-9a-f]{8,}$/, "pod", "the node's end of a pod's interface"],
  [/^(eth|en[opsxPX]|ens|wlan|wl[opsx]|ib)\d*/, "nic", "network card"],
  [/^(bond|team)\d+/, "nic", "bond of network cards"],
];

/** What the name of an interface tells by itself, or undefined where it tells nothing. */
export function meaningOfName(name: string): NameMeaning | undefined {
  for (const [pattern, role, because] of MEANINGS) if (pattern.test(name)) return { role, because };
  return undefined;
}
