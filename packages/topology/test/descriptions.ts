import { type NodeDescription, nodeDescriptionSchema } from "../src/description.js";

// Shapes as `ip -j -d link` and its siblings print them, cut down to the fields that differ between CNIs.

const lo = { ifindex: 1, ifname: "lo", link_type: "loopback", flags: ["LOOPBACK", "UP"], mtu: 65536 };

function ether(ifindex: number, ifname: string, more: object = {}): object {
  return { ifindex, ifname, link_type: "ether", flags: ["BROADCAST", "UP", "LOWER_UP"], mtu: 1500, ...more };
}

function kind(info_kind: string, info_data: object = {}, slave?: string): object {
  return { linkinfo: { info_kind, info_data, ...(slave !== undefined && { info_slave_kind: slave }) } };
}

function podVeth(ifindex: number, ifname: string, netnsid: number, master?: string): object {
  const peer = { link_index: 2, link_netnsid: netnsid };
  return ether(ifindex, ifname, {
    ...peer,
    ...(master && { master }),
    ...kind("veth", {}, master && "bridge"),
  });
}

function addresses(ifindex: number, ifname: string, ...list: string[]): object {
  const addr_info = list.map((text) => {
    const [local = "", prefixlen] = text.split("/");
    const family = local.includes(":") ? "inet6" : "inet";
    const scope = local.startsWith("fe80") ? "link" : local.startsWith("127.") ? "host" : "global";
    return { family, local, prefixlen: Number(prefixlen), scope };
  });
  return { ifindex, ifname, addr_info };
}

function describe(parts: {
  links: object[];
  addresses: object[];
  routes?: object[];
  neighbours?: object[];
  forwarding?: object[];
}): NodeDescription {
  return nodeDescriptionSchema.parse({
    routes: [],
    neighbours: [],
    forwarding: [],
    rules: [],
    ...parts,
    links: [lo, ...parts.links],
    addresses: [addresses(1, "lo", "127.0.0.1/8", "::1/128"), ...parts.addresses],
  });
}

/** Flannel: veth in cni0, VXLAN device, physical NIC; docker0 left over, with a container. */
export const flannel = describe({
  links: [
    ether(2, "ens3"),
    ether(3, "docker0", kind("bridge")),
    ether(4, "flannel.1", {
      mtu: 1450,
      ...kind("vxlan", { id: 1, local: "192.168.1.10", link: "ens3", port: 8472 }),
    }),
    ether(5, "cni0", { mtu: 1450, ...kind("bridge") }),
    podVeth(6, "veth1a2b3c", 0, "cni0"),
    podVeth(7, "veth4d5e6f", 1, "cni0"),
    podVeth(8, "vethdocker", 2, "docker0"),
    ether(9, "kube-ipvs0", kind("dummy")),
  ],
  addresses: [
    addresses(2, "ens3", "192.168.1.10/24", "fe80::1/64"),
    addresses(3, "docker0", "172.17.0.1/16"),
    addresses(4, "flannel.1", "10.244.1.0/32"),
    addresses(5, "cni0", "10.244.1.1/24"),
    addresses(6, "veth1a2b3c", "fe80::2/64"),
    addresses(9, "kube-ipvs0", "10.96.0.1/32"),
  ],
  routes: [
    { dst: "default", gateway: "192.168.1.1", dev: "ens3" },
    { dst: "10.244.1.0/24", dev: "cni0", scope: "link" },
    { dst: "10.244.2.0/24", gateway: "10.244.2.0", dev: "flannel.1" },
    { type: "local", dst: "10.244.1.1", dev: "cni0", table: "local" },
  ],
  neighbours: [
    { dst: "10.244.1.5", dev: "cni0", lladdr: "0a:00:00:00:00:05", state: ["REACHABLE"] },
    { dst: "10.244.1.6", dev: "cni0", lladdr: "0a:00:00:00:00:06", state: ["STALE"] },
    { dst: "fd00:10::6", dev: "cni0", lladdr: "0a:00:00:00:00:06", state: ["STALE"] },
    { dst: "fe80::6", dev: "cni0", lladdr: "0a:00:00:00:00:06", state: ["STALE"] },
    { dst: "10.244.1.9", dev: "cni0", state: ["FAILED"] },
  ],
  forwarding: [
    { mac: "0a:00:00:00:00:05", ifname: "veth1a2b3c", flags: [], master: "cni0", state: "" },
    { mac: "0a:00:00:00:00:06", ifname: "veth4d5e6f", flags: [], master: "cni0", state: "" },
    { mac: "4a:de:05:24:a1:9e", ifname: "veth4d5e6f", flags: [], master: "cni0", state: "permanent" },
    { mac: "33:33:00:00:00:01", ifname: "veth4d5e6f", flags: ["self"], state: "permanent" },
    {
      mac: "66:83:ac:b2:c0:55",
      ifname: "flannel.1",
      dst: "192.168.1.11",
      flags: ["self"],
      state: "permanent",
    },
  ],
});

