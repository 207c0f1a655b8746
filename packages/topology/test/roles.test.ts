import { describe, expect, it } from "vitest";
import type { NodeDescription } from "../src/description.js";
import { decideRoles, type RoleOptions } from "../src/roles.js";
import { bridgedNode, calico, cilium, flannel, kind_, openVswitch } from "./descriptions.js";

function rolesOf(description: NodeDescription, options?: RoleOptions): Record<string, string> {
  const roles = decideRoles(description, options);
  return Object.fromEntries(
    description.links.map((link) => [link.ifname, roles.get(link.ifindex)?.role ?? "none"]),
  );
}

describe("decideRoles", () => {
  it("Flannel: veth in a bridge, VXLAN, and Docker's bridge, whose address is nobody's uplink", () => {
    expect(rolesOf(flannel)).toEqual({
      lo: "host",
      ens3: "uplink",
      docker0: "bridge",
      "flannel.1": "tunnel",
      cni0: "bridge",
      veth1a2b3c: "pod",
      veth4d5e6f: "pod",
      vethdocker: "pod",
      "kube-ipvs0": "host",
    });
  });

  it("Calico on a VLAN on a bond: the VLAN device is the uplink, what is below would count its frames again", () => {
    expect(rolesOf(calico)).toEqual({
      lo: "host",
      eno1: "unknown",
      eno2: "unknown",
      bond0: "unknown",
      "bond0.100": "uplink",
      tunl0: "tunnel",
      cali0123456789a: "pod",
      calibbbbbbbbbbb: "pod",
      eno3: "unknown",
    });
    const roles = decideRoles(calico);
    expect(roles.get(2)?.because).toBe("its frames are seen again on bond0.100");
  });

  it("kind: a veth that carries the node's address is an uplink, one with a host route's address a pod", () => {
    expect(rolesOf(kind_)).toEqual({ lo: "host", vetha1: "pod", vetha2: "pod", eth0: "uplink" });
  });

  it("kind without a default route, as a node of a lab has none", () => {
    const routes = kind_.routes.filter((route) => route.dst !== "default");
    expect(rolesOf({ ...kind_, routes }).eth0).toBe("uplink");
  });

  it("Cilium: lxc veths are pods, its own pair is not", () => {
    expect(rolesOf(cilium)).toEqual({
      lo: "host",
      ens5: "uplink",
      cilium_net: "unknown",
      cilium_host: "host",
      cilium_geneve: "tunnel",
      lxc_health: "pod",
      lxc4f5e: "pod",
    });
  });

  it("a bridge that carries the node's address is the uplink, and its NIC is not a second one", () => {
    expect(rolesOf(bridgedNode)).toEqual({
      lo: "host",
      enp1s0: "unknown",
      br0: "uplink",
      vnet0: "pod",
      tun0: "tunnel",
      wg0: "tunnel",
    });
  });

  it("Open vSwitch: the internal port with the node's address is the uplink", () => {
    expect(rolesOf(openVswitch)).toEqual({
      lo: "host",
      ens3: "unknown",
      "ovs-system": "bridge",
      "br-ex": "uplink",
      genev_sys_6081: "tunnel",
      a1b2c3d4e5f6: "pod",
    });
  });

  it("an address that is known to be the node's decides, whatever its prefix", () => {
    expect(rolesOf(kind_, { nodeAddresses: ["10.244.0.1"] })).toMatchObject({
      vetha1: "uplink",
      vetha2: "uplink",
    });
  });
});
