import { describe, expect, test } from "vitest";
import {
  diagnosePlace,
  type HopRow,
  type NodeReading,
  type NodeState,
  type PathConnection,
  placeToDiagnose,
  tracePath,
} from "../src/index.js";
import { ACROSS, complete, connection, DB, hopRow, LATER, SYNS, WEB, WINDOW } from "./path-rows.js";

const UNANSWERED = connection(WEB, DB, { outcome: "unanswered" });
/** When the last packet of {@link SYNS} came. */
const LAST_S = 8;
const VTEP_MAC = "0a:f1:a0:e1:00:02";

const nic = (name: string, kind: string, role: string, mtu: number) => ({
  ...{ name, kind, role, mtu, up: true, isPointed: kind !== "vxlan" },
  ...{ receiveDropped: 0, sendDropped: 0, receiveErrors: 0, sendErrors: 0 },
});
const route = (destination: string, device: string, gateway: string | null = null, type = "unicast") => ({
  ...{ table: "main", type, destination, metric: 0, mtu: null },
  nextHops: device === "" ? [] : [{ device, gateway }],
});

/** node1 of a Flannel cluster: 10.1.1.0/24 is its own, 10.1.2.0/24 that of node2, 192.0.2.2. */
const WHOLE: NodeState = {
  interfaces: [
    nic("eth0", "", "uplink", 1500),
    nic("cni0", "bridge", "bridge", 1450),
    nic("veth1", "veth", "pod", 1450),
    nic("flannel.1", "vxlan", "tunnel", 1450),
  ],
  routes: [
    route("0.0.0.0/0", "eth0", "192.0.2.254"),
    route("192.0.2.0/24", "eth0"),
    route("10.1.1.0/24", "cni0"),
    route("10.1.2.0/24", "flannel.1", "10.1.2.0"),
  ],
  rules: [],
  neighbours: [
    { address: "10.1.2.0", device: "flannel.1", mac: VTEP_MAC, state: "permanent" },
    { address: "192.0.2.2", device: "eth0", mac: "02:00:00:00:00:02", state: "usable" },
  ],
  forwarding: [{ device: "flannel.1", mac: VTEP_MAC, remote: "192.0.2.2" }],
  conntrack: { entries: 100, limit: 262_144, dropped: 0 },
  cut: false,
};

const at = (seconds: number, given: Partial<NodeState> = {}, node = "node1"): NodeReading => ({
  node,
  readAtMs: (WINDOW + seconds) * 1000,
  state: { ...WHOLE, ...given },
});
const withRoute = (...routes: NodeState["routes"]) => ({ routes: [...WHOLE.routes, ...routes] });

/** What is found where the packets came to node1's veth and did not leave the node. */
function inside(
  readings: readonly NodeReading[],
  { of = UNANSWERED as PathConnection, row = SYNS as Partial<HopRow>, backends = [] as string[] } = {},
) {
  const path = tracePath(of, [hopRow(ACROSS[0], row)], complete("node1", "node2"), [], LATER);
  return diagnosePlace(of, path, readings, backends);
}

const IN_ORDER = [{ kind: "place-in-order", node: "node1" }];

test("nothing is asked where nothing is broken; else the state from before the last packet to shortly after", () => {
  const whole = tracePath(
    connection(WEB, DB),
    ACROSS.map((place) => hopRow(place)),
    complete("node1", "node2"),
    [],
    LATER,
  );
  expect(placeToDiagnose(connection(WEB, DB), whole)).toBeUndefined();
  const lost = tracePath(UNANSWERED, [hopRow(ACROSS[0], SYNS)], complete("node1", "node2"), [], LATER);
  expect(placeToDiagnose(UNANSWERED, lost)).toEqual({
    nodes: ["node1"],
    fromMs: (WINDOW + LAST_S - 75) * 1000,
    toMs: (WINDOW + LAST_S + 15) * 1000,
    needsBackends: false,
  });
});

test("all in order: what is left is a rule; without a reading nothing is said", () => {
  expect(inside([at(0)])).toEqual(IN_ORDER);
  expect(inside([])).toEqual([]);
  expect(inside([at(0, {}, "node2")])).toEqual([]);
});

