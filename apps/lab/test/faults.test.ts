import { Fault } from "@hopline/fault";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fault, faultCommand } from "../src/commands/fault.js";
import { type DropRule, dropTable, readDrops } from "../src/faults/drop-rules.js";
import { FAULT_FLAGS, isFaultKind, readFaultFlags } from "../src/faults/fault-flags.js";
import { FAULT_SCHEMAS, type FaultKind, faultRequestSchema } from "../src/faults/fault-request.js";
import { FaultSites } from "../src/faults/fault-sites.js";
import { Faults } from "../src/faults/faults.js";
import { LabNames } from "../src/host/names.js";
import { ObjectStore } from "../src/kube-api/index.js";
import { nodePlan } from "../src/network/address-plan.js";
import { PROFILES } from "../src/network/profile.js";
import { ClusterObjects } from "../src/objects/cluster-objects.js";

const KINDS = Object.keys(FAULT_SCHEMAS).filter(isFaultKind);

describe("the command line of a fault", () => {
  function read(kind: FaultKind, ...argv: readonly string[]) {
    const others = { schema: {}, sources: {} };
    const answer = readFaultFlags({ command: `hopline lab fault add ${kind}`, kind, argv, others });
    if (answer.kind === "help") throw new Error("help was not asked for");
    return faultRequestSchema.parse({ ...answer.settings, kind });
  }

  test.each(KINDS)("%s has a flag for each of its fields, and none beside", (kind) => {
    expect(Object.keys(FAULT_FLAGS[kind].sources)).toEqual(Object.keys(FAULT_SCHEMAS[kind].shape));
  });

  test.each([
    [
      "drop-uplink --node node1 --probability 0.001",
      { node: "node1", direction: "out", probability: 0.001, traffic: "vxlan" },
    ],
    [
      "drop-uplink --node node1 --direction in --probability 1 --traffic any --peer node2",
      { node: "node1", direction: "in", probability: 1, traffic: "any", peer: "node2" },
    ],
    ["drop-pod --pod shop/web-1 --probability 0.2", { pod: "shop/web-1", direction: "in", probability: 0.2 }],
    ["drop-forward --node node2 --probability 5e-6", { node: "node2", probability: 0.000005 }],
    ["route --node node1 --to node2", { node: "node1", to: "node2", type: "blackhole" }],
    ["mtu --node node1 --mtu 1300 --silent", { node: "node1", interface: "tunnel", mtu: 1300, silent: true }],
    ["fdb --node node1 --peer node2", { node: "node1", peer: "node2" }],
    ["neighbour --node node1 --peer node2", { node: "node1", peer: "node2" }],
    [
      "delay --node node1 --rate-kbit 2000",
      { node: "node1", direction: "out", rateKbit: 2000, burstBytes: 3200, queueMs: 500 },
    ],
    ["conntrack-full --node node2", { node: "node2" }],
    ["pause --pid 4711", { pid: 4711 }],
    ["enforcement-off", {}],
  ])("%s", (line, settings) => {
    const [kind = "", ...argv] = line.split(" ");
    if (!isFaultKind(kind)) throw new Error(`${kind} is no fault`);
    expect(read(kind, ...argv)).toEqual({ kind, ...settings });
  });

  test.each([
    ["drop-uplink --node node1", "--probability is not set: take a number from 0.000001 to 1."],
    ["drop-uplink --node node1 --probability 2", '--probability is "2": take a number from 0.000001 to 1.'],
    ["drop-uplink --node node1 --probability 0", '--probability is "0": take a number from 0.000001 to 1.'],
    ["drop-uplink --probability 0.1", "--node is not set: name a node, such as node1."],
    ["drop-pod --probability 0.1", "--pod is not set: name a pod as NAMESPACE/POD."],
    [
      "drop-pod --pod a/b --probability 0.1 --direction up",
      '--direction is "up": take out (what it sends) or in (what it gets).',
    ],
    ["mtu --node node1 --mtu 100", '--mtu is "100": take bytes from 576 to 1499, a whole number.'],
    ["mtu --node node1 --mtu 1300.5", '--mtu is "1300.5": take bytes from 576 to 1499, a whole number.'],
    ["delay --node node1", "--rate-kbit is not set: take kbit/s from 8 to 10000000, a whole number."],
    [
      "delay --node node1 --rate-kbit 100 --burst-bytes 100",
      '--burst-bytes is "100": take bytes from 1600 to 100000000, a whole number.',
    ],
    ["pause --pid 1", '--pid is "1": take a process id above 1.'],
    [
      "route --node node1 --to node2 --type loop",
      '--type is "loop": take blackhole, unreachable, prohibit or missing.',
    ],
  ])("%s is refused in one sentence", (line, sentence) => {
    const [kind = "", ...argv] = line.split(" ");
    if (!isFaultKind(kind)) throw new Error(`${kind} is no fault`);
    const command = `hopline lab fault add ${kind}`;
    expect(() => read(kind, ...argv)).toThrow(`${command}: ${sentence}`);
  });

  test("names its command, and refuses one that is not there", async () => {
    expect(faultCommand(["add", "mtu", "--node"])).toBe("hopline lab fault add mtu");
    expect(faultCommand(["add", "nonsense"])).toBe("hopline lab fault add");
    expect(faultCommand(["remove", "f1"])).toBe("hopline lab fault remove");
    expect(faultCommand([])).toBe("hopline lab fault");
    for (const words of [["add", "nonsense"], ["add"], ["heal"], ["remove"]]) {
      await expect(fault(words)).rejects.toMatchObject({ code: "SETTINGS_INVALID" });
    }
  });
});

