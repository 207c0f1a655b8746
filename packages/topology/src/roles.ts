import { kindOf, type Link, type NodeDescription } from "./description.js";

/** What an interface is on a packet's way. `host`: the node's own sockets; `unknown`: nothing that a path leads over. */
export type Role = "pod" | "bridge" | "tunnel" | "uplink" | "host" | "unknown";

export const ROLES = ["pod", "bridge", "tunnel", "uplink", "host", "unknown"] as const satisfies Role[];

export interface RoleDecision {
  readonly role: Role;
  /** Which rule decided, in a few words. */
  readonly because: string;
}

export interface RoleOptions {
  /** The node's addresses where they are known from elsewhere (Kubernetes); what carries one is an uplink. */
  readonly nodeAddresses?: readonly string[];
}

const TUNNEL_KINDS = new Set([
  "vxlan",
  "geneve",
  "ipip",
  "sit",
  "ip6tnl",
  "gre",
  "gretap",
  "ip6gre",
  "ip6gretap",
  "wireguard",
  "vti",
  "vti6",
  "xfrm",
]);
/** Node's end of a pod's interface; the other end is in the pod. */
const POD_KINDS = new Set(["veth", "netkit"]);
/** Devices made of other devices of this node. */
const STACKED_KINDS = new Set(["bond", "team", "vlan", "macvlan", "ipvlan", "openvswitch"]);

/** The role of every link of a node, by interface index. */
export function decideRoles(
  description: NodeDescription,
  options: RoleOptions = {},
): Map<number, RoleDecision> {
  const node = new NodeFacts(description, options);
  return new Map(description.links.map((link) => [link.ifindex, decideRole(link, node)]));
}

function decideRole(link: Link, node: NodeFacts): RoleDecision {
  const kind = kindOf(link);
  if (link.link_type === "loopback") return { role: "host", because: "loopback" };
  if (TUNNEL_KINDS.has(kind)) return { role: "tunnel", because: `${kind} device` };
  // Flannel's UDP back end and user-space VPNs: packets go to a program that wraps them.
  if (kind === "tun" && link.linkinfo?.info_data?.type !== "tap")
    return { role: "tunnel", because: "tun device" };

  const below = node.uplinkAbove(link);
  if (below !== undefined) return { role: "unknown", because: `its frames are seen again on ${below}` };
  const carries = node.carriesNodeAddress(link);
  if (carries !== undefined) return { role: "uplink", because: carries };

  if (kind === "bridge" || kind === "openvswitch") return { role: "bridge", because: `${kind} device` };
  if (POD_KINDS.has(kind)) return decidePodEnd(link, node);
  if (kind === "tun") return { role: "pod", because: "tap device: a virtual machine's interface" };
  if (kind === "dummy") return { role: "host", because: "dummy device: addresses of the node itself" };
  if (link.master !== undefined && (kind === "" || STACKED_KINDS.has(kind))) {
    return { role: "uplink", because: `network device in ${link.master}` };
  }
  return { role: "unknown", because: "carries neither an address nor a pod" };
}

function decidePodEnd(link: Link, node: NodeFacts): RoleDecision {
  if (link.link_netnsid === undefined && node.hasLink(link.link)) {
    // Cilium's cilium_host and cilium_net, Weave's bridge ends: both ends are the node's.
    return node.hasGlobalAddress(link)
      ? { role: "host", because: `both ends on the node, with ${link.link}` }
      : { role: "unknown", because: `both ends on the node, with ${link.link}` };
  }
  if (link.master !== undefined) return { role: "pod", because: `${kindOf(link)} in ${link.master}` };
  return { role: "pod", because: `routed ${kindOf(link)}` };
}

/** What the rules ask about the node as a whole, gathered once. */
class NodeFacts {
  readonly #nodeAddresses: ReadonlySet<string>;
  readonly #links: ReadonlyMap<string, Link>;
  readonly #addresses: ReadonlyMap<number, readonly { local: string; prefixlen: number; scope: string }[]>;
  readonly #gatewayDevices: ReadonlySet<string>;
  readonly #uplinkAbove: ReadonlyMap<string, string>;

  constructor(description: NodeDescription, options: RoleOptions) {
    this.#nodeAddresses = new Set(options.nodeAddresses);
    this.#links = new Map(description.links.map((link) => [link.ifname, link]));
    this.#addresses = new Map(description.addresses.map((entry) => [entry.ifindex, entry.addr_info]));
    this.#gatewayDevices = new Set(
      description.routes.filter((route) => route.dst === "default").map((route) => route.dev ?? ""),
    );
    this.#uplinkAbove = this.#findLowerDevices(description.links);
  }

  hasLink(name: string | null | undefined): boolean {
    return typeof name === "string" && this.#links.has(name);
  }

  hasGlobalAddress(link: Link): boolean {
    return this.#globalAddresses(link).length > 0;
  }

  /** The uplink that stands on `link` (bond over its members, VLAN over its parent, bridge over its NIC). */
  uplinkAbove(link: Link): string | undefined {
    return this.#uplinkAbove.get(link.ifname);
  }

  /** Why `link` is where the node's own address is, or undefined where it is not. */
  carriesNodeAddress(link: Link): string | undefined {
    const addresses = this.#globalAddresses(link);
    const known = addresses.find(({ local }) => this.#nodeAddresses.has(local));
    if (known !== undefined) return `carries the node's address ${known.local}`;
    if (this.#gatewayDevices.has(link.ifname) && (addresses.length > 0 || kindOf(link) === "")) {
      return "the default route leads over it";
    }
    const kind = kindOf(link);
    // A bridge's address is its pods' gateway, a dummy's is a service's.
    if (kind === "bridge" || kind === "dummy" || addresses.length === 0) return undefined;
    if (!POD_KINDS.has(kind)) return `carries the address ${addresses[0]?.local}`;
    // ptp and kindnet put the gateway's address on every pod's veth, but as a host route only.
    const inNetwork = addresses.find(({ local, prefixlen }) => prefixlen < fullPrefix(local));
    if (inNetwork === undefined || link.master !== undefined) return undefined;
    return `carries the address ${inNetwork.local}/${inNetwork.prefixlen}`;
  }

  #globalAddresses(link: Link) {
    return (this.#addresses.get(link.ifindex) ?? []).filter(({ scope }) => scope === "global");
  }

  #findLowerDevices(links: readonly Link[]): Map<string, string> {
    const lower = new Map<string, string>();
    for (const upper of links) {
      if (this.carriesNodeAddress(upper) === undefined) continue;
      const parent = STACKED_KINDS.has(kindOf(upper)) ? upper.link : undefined;
      for (const link of links) {
        const isBelow =
          link.ifname === parent || link.master === upper.ifname || areInSameSwitch(upper, link);
        const isGuest = POD_KINDS.has(kindOf(link)) || kindOf(link) === "tun";
        if (!isBelow || isGuest || this.carriesNodeAddress(link) !== undefined) continue;
        lower.set(link.ifname, upper.ifname);
        // A bond's members below a VLAN on that bond.
        for (const member of links) if (member.master === link.ifname) lower.set(member.ifname, upper.ifname);
      }
    }
    return lower;
  }
}

/** Open vSwitch: the internal port with the node's address and the NIC are ports of one datapath. */
function areInSameSwitch(internalPort: Link, link: Link): boolean {
  return kindOf(internalPort) === "openvswitch" && link.linkinfo?.info_slave_kind === "openvswitch";
}

function fullPrefix(address: string): number {
  return address.includes(":") ? 128 : 32;
}
