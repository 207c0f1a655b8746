import { z } from "zod";

/**
 * What `ip` and `bridge` (iproute2, `-j`) say, as far as it is used. Unknown fields are dropped; a missing one
 * that matters is an error that names it. iproute2 prints `{}` for what a filter left out: such elements are passed over.
 */
const linkSchema = z.object({
  ifindex: z.number().int(),
  ifname: z.string(),
  link_type: z.string().default("ether"),
  flags: z.array(z.string()).default([]),
  mtu: z.number().default(0),
  address: z.string().optional(),
  /** The bridge, bond or VRF that it is a port of. */
  master: z.string().optional(),
  /** Its lower device or, for a veth, its peer: where that is in this namespace. */
  link: z.string().nullish(),
  /** The same as an index; in another namespace where `link_netnsid` is there too. */
  link_index: z.number().optional(),
  link_netnsid: z.number().optional(),
  linkinfo: z
    .object({
      info_kind: z.string().optional(),
      info_slave_kind: z.string().optional(),
      info_data: z
        .object({
          /** VNI of VXLAN and Geneve, VLAN id. */
          id: z.number().optional(),
          port: z.number().optional(),
          /** VXLAN with the generic protocol extension. */
          gpe: z.boolean().optional(),
          local: z.string().optional(),
          remote: z.string().optional(),
          link: z.string().optional(),
          /** A tun device's mode: `tun` or `tap`. */
          type: z.string().optional(),
          /** Where its packets go is said by each packet (eBPF, Open vSwitch), not by forwarding entries. */
          external: z.boolean().optional(),
          /** The group to which an unknown destination is sent. */
          group: z.string().optional(),
        })
        .optional(),
    })
    .optional(),
});

const interfaceAddressesSchema = z.object({
  ifindex: z.number().int(),
  ifname: z.string(),
  addr_info: z
    .array(
      z.object({
        local: z.string(),
        prefixlen: z.number().int(),
        scope: z.string().default("global"),
      }),
    )
    .default([]),
});

const routeSchema = z.object({
  /** `unicast` where not given. */
  type: z.string().default("unicast"),
  /** `default`, an address, or an address with a prefix length. */
  dst: z.string(),
  dev: z.string().optional(),
  gateway: z.string().optional(),
  table: z.string().optional(),
  scope: z.string().optional(),
  /** The lowest of equal prefixes is taken. */
  metric: z.number().optional(),
  metrics: z.array(z.object({ mtu: z.number().optional() })).optional(),
  /** Router preference (RFC 4191): the kernel gives each route of IPv6 one, and none of IPv4. */
  pref: z.string().optional(),
  /** Several ways at once (ECMP); then there is no `dev`. */
  nexthops: z.array(z.object({ dev: z.string().optional(), gateway: z.string().optional() })).optional(),
});

const ruleSchema = z.object({
  priority: z.number(),
  table: z.string().optional(),
  /** Selectors: the rule holds for some packets only. */
  src: z.string().default("all"),
  srclen: z.number().optional(),
  dst: z.string().optional(),
  fwmark: z.string().optional(),
  iif: z.string().optional(),
  oif: z.string().optional(),
  ipproto: z.string().optional(),
  sport: z.unknown().optional(),
  dport: z.unknown().optional(),
  uidrange: z.unknown().optional(),
  tos: z.string().optional(),
  not: z.unknown().optional(),
  /** A default route found by this rule is passed over. */
  suppress_prefixlen: z.number().optional(),
  action: z.string().optional(),
  /** The address family, as it was asked for. */
  family: z.enum(["inet", "inet6"]).default("inet"),
});

const neighbourSchema = z.object({
  dst: z.string(),
  dev: z.string(),
  lladdr: z.string().optional(),
  state: z.array(z.string()).default([]),
});

const forwardingEntrySchema = z.object({
  mac: z.string(),
  ifname: z.string(),
  /** The remote tunnel endpoint, on a VXLAN device. */
  dst: z.string().optional(),
  flags: z.array(z.string()).default([]),
  master: z.string().optional(),
  state: z.string().default(""),
});

export const nodeDescriptionSchema = z.object({
  links: z.array(linkSchema),
  addresses: z.array(interfaceAddressesSchema),
  routes: z.array(routeSchema),
  neighbours: z.array(neighbourSchema),
  forwarding: z.array(forwardingEntrySchema),
  /** Which tables of routes are asked, in order; empty in files of earlier versions, and where the kernel has no rules. */
  rules: z.array(ruleSchema).default([]),
});

/** A node's network as its kernel describes it at one time. */
export type NodeDescription = z.output<typeof nodeDescriptionSchema>;
export type Link = NodeDescription["links"][number];
export type Route = NodeDescription["routes"][number];
export type Rule = NodeDescription["rules"][number];

export const EMPTY_DESCRIPTION: NodeDescription = {
  links: [],
  addresses: [],
  routes: [],
  neighbours: [],
  forwarding: [],
  rules: [],
};

/** veth, bridge, vxlan, …; empty for a physical device. */
export function kindOf(link: Link): string {
  return link.linkinfo?.info_kind ?? "";
}