describe("the rule of a drop", () => {
  const plain: DropRule = {
    family: "netdev",
    table: "hopline_fault_f1",
    hook: 'egress device "veth1" priority -300',
    linkHeaderBytes: 14,
    match: "meta protocol ip",
    probability: 0.015,
    vxlanPort: undefined,
  };
  const outer: DropRule = { ...plain, linkHeaderBytes: 0, match: "udp dport 8472", vxlanPort: 8472 };

  test("counts what it is about, draws, counts what it drops", () => {
    const map = (stage: string) =>
      [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15].map((words) => `${words} : "${stage}_tcp_${words}"`).join(", ");
    expect(
      dropTable(plain)
        .split("\n")
        .filter((line) => !line.startsWith("  counter")),
    ).toEqual([
      "table netdev hopline_fault_f1 {",
      "  chain toss {",
      '    counter name "matched"',
      `    @nh,0,8 0x45 ip protocol tcp counter name @nh,256,4 map { ${map("matched")} }`,
      '    @nh,0,8 0x45 ip protocol udp counter name "matched_udp"',
      "    numgen random mod 1000000 >= 15000 accept",
      '    counter name "dropped"',
      `    @nh,0,8 0x45 ip protocol tcp counter name @nh,256,4 map { ${map("dropped")} }`,
      '    @nh,0,8 0x45 ip protocol udp counter name "dropped_udp"',
      "    drop",
      "  }",
      "  chain site {",
      '    type filter hook egress device "veth1" priority -300; policy accept;',
      "    meta protocol ip jump toss",
      "  }",
      "}",
      "",
    ]);
  });

  test("looks into VXLAN where it sees outer packets, and draws nothing where all is lost", () => {
    const text = dropTable({ ...outer, probability: 1 });
    expect(text).toContain('udp dport 8472 @nh,400,8 0x45 @nh,472,8 17 counter name "matched_vxlan_udp"');
    expect(text).toContain("@nh,472,8 6 counter name @nh,656,4 map");
    expect(text).toContain('udp dport != 8472 counter name "matched_udp"');
    expect(text).not.toContain("numgen");
  });

  test.each([
    ["pods' own packets behind Ethernet", plain, { udp: 14 + 28, tcp: 14 + 20 }],
    ["packets in VXLAN", outer, { udp: 70 + 8, tcp: 70 }],
  ])("reads payload of %s from bytes and headers", (_what, rule, header) => {
    const inner = rule.vxlanPort === undefined ? "" : "vxlan_";
    fc.assert(
      fc.property(
        fc.array(fc.record({ words: fc.integer({ min: 4, max: 15 }), payload: fc.nat(65_000) })),
        (packets) => {
          const counters = new Map<string, { packets: number; bytes: number }>();
          const count = (name: string, bytes: number) => {
            const before = counters.get(name) ?? { packets: 0, bytes: 0 };
            counters.set(name, { packets: before.packets + 1, bytes: before.bytes + bytes });
          };
          let payloadBytes = 0;
          for (const { words, payload } of packets) {
            // Four words stand for UDP: no TCP header is that short.
            const bytes = payload + (words === 4 ? header.udp : header.tcp + words * 4);
            count("matched", bytes);
            count(words === 4 ? `matched_${inner}udp` : `matched_${inner}tcp_${words}`, bytes);
            payloadBytes += payload;
          }
          const nftables = [...counters].map(([name, counted]) => ({ counter: { name, ...counted } }));
          const reading = readDrops(rule, JSON.stringify({ nftables: [{ metainfo: {} }, ...nftables] }));
          expect(reading).toMatchObject({
            matched: { packets: packets.length, payloadBytes },
            dropped: { packets: 0, bytes: 0, payloadBytes: 0 },
          });
        },
      ),
    );
  });
});

