import {
  DecodedPacket,
  DIRECTION_EGRESS,
  DIRECTION_INGRESS,
  DIRECTION_UNKNOWN,
  parseAddress,
} from "@hopline/packet";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeInferred } from "../src/inferred-description.js";
import { type InferenceFacts, inferRoles, type KnownOwner } from "../src/inferred-roles.js";
import { InterfaceEvidence } from "../src/interface-evidence.js";
import { decideRoles, ROLES } from "../src/roles.js";
import { Topology } from "../src/topology.js";

const [POD1, POD2, REMOTE, NODE, OTHER_NODE, OUTSIDE] = [
  "10.244.1.5",
  "10.244.1.6",
  "10.244.2.7",
  "172.31.0.11",
  "172.31.0.12",
  "203.0.113.9",
] as const;

const DUMP: Readonly<Record<string, KnownOwner>> = {
  [POD1]: { kind: "pod", node: "node1" },
  [POD2]: { kind: "pod", node: "node1" },
  [REMOTE]: { kind: "pod", node: "node2" },
  [NODE]: { kind: "node", node: "node1" },
  [OTHER_NODE]: { kind: "node", node: "node2" },
};
const withDump: InferenceFacts = { node: "node1", ownerOf: (address) => DUMP[address] };
const withoutDump: InferenceFacts = { node: "node1", ownerOf: () => undefined };

type Sighting = readonly [source: string, destination: string, direction: "in" | "out" | "?"];
const DIRECTIONS = { in: DIRECTION_INGRESS, out: DIRECTION_EGRESS, "?": DIRECTION_UNKNOWN } as const;

function saw(
  name: string,
  packets: readonly Sighting[],
  outer?: readonly [string, string],
): InterfaceEvidence {
  const evidence = new InterfaceEvidence(name);
  for (const [source, destination, direction] of packets) {
    const packet = new DecodedPacket();
    [packet.source0, packet.source1, packet.source2, packet.source3] = words(source);
    [packet.destination0, packet.destination1, packet.destination2, packet.destination3] = words(destination);
    packet.direction = DIRECTIONS[direction];
    if (outer !== undefined) {
      packet.encapsulationDepth = 1;
      const [from, to] = [words(outer[0]), words(outer[1])];
      [packet.outerSource0, packet.outerSource1, packet.outerSource2, packet.outerSource3] = from;
      [
        packet.outerDestination0,
        packet.outerDestination1,
        packet.outerDestination2,
        packet.outerDestination3,
      ] = to;
    }
    evidence.add(packet);
  }
  return evidence;
}

function words(address: string): [number, number, number, number] {
  const view = new DataView(parseAddress(address)!.buffer);
  return [view.getInt32(0), view.getInt32(4), view.getInt32(8), view.getInt32(12)];
}

function rolesOf(interfaces: readonly InterfaceEvidence[], facts: InferenceFacts): string[] {
  return inferRoles(interfaces, facts).map(({ name, role }) => `${name} ${role}`);
}

/** One conversation of POD1 with REMOTE as every interface of a Flannel node sees it, and one with POD2. */
function flannelNode(names: readonly [string, string, string, string, string]): InterfaceEvidence[] {
  const [veth1, veth2, bridge, tunnel, uplink] = names;
  const out: Sighting[] = [
    [POD1, REMOTE, "out"],
    [REMOTE, POD1, "in"],
  ];
  const fromPod1: Sighting[] = [
    [POD1, REMOTE, "in"],
    [REMOTE, POD1, "out"],
    [POD1, POD2, "in"],
    [POD2, POD1, "out"],
  ];
  return [
    saw(veth1, fromPod1),
    saw(veth2, [
      [POD1, POD2, "out"],
      [POD2, POD1, "in"],
      [OUTSIDE, POD2, "out"],
    ]),
    saw(bridge, [...fromPod1.slice(0, 2), [POD2, REMOTE, "in"], [POD1, POD2, "out"], [POD2, POD1, "out"]]),
    saw(tunnel, [...out, [POD2, REMOTE, "out"]]),
    saw(uplink, out, [NODE, OTHER_NODE]),
  ];
}