describe("routes", () => {
  const noRoute = (taken: string | null) => [
    { kind: "no-route", node: "node1", target: "10.1.2.3", route: taken },
  ];

  test.each([
    ["a blackhole", withRoute(route("10.1.2.3/32", "", null, "blackhole")), noRoute("blackhole 10.1.2.3/32")],
    [
      "a prohibition that is shorter than the route",
      withRoute(route("10.0.0.0/8", "", null, "prohibit")),
      IN_ORDER,
    ],
    [
      "one of the same length with a lower metric",
      {
        routes: [
          ...WHOLE.routes.slice(0, 3),
          { ...route("10.1.2.0/24", "flannel.1", "10.1.2.0"), metric: 100 },
          route("10.1.2.0/24", "", null, "unreachable"),
        ],
      },
      noRoute("unreachable 10.1.2.0/24"),
    ],
    ["its own is missing", { routes: WHOLE.routes.slice(0, 3) }, noRoute("default")],
    [
      "its own is missing, and there is no overlay: the default route may be the way",
      { routes: WHOLE.routes.slice(0, 3), interfaces: WHOLE.interfaces.slice(0, 3) },
      IN_ORDER,
    ],
    ["none at all", { routes: WHOLE.routes.slice(1, 3) }, noRoute(null)],
    ["none at all in a list that was cut", { routes: WHOLE.routes.slice(1, 3), cut: true }, IN_ORDER],
    [
      "a rule for some packets leads to another table: nobody knows",
      {
        routes: [...WHOLE.routes.slice(1, 3), { ...route("0.0.0.0/0", "eth0"), table: "100" }],
        rules: [
          { family: "ipv4", priority: 0, table: "local", isForAll: true },
          { family: "ipv4", priority: 100, table: "100", isForAll: false },
          { family: "ipv4", priority: 32_766, table: "main", isForAll: true },
        ],
      },
      IN_ORDER,
    ],
  ] as const)("%s", (_what, state, expected) => {
    expect(inside([at(0, state)])).toEqual(expected);
  });

  test("its own is missing: the packets left by the uplink, and not by the tunnel", () => {
    const onWire = (encapsulation: string) => {
      const rows = ACROSS.slice(0, 2).map((place) => hopRow(place, { ...SYNS, encapsulation }));
      const path = tracePath(UNANSWERED, rows, complete("node1", "node2"), [], LATER);
      return diagnosePlace(UNANSWERED, path, [at(0, { routes: WHOLE.routes.slice(0, 3) })], []);
    };
    expect(onWire("none")).toEqual(noRoute("default"));
    expect(onWire("vxlan")).toEqual([]);
  });

  test("of a Service, every backend that is used is tried", () => {
    const service = connection(
      WEB,
      { ...DB, kind: "service", node: "", address: "10.96.0.5", port: 80 },
      {
        outcome: "unanswered",
      },
    );
    const blackhole = withRoute(route("10.1.2.0/24", "", null, "blackhole"));
    const state = { ...blackhole, routes: [...WHOLE.routes.slice(0, 3), blackhole.routes[4]!] };
    expect(inside([at(0, state)], { of: service, backends: ["10.1.1.9", "10.1.2.3"] })).toEqual(
      noRoute("blackhole 10.1.2.0/24"),
    );
    expect(inside([at(0, state)], { of: service })).toEqual([]);
  });
});

describe("neighbours and tunnel entries", () => {
  const none = (state: string) => [
    { kind: "no-neighbour", node: "node1", target: "10.1.2.0", interface: "flannel.1", state },
  ];
  const peer = (state: NodeState["neighbours"][number]["state"], mac: string | null = null) => ({
    neighbours: [{ address: "10.1.2.0", device: "flannel.1", mac, state }],
  });

  test.each([
    ["asked for in vain", [at(0, peer("failed"))], none("failed")],
    ["being asked for", [at(0, peer("incomplete"))], none("incomplete")],
    ["gone, and nobody ever kept one: an idle node", [at(0, { neighbours: [] })], IN_ORDER],
    ["gone, which was kept before", [at(-30), at(0, { neighbours: [] })], none("missing")],
  ] as const)("a neighbour %s", (_what, readings, expected) => {
    expect(inside(readings)).toEqual(expected);
  });

  test("a hardware address that the tunnel does not know", () => {
    expect(inside([at(0, { forwarding: [] })])).toEqual([
      {
        kind: "no-forwarding-entry",
        node: "node1",
        target: "10.1.2.0",
        interface: "flannel.1",
        mac: VTEP_MAC,
      },
    ]);
    const flood = [{ device: "flannel.1", mac: "00:00:00:00:00:00", remote: "192.0.2.2" }];
    expect(inside([at(0, { forwarding: flood })])).toEqual(IN_ORDER);
  });

  test("the outer packet's own next hop", () => {
    const neighbours = [
      WHOLE.neighbours[0]!,
      { address: "192.0.2.2", device: "eth0", mac: null, state: "failed" },
    ] as const;
    expect(inside([at(0, { neighbours })])).toEqual([
      { kind: "no-neighbour", node: "node1", target: "192.0.2.2", interface: "eth0", state: "failed" },
    ]);
  });
});