describe("what a fault names", () => {
  const objects = new ClusterObjects(new ObjectStore());
  objects.apply<"Pod">({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "web-1", namespace: "shop" },
    spec: {
      nodeName: "node2",
      dnsPolicy: "ClusterFirst",
      containers: [{ name: "web", image: "hopline.lab/http:1", env: [], ports: [] }],
    },
    status: { phase: "Running", podIP: "10.244.2.9" },
  });
  const sites = new FaultSites({
    names: new LabNames("unit"),
    nodes: [nodePlan(1), nodePlan(2)],
    profile: PROFILES.flannel,
    objects,
  });

  test.each([
    ["node2", "10.244.2.0/24"],
    ["shop/web-1", "10.244.2.9/32"],
    ["10.244.1.4", "10.244.1.4/32"],
    ["203.0.113.0/24", "203.0.113.0/24"],
  ])("%s is the range %s", (text, range) => {
    expect(sites.range(text)).toBe(range);
  });

  test.each([
    ["node9", "There is no node node9."],
    ["shop/web-2", "There is no running pod shop/web-2."],
    ["10.244.1.0/33", "10.244.1.0/33 is no IPv4 range."],
    ["10.244.1.0/", "10.244.1.0/ is no IPv4 range."],
  ])("%s is refused", (text, message) => {
    expect(() => sites.range(text)).toThrow(message);
  });

  test("a fault that is refused takes no id; one that is there keeps others off its place", async () => {
    const switched: [readonly string[], boolean][] = [];
    const faults = new Faults({
      sites,
      setEnforcement: async (nodes, enforcing) => {
        switched.push([nodes, enforcing]);
      },
      ownPids: () => [process.pid],
      nowMs: () => 1000,
    });
    await expect(faults.add({ kind: "pause", pid: process.pid })).rejects.toMatchObject({
      code: "LAB_FAULT_INVALID",
    });
    await expect(faults.add({ kind: "fdb", node: "node1", peer: "node1" })).rejects.toThrow(Fault);
    const first = await faults.add({ kind: "enforcement-off", node: "node1" });
    expect(first).toEqual({
      id: "f1",
      kind: "enforcement-off",
      about: "node1 enforces no network policy",
      request: { kind: "enforcement-off", node: "node1" },
      injectedMs: 1000,
    });
    await expect(faults.add({ kind: "enforcement-off" })).rejects.toMatchObject({ code: "LAB_FAULT_THERE" });
    await faults.add({ kind: "enforcement-off", node: "node2" });
    expect((await faults.remove("all")).map(({ id }) => id)).toEqual(["f2", "f1"]);
    expect(faults.entries).toEqual([]);
    await expect(faults.remove("f1")).rejects.toMatchObject({ code: "LAB_FAULT_UNKNOWN" });
    expect(switched).toEqual([
      [["node1"], false],
      [["node2"], false],
      [["node2"], true],
      [["node1"], true],
    ]);
  });
});