/** Calico with IP-in-IP: unenslaved cali veths, host routes, no bridge; the node behind a bond with a VLAN on it. */
export const calico = describe({
  links: [
    ether(2, "eno1", { master: "bond0", linkinfo: { info_slave_kind: "bond" } }),
    ether(3, "eno2", { master: "bond0", linkinfo: { info_slave_kind: "bond" } }),
    ether(4, "bond0", kind("bond")),
    ether(5, "bond0.100", { link: "bond0", ...kind("vlan", { id: 100 }) }),
    { ifindex: 6, ifname: "tunl0", link_type: "ipip", ...kind("ipip") },
    podVeth(7, "cali0123456789a", 0),
    podVeth(8, "calibbbbbbbbbbb", 1),
    ether(9, "eno3"),
  ],
  addresses: [
    addresses(5, "bond0.100", "10.20.0.7/24"),
    addresses(6, "tunl0", "10.50.3.0/32"),
    addresses(7, "cali0123456789a", "fe80::ecee:eeff:feee:eeee/64"),
  ],
  routes: [
    { dst: "default", gateway: "10.20.0.1", dev: "bond0.100" },
    { dst: "10.50.3.4", dev: "cali0123456789a", scope: "link" },
    { dst: "fd50::4", dev: "cali0123456789a" },
    { dst: "10.50.3.5", dev: "calibbbbbbbbbbb", scope: "link" },
    { type: "blackhole", dst: "10.50.3.0/26" },
  ],
});

/** kind: the node's own eth0 is a veth, and so are its pods' (ptp, with the gateway's address as a host route). */
export const kind_ = describe({
  links: [
    podVeth(2, "vetha1", 1),
    podVeth(3, "vetha2", 2),
    ether(20, "eth0", { link_index: 21, link_netnsid: 0, ...kind("veth") }),
  ],
  addresses: [
    addresses(2, "vetha1", "10.244.0.1/32"),
    addresses(3, "vetha2", "10.244.0.1/32"),
    addresses(20, "eth0", "172.18.0.2/16", "fc00:f853::2/64"),
  ],
  routes: [
    { dst: "default", gateway: "172.18.0.1", dev: "eth0" },
    { dst: "10.244.0.5", dev: "vetha1", scope: "host" },
    { dst: "10.244.0.6", dev: "vetha2", scope: "host" },
  ],
});

/** Cilium with Geneve: lxc veths, and a pair whose ends are both the node's. */
export const cilium = describe({
  links: [
    ether(2, "ens5"),
    ether(3, "cilium_net", { link: "cilium_host", ...kind("veth") }),
    ether(4, "cilium_host", { link: "cilium_net", ...kind("veth") }),
    ether(5, "cilium_geneve", kind("geneve", { external: true, port: 6081 })),
    podVeth(7, "lxc_health", 0),
    podVeth(9, "lxc4f5e", 1),
  ],
  addresses: [addresses(2, "ens5", "10.0.1.5/20"), addresses(4, "cilium_host", "10.1.0.200/32")],
  routes: [{ dst: "default", gateway: "10.0.0.1", dev: "ens5" }],
});

/** A bridge over the NIC carries the node's address, and virtual machines hang on it. */
export const bridgedNode = describe({
  links: [
    ether(2, "enp1s0", { master: "br0", linkinfo: { info_slave_kind: "bridge" } }),
    ether(3, "br0", kind("bridge")),
    ether(4, "vnet0", { master: "br0", ...kind("tun", { type: "tap" }, "bridge") }),
    { ifindex: 5, ifname: "tun0", link_type: "none", ...kind("tun", { type: "tun" }) },
    { ifindex: 6, ifname: "wg0", link_type: "none", ...kind("wireguard") },
  ],
  addresses: [addresses(3, "br0", "192.168.7.2/24"), addresses(5, "tun0", "10.8.0.2/24")],
  routes: [{ dst: "default", gateway: "192.168.7.1", dev: "br0" }],
});

/** OVN on Open vSwitch: the node's address on an internal port, the NIC in the datapath. */
export const openVswitch = describe({
  links: [
    ether(2, "ens3", { master: "ovs-system", linkinfo: { info_slave_kind: "openvswitch" } }),
    ether(3, "ovs-system", kind("openvswitch")),
    ether(4, "br-ex", kind("openvswitch")),
    ether(5, "genev_sys_6081", { master: "ovs-system", ...kind("geneve", { port: 6081 }, "openvswitch") }),
    ether(6, "a1b2c3d4e5f6", {
      link_index: 2,
      link_netnsid: 0,
      master: "ovs-system",
      ...kind("veth", {}, "openvswitch"),
    }),
  ],
  addresses: [addresses(4, "br-ex", "10.9.0.4/24")],
  routes: [{ dst: "default", gateway: "10.9.0.1", dev: "br-ex" }],
});
