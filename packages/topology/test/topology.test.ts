import { formatAddress, parseAddress } from "@hopline/packet";
import { describe, expect, it } from "vitest";
import { Topology } from "../src/topology.js";
import { calico, flannel, kind_ } from "./descriptions.js";

function attached(topology: Topology, name: string, ipv4 = true): string | undefined {
  const address = topology.attachedAddress(name, ipv4);
  return address && formatAddress(address);
}

function learn(topology: Topology, name: string, address: string): void {
  topology.learn(name, parseAddress(address) ?? new Uint8Array(16), 0);
}

describe("Topology", () => {
  it("finds a pod's addresses through forwarding table and neighbours on a bridge", () => {
    const topology = new Topology({ nowMs: () => 0 });
    topology.update(flannel);
    expect(topology.byName("veth1a2b3c")?.attachedAddresses).toEqual(["10.244.1.5"]);
    expect(topology.byName("veth4d5e6f")?.attachedAddresses).toEqual(["10.244.1.6", "fd00:10::6"]);
    expect(attached(topology, "veth4d5e6f", true)).toBe("10.244.1.6");
    expect(attached(topology, "veth4d5e6f", false)).toBe("fd00:10::6");
    expect(attached(topology, "veth1a2b3c", false)).toBe("10.244.1.5");
    expect(attached(topology, "vethdocker")).toBeUndefined();
  });

  it("finds them through host routes where pods are routed", () => {
    const topology = new Topology({ nowMs: () => 0 });
    topology.update(calico);
    expect(topology.byName("cali0123456789a")?.attachedAddresses).toEqual(["10.50.3.4", "fd50::4"]);
    topology.update(kind_);
    expect(topology.byName("vetha2")?.attachedAddresses).toEqual(["10.244.0.6"]);
  });

  it("learns from traffic only what the kernel does not say, and the first that is a pod's", () => {
    const topology = new Topology({ nowMs: () => 0 });
    topology.update(flannel);
    for (const address of ["0.0.0.0", "169.254.3.4", "224.0.0.1", "fe80::7", "ff02::1"])
      learn(topology, "vethdocker", address);
    expect(attached(topology, "vethdocker")).toBeUndefined();
    learn(topology, "vethdocker", "172.17.0.2");
    learn(topology, "vethdocker", "172.17.0.99");
    learn(topology, "veth1a2b3c", "10.9.9.9");
    learn(topology, "ens3", "8.8.8.8");
    expect(attached(topology, "vethdocker")).toBe("172.17.0.2");
    expect(attached(topology, "veth1a2b3c")).toBe("10.244.1.5");
    expect(attached(topology, "ens3")).toBeUndefined();
    topology.update(flannel);
    expect(attached(topology, "vethdocker")).toBe("172.17.0.2");
  });

  it("knows since when it knows an interface, and the newest one's index", () => {
    let nowMs = 1000;
    const topology = new Topology({ nowMs: () => nowMs });
    expect(topology.newestIndex).toBe(0);
    topology.update(flannel);
    const { index } = topology.byName("veth4d5e6f")!;
    nowMs = 2000;
    topology.update({ ...flannel, neighbours: [] });
    expect(topology.byIndex(index)?.sinceMs).toBe(1000);
    expect(topology.newestIndex).toBe(Math.max(...flannel.links.map(({ ifindex }) => ifindex)));
    topology.update({
      ...flannel,
      links: flannel.links.map((link) => ({ ...link, ifname: `${link.ifname}x` })),
    });
    expect(topology.byIndex(index)?.sinceMs).toBe(2000);
  });

  it("keeps a silent pod's address when the kernel forgets its neighbour", () => {
    const topology = new Topology({ nowMs: () => 0 });
    topology.update(flannel);
    topology.update({ ...flannel, neighbours: [], forwarding: [] });
    expect(attached(topology, "veth1a2b3c")).toBe("10.244.1.5");
  });

  it("remembers an interface that has gone for five minutes", () => {
    let nowMs = 1_000_000;
    const topology = new Topology({ nowMs: () => nowMs });
    topology.update(flannel);
    const without = { ...flannel, links: flannel.links.filter((link) => link.ifindex !== 6) };
    topology.update(without);
    expect(topology.byIndex(6)).toMatchObject({ name: "veth1a2b3c", role: "pod" });
    expect(attached(topology, "veth1a2b3c")).toBe("10.244.1.5");
    expect(topology.indexesOf(new Set(["pod"]))).toEqual([7, 8]);
    nowMs += 299_000;
    topology.update(without);
    expect(topology.byIndex(6)).toBeDefined();
    nowMs += 2000;
    topology.update(without);
    expect(topology.byIndex(6)).toBeUndefined();
    expect(topology.byName("veth1a2b3c")).toBeUndefined();
  });

  it("does not give a new interface of an old name the old one's learned address", () => {
    const topology = new Topology({ nowMs: () => 0 });
    topology.update(flannel);
    learn(topology, "vethdocker", "172.17.0.2");
    const links = flannel.links.map((link) => (link.ifindex === 8 ? { ...link, ifindex: 80 } : link));
    topology.update({ ...flannel, links });
    expect(attached(topology, "vethdocker")).toBeUndefined();
    expect(topology.byName("vethdocker")?.index).toBe(80);
  });

  it("knows the ports on which its VXLAN devices speak", () => {
    const topology = new Topology({ nowMs: () => 0 });
    topology.update(flannel);
    expect(topology.tunnelPorts()).toEqual({ vxlan: [8472], vxlanGpe: [], geneve: [] });
  });
});