describe("the role of an interface of which only a capture is there", () => {
  test.each([
    ["veth4e114f59", "pod"],
    ["cali1a2b3c4d5e6", "pod"],
    ["lxc8f0a", "pod"],
    ["eni4ac3bcd1234", "pod"],
    ["cni0", "bridge"],
    ["docker0", "bridge"],
    ["br-4f1c2d", "bridge"],
    ["flannel.1", "tunnel"],
    ["cilium_vxlan", "tunnel"],
    ["vxlan.calico", "tunnel"],
    ["genev_sys_6081", "tunnel"],
    ["tunl0", "tunnel"],
    ["wg0", "tunnel"],
    ["lo", "host"],
    ["kube-ipvs0", "host"],
  ])("%s is %s by its name", (name, role) => {
    expect(rolesOf([saw(name, [[POD1, OUTSIDE, "in"]]), saw("vethx", [])], withoutDump)[0]).toBe(
      `${name} ${role}`,
    );
  });

  test.each([["eth0"], ["ens3"], ["enp0s31f6"], ["eno1"], ["bond0"]])("%s is an uplink", (name) => {
    const interfaces = [saw(name, [[NODE, OUTSIDE, "?"]]), saw("veth1", [[POD1, OUTSIDE, "?"]])];
    expect(rolesOf(interfaces, withDump)[0]).toBe(`${name} uplink`);
  });

  test("a network card with one pod alone behind it is the pod's own", () => {
    const packets: Sighting[] = [
      [POD1, OUTSIDE, "?"],
      [REMOTE, POD1, "?"],
    ];
    expect(inferRoles([saw("eth0", packets)], withDump)).toEqual([
      { name: "eth0", role: "pod", because: "10.244.1.5 alone is behind it", attachedAddresses: [POD1] },
    ]);
  });

  test("names that tell nothing: by direction and the dump", () => {
    expect(rolesOf(flannelNode(["if5", "if6", "if4", "if3", "if2"]), withDump)).toEqual([
      "if5 pod",
      "if6 pod",
      "if4 bridge",
      "if3 tunnel",
      "if2 uplink",
    ]);
  });

  test("names that tell nothing and no dump: pods are found first, and tell the rest", () => {
    const inferred = inferRoles(flannelNode(["if5", "if6", "if4", "if3", "if2"]), withoutDump);
    expect(inferred.map(({ role }) => role)).toEqual(["pod", "pod", "bridge", "tunnel", "uplink"]);
    expect(inferred.map(({ attachedAddresses }) => attachedAddresses)).toEqual([[POD1], [POD2], [], [], []]);
  });

  test("a file without names and directions stands for all points of its node", () => {
    expect(rolesOf([saw("if0", [[POD1, REMOTE, "?"]])], withoutDump)).toEqual(["if0 unknown"]);
  });

  test("all interfaces in one, with directions: counts where packets come from pods", () => {
    const all = flannelNode(["if0", "if0", "if0", "if0", "if0"]);
    const [one] = all;
    for (const { addresses } of all.slice(1)) {
      for (const [address, seen] of addresses) {
        const sum = one!.addresses.get(address) ?? { packets: 0, beyond: 0, near: 0 };
        sum.packets += seen.packets;
        sum.beyond += seen.beyond;
        sum.near += seen.near;
        one!.addresses.set(address, sum);
      }
    }
    one!.tunnelled = 2;
    expect(rolesOf([one!], withDump)).toEqual(["if0 pod"]);
    expect(rolesOf([saw("if0", [[OUTSIDE, NODE, "in"]])], withDump)).toEqual(["if0 uplink"]);
  });

  test("without a pod's interface or directions, exactly one interface speaks", () => {
    const interfaces = [
      saw("flannel.1", [[POD1, REMOTE, "?"]]),
      saw("eth0", [[POD1, REMOTE, "?"]], [NODE, OTHER_NODE]),
      saw("xyz", [
        [POD1, REMOTE, "?"],
        [POD2, OUTSIDE, "?"],
      ]),
    ];
    expect(rolesOf(interfaces, withDump)).toEqual(["flannel.1 tunnel", "eth0 unknown", "xyz bridge"]);
  });

  test("an interface without a packet has no addresses and harms nobody", () => {
    expect(inferRoles([saw("veth1", []), saw("if1", [])], withoutDump)).toMatchObject([
      { role: "pod", attachedAddresses: [] },
      { role: "bridge" },
    ]);
  });
});

describe("the description made of inferred roles", () => {
  test("gives every interface the role that was inferred, and pods their addresses", () => {
    const role = fc.constantFrom(...ROLES);
    fc.assert(
      fc.property(fc.array(role, { maxLength: 12 }), (roles) => {
        const inferred = roles.map((one, at) => ({
          name: `if${at}`,
          role: one,
          because: "",
          attachedAddresses: one === "pod" ? [`10.244.0.${at + 1}`] : [],
        }));
        const description = describeInferred(inferred);
        const decided = decideRoles(description);
        expect(inferred.map((_, at) => decided.get(at + 1)?.role)).toEqual(roles);
        const topology = new Topology({ nowMs: () => 0 });
        topology.update(description);
        for (const { name, attachedAddresses } of inferred)
          expect(topology.byName(name)?.attachedAddresses).toEqual(attachedAddresses);
      }),
    );
  });
});