describe("MTU", () => {
  const mtu = (name: string, bytes: number) => ({
    interfaces: WHOLE.interfaces.map((one) => (one.name === name ? { ...one, mtu: bytes } : one)),
  });
  const datagrams = { packets: 3, payloadPackets: 3, payloadBytes: 4200, bytes: 4284 };
  const udp = connection(WEB, DB, { protocol: "udp", outcome: "unanswered" });

  test("of the device, and of the one below the tunnel with what the tunnel adds", () => {
    const at1300 = { kind: "mtu", node: "node1", mtu: 1300 };
    expect(inside([at(0, mtu("flannel.1", 1300))], { of: udp, row: datagrams })).toEqual([
      { ...at1300, interface: "flannel.1", packetBytes: 1428 },
    ]);
    expect(inside([at(0, mtu("eth0", 1300))], { of: udp, row: datagrams })).toEqual([
      { ...at1300, interface: "eth0", packetBytes: 1478 },
    ]);
    expect(inside([at(0, mtu("eth0", 1478))], { of: udp, row: datagrams })).toEqual(IN_ORDER);
  });

  test("payload that the next hop has not counted yet is lost where the node's MTU says so, and only there", () => {
    const of = connection(WEB, DB);
    const opened = { packets: 2, payloadBytes: 0, payloadPackets: 0, bytes: 92 };
    const sent = { packets: 5, payloadPackets: 3, payloadBytes: 4194, bytes: 4386 };
    const rows = [hopRow(ACROSS[0], sent), ...ACROSS.slice(1).map((place) => hopRow(place, opened))];
    const trace = (...readings: NodeReading[]) => {
      const known = tracePath(of, rows, [], [], { nowMs: (WINDOW + 5) * 1000 });
      expect(known.broken).toBeNull();
      const evidence = diagnosePlace(of, known, readings, []);
      return tracePath(of, rows, [], evidence, { nowMs: (WINDOW + 5) * 1000 });
    };
    expect(trace(at(0, mtu("flannel.1", 1300))).broken).toMatchObject({
      missing: "payload",
      segment: "source node",
      evidence: [{ kind: "mtu", node: "node1", interface: "flannel.1", mtu: 1300, packetBytes: 1450 }],
      sentence:
        "Packets from web-1 to db-1 with payload pass veth1 on node1 and never reach eth0 on node1: they are lost inside node1, the source node. flannel.1 on node1 takes packets of up to 1300 bytes, and these may have 1450: lower the pods' MTU or raise that of the interface.",
    });
    expect(trace(at(0))).toMatchObject({ broken: null, suspected: { missing: "payload" } });
    expect(trace().broken).toBeNull();
    // What was sent is smaller than what the interface takes.
    expect(trace(at(0, mtu("flannel.1", 1450))).broken).toBeNull();
  });
});

describe("what was so when", () => {
  const blackhole = withRoute(route("10.1.2.3/32", "", null, "blackhole"));

  test("the last reading before the packets counts, not those before it", () => {
    expect(inside([at(-40, blackhole), at(0)])).toEqual(IN_ORDER);
    expect(inside([at(-40), at(0, blackhole)])).toMatchObject([{ kind: "no-route" }]);
  });

  test("a change may be told late, but not later than it can be", () => {
    expect(inside([at(0), at(LAST_S + 3, blackhole)])).toMatchObject([{ kind: "no-route" }]);
    expect(inside([at(0), at(LAST_S + 10, blackhole)])).toEqual(IN_ORDER);
  });
});

describe("counters", () => {
  const conntrack = (entries: number, dropped: number) => ({
    conntrack: { entries, limit: 262_144, dropped },
  });

  test("a conntrack table that is full, or dropped meanwhile", () => {
    const full = { kind: "conntrack-full", node: "node1", limit: 262_144 };
    expect(inside([at(0, conntrack(262_144, 5))])).toEqual([{ ...full, droppedPackets: 0 }]);
    expect(inside([at(0, conntrack(9, 5)), at(LAST_S + 2, conntrack(9, 9))])).toEqual([
      { ...full, droppedPackets: 4 },
    ]);
    expect(inside([at(-9, conntrack(9, 5)), at(0, conntrack(9, 9)), at(LAST_S, conntrack(9, 9))])).toEqual(
      IN_ORDER,
    );
  });

  test("frames that the device on the way lost meanwhile, and no other", () => {
    const lost = (name: string) => ({
      interfaces: WHOLE.interfaces.map((one) => (one.name === name ? { ...one, sendDropped: 7 } : one)),
    });
    expect(inside([at(0), at(LAST_S + 2, lost("flannel.1"))])).toEqual([
      { kind: "interface-drops", node: "node1", interface: "flannel.1", frames: 7 },
    ]);
    expect(inside([at(0), at(LAST_S + 2, lost("cni0"))])).toEqual(IN_ORDER);
  });
});
