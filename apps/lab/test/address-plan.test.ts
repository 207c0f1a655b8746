import { describe, expect, test } from "vitest";
import { LabNames } from "../src/host/names.js";
import { MAX_NODES, nodePlan, serviceAddress } from "../src/network/address-plan.js";
import { forwardingLines, remoteNodeLines, vxlanDeviceLines } from "../src/network/flannel.js";
import { PROFILES } from "../src/network/profile.js";
import { cableLines } from "../src/network/underlay.js";

describe("the address plan", () => {
  test("gives every node addresses of its own", () => {
    const nodes = Array.from({ length: MAX_NODES }, (_, index) => nodePlan(index + 1));
    for (const field of ["name", "address", "podCidr", "vtepAddress", "vtepMac"] as const) {
      expect(new Set(nodes.map((node) => node[field])).size).toBe(MAX_NODES);
    }
    expect(nodes[0]).toEqual({
      index: 1,
      name: "node1",
      address: "172.31.0.11",
      podCidr: "10.244.1.0/24",
      vtepAddress: "10.244.1.0",
      vtepMac: "0a:f1:a0:e1:00:01",
    });
    expect(nodes.every((node) => Number(node.address.split(".")[3]) < 255)).toBe(true);
    expect(serviceAddress(0)).toBe("10.96.0.100");
    expect(serviceAddress(200)).toBe("10.96.1.44");
  });
});

describe("the overlay, as Flannel sets it up", () => {
  test("device, and route, neighbour and forwarding entry for the other node", () => {
    expect(vxlanDeviceLines(nodePlan(1), PROFILES.flannel)).toEqual([
      "link add flannel.1 address 0a:f1:a0:e1:00:01 mtu 1450 type vxlan id 1 local 172.31.0.11 dev eth0 dstport 8472 nolearning",
      "addr add 10.244.1.0/32 dev flannel.1",
      "link set flannel.1 up",
    ]);
    expect(vxlanDeviceLines(nodePlan(1), PROFILES.vxlan4789)[0]).toContain("dstport 4789");
    expect(remoteNodeLines([nodePlan(2)])).toEqual([
      "neigh add 10.244.2.0 lladdr 0a:f1:a0:e1:00:02 dev flannel.1 nud permanent",
      "route add 10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink",
    ]);
    expect(forwardingLines([nodePlan(2)])).toEqual([
      "fdb add 0a:f1:a0:e1:00:02 dev flannel.1 dst 172.31.0.12 self permanent",
    ]);
  });
});

describe("names", () => {
  test("cables never touch the machine's own namespace", () => {
    for (const line of cableLines(new LabNames("demo"), [nodePlan(1), nodePlan(2)])) {
      expect(line).toMatch(
        /^link add name eth0 netns hl-demo-\S+ type veth peer name \S+ netns hl-demo-underlay$/,
      );
    }
  });

  test("no lab's names begin another's", () => {
    expect(new LabNames("a").pod("shop", "web-1")).toBe("hl-a-p-shop.web-1");
    for (const name of ["", "a-b", "A", "x".repeat(25), "a.b", "../a"]) {
      expect(() => new LabNames(name)).toThrow(/cannot be named/);
    }
  });
});
