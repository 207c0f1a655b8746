import { afterAll, expect, it } from "vitest";
import { z } from "zod";
import { POSITION_COLUMNS } from "../src/connection-row.js";
import { Database } from "../src/database.js";
import { embeddedStoreIn, temporaryDirectory } from "./embedded-store.js";
import { naiveOutcome } from "./naive-model.js";
import { encodeStoredHops, hop, type StoredHop, T0 } from "./stored-rows.js";

const NOW_MS = (T0 + 60) * 1000;
const dataDir = await temporaryDirectory();
const store = await embeddedStoreIn(dataDir, { now: () => NOW_MS });
// A second client on the same engine, to look at the tables themselves.
const database = new Database({ kind: "embedded", dataDir });
await database.open();
afterAll(() => database.close());

let nextId = 1n;

/** Stores each list as a batch of its own and gives the connection that they make. */
async function stored(...batches: Partial<StoredHop>[][]) {
  const id = nextId++;
  for (const [index, rows] of batches.entries()) {
    const batch = encodeStoredHops(rows.map((row) => hop({ ...row, connection_id: id })));
    await store.insertHops(batch, `${id}/${index}`);
  }
  const hex = id.toString(16).padStart(16, "0");
  const detail = await store.connectionDetail(hex, {});
  const columns = POSITION_COLUMNS.map(({ name }) => `sum(${name}) AS ${name}`).join(", ");
  const [positions] = await database.query(
    "positions",
    z.record(z.string(), z.coerce.number()),
    `SELECT ${columns} FROM connections WHERE connection_id = {id:UInt64}`,
    { id },
  );
  const nonZero = Object.entries(positions ?? {}).filter(([, value]) => value !== 0);
  return { hex, connection: detail?.connection, hops: detail?.hops, positions: Object.fromEntries(nonZero) };
}

const CROSS_NODE = { client_node: "node1", server_node: "node2" };
const only = (packets: number) => ({
  packets,
  payload_packets: 0,
  payload_bytes: 0,
  retransmitted_bytes: 0,
});

it("puts the hops of both nodes side by side", async () => {
  const { positions, connection, hops } = await stored(
    [
      { ...CROSS_NODE, node: "node1", role: "pod", direction: 0, ...only(100), gap_bytes: 0 },
      {
        ...CROSS_NODE,
        node: "node1",
        role: "uplink",
        interface: "eth0",
        interface_index: 2,
        direction: 1,
        ...only(99),
        reporter: 0,
      },
      {
        ...CROSS_NODE,
        node: "node1",
        role: "tunnel",
        interface: "vxlan",
        interface_index: 5,
        direction: 1,
        ...only(7),
        reporter: 0,
      },
      { ...CROSS_NODE, node: "node1", role: "pod", direction: 1, is_reply: 1, ...only(50) },
    ],
    [
      {
        ...CROSS_NODE,
        node: "node2",
        role: "uplink",
        interface: "eth0",
        interface_index: 2,
        direction: 0,
        ...only(98),
        reporter: 0,
        gap_bytes: -5,
      },
      {
        ...CROSS_NODE,
        node: "node2",
        role: "pod",
        interface: "veth2",
        direction: 1,
        ...only(97),
        reporter: 0,
      },
      {
        ...CROSS_NODE,
        node: "node2",
        role: "pod",
        interface: "veth2",
        direction: 0,
        is_reply: 1,
        ...only(60),
        reporter: 0,
      },
    ],
  );
  expect(positions).toEqual({
    source_pod_forward_packets: 100,
    source_uplink_forward_packets: 99,
    destination_uplink_forward_packets: 98,
    destination_uplink_forward_gap_bytes: -5,
    destination_pod_forward_packets: 97,
    source_pod_reply_packets: 50,
    destination_pod_reply_packets: 60,
  });
  expect(connection).toMatchObject({
    scope: "cross-node",
    hops: 5,
    forward: { packets: 100 },
    reply: { packets: 50 },
  });
  expect(hops?.map((one) => [one.node, one.interface, one.isReply, one.packets])).toHaveLength(7);
});

it("tells the two veths of one node apart, also where a pod calls itself through its Service", async () => {
  const { positions } = await stored([
    { role: "pod", interface: "veth1", direction: 0, ...only(4) },
    { role: "pod", interface: "veth2", direction: 1, ...only(3), reporter: 0 },
    { role: "pod", interface: "veth2", direction: 0, is_reply: 1, ...only(2), reporter: 0 },
    { role: "pod", interface: "veth1", direction: 1, is_reply: 1, ...only(1) },
  ]);
  expect(positions).toEqual({
    source_pod_forward_packets: 4,
    destination_pod_forward_packets: 3,
    destination_pod_reply_packets: 2,
    source_pod_reply_packets: 1,
  });
});

it("asks the address behind a veth where the direction is not known", async () => {
  const { positions } = await stored([
    { role: "pod", direction: 2, attached_address: "10.0.1.5", ...only(4) },
    { role: "pod", direction: 2, attached_address: "10.0.2.9", ...only(3), reporter: 0 },
  ]);
  expect(positions).toEqual({ source_pod_forward_packets: 4, destination_pod_forward_packets: 3 });
});

it("names the outside host behind a NodePort's source translation, whichever node tells first", async () => {
  const outside = {
    client_kind: "external",
    client_namespace: "",
    client_workload_kind: "",
    client_workload: "203.0.113.7",
    client_pod: "",
    client_node: "",
  };
  const entryNode = {
    client_kind: "node",
    client_namespace: "",
    client_workload_kind: "",
    client_workload: "node1",
    client_pod: "",
    client_node: "node1",
  };
  const tuple = { client_address: "192.168.0.1", client_port: 61_000, server_node: "node2" };
  const translated = {
    ...tuple,
    ...outside,
    node: "node1",
    role: "uplink",
    translation: "dnat+snat",
    original_client_address: "203.0.113.7",
    original_client_port: 50_123,
    original_server_address: "192.168.0.1",
    original_server_port: 30_080,
    service_namespace: "shop",
    service_name: "web",
    service_port_name: "http",
  };
  const plain = { ...tuple, ...entryNode, node: "node2", role: "pod", direction: 1, reporter: 0 };
  for (const batches of [
    [[translated], [plain]],
    [[plain], [translated]],
  ]) {
    const { connection, hex } = await stored(...batches);
    expect(connection).toMatchObject({
      client: {
        entity: { kind: "external", name: "203.0.113.7" },
        address: "203.0.113.7",
        port: 50_123,
        node: "",
      },
      server: { address: "10.0.2.9", port: 8080, node: "node2" },
      service: { namespace: "shop", name: "web", portName: "http", address: "192.168.0.1", port: 30_080 },
      translation: "dnat+snat",
      scope: "external",
    });
    const known = await store.translations([hex, "00000000ffffffff"]);
    expect([...known.keys()]).toEqual([hex]);
    expect(known.get(hex)).toEqual({
      connectionId: hex,
      translation: "dnat+snat",
      originalClientAddress: "203.0.113.7",
      originalClientPort: 50_123,
      originalServerAddress: "192.168.0.1",
      originalServerPort: 30_080,
      clientKind: "external",
      clientNamespace: "",
      clientWorkloadKind: "",
      clientWorkload: "203.0.113.7",
      clientPod: "",
      clientNode: "",
      serviceNamespace: "shop",
      serviceName: "web",
      servicePortName: "http",
    });
  }
});

it("prefers a name to none", async () => {
  const unknown = {
    client_kind: "unknown",
    client_workload: "10.0.1.5",
    client_namespace: "",
    client_pod: "",
  };
  const { connection } = await stored(
    [unknown],
    [{ window_start: T0 + 10 }],
    [{ ...unknown, window_start: T0 + 20 }],
  );
  expect(connection?.client.entity).toMatchObject({ kind: "workload", name: "web" });
});

it("says of a hop what encapsulated it and how far the server was", async () => {
  const { hops, connection } = await stored([
    { role: "pod", handshake_us: 900.5, syn_packets: 1 },
    {
      role: "uplink",
      interface: "eth0",
      direction: 1,
      reporter: 0,
      handshake_us: 700.25,
      outer_source_address: "192.168.0.1",
      outer_destination_address: "fd00::2",
      vni: 1,
    },
  ]);
  expect(connection?.handshakeUs).toBe(900.5);
  const uplink = hops?.find((one) => one.role === "uplink");
  expect(uplink).toMatchObject({
    direction: "egress",
    outerSource: "192.168.0.1",
    outerDestination: "fd00::2",
    vni: 1,
    handshakeUs: 700.25,
  });
  expect(hops?.find((one) => one.role === "pod")).toMatchObject({
    outerSource: null,
    outerDestination: null,
    vni: null,
  });
});

it("leaves out a row without a packet, and a connection of such rows only", async () => {
  const idle = {
    packets: 0,
    bytes: 0,
    payload_bytes: 0,
    payload_packets: 0,
    first_seen_us: 0,
    last_seen_us: 0,
  };
  const { connection } = await stored([{}, { ...idle, row_flags: 2, window_start: T0 + 30 }]);
  expect(connection?.firstSeen).toBe((T0 + 1) * 1000);
  expect((await stored([idle])).connection).toBeUndefined();
});

const TCP = { protocol: 6 };
const UDP = { protocol: 17 };
const reply = (over: Partial<StoredHop> = {}) => ({
  is_reply: 1,
  payload_bytes: 0,
  payload_packets: 0,
  ...over,
});
const YOUNG = { first_seen_us: (T0 + 58) * 1e6, last_seen_us: (T0 + 58) * 1e6, window_start: T0 + 50 };

const OUTCOMES: [string, string, Partial<StoredHop>[]][] = [
  ["SYN and SYN-ACK", "delivered", [{ ...TCP, syn_packets: 1 }, reply({ syn_ack_packets: 1 })]],
  [
    "SYN, SYN-ACK and a later RST",
    "delivered",
    [{ ...TCP, syn_packets: 1 }, reply({ syn_ack_packets: 1, rst_packets: 1 })],
  ],
  ["SYN answered by RST", "refused", [{ ...TCP, syn_packets: 1 }, reply({ packets: 1, rst_packets: 1 })]],
  ["SYN that nothing answered", "unanswered", [{ ...TCP, syn_packets: 3 }]],
  ["a young SYN", "unknown", [{ ...TCP, syn_packets: 1, ...YOUNG }]],
  ["TCP from the middle, both ways", "delivered", [TCP, reply()]],
  ["TCP from the middle, one way", "unknown", [TCP]],
  ["TCP from the middle, answered by RST only", "unknown", [TCP, reply({ packets: 2, rst_packets: 2 })]],
  ["replies with payload only", "delivered", [reply({ payload_bytes: 10 })]],
  ["UDP with a reply", "delivered", [UDP, reply(UDP)]],
  ["UDP without", "unanswered", [UDP]],
  ["young UDP without", "unknown", [{ ...UDP, ...YOUNG }]],
  ["ICMP echo with a reply", "delivered", [{ protocol: 1 }, reply({ protocol: 1 })]],
  ["ICMPv6 without", "unanswered", [{ protocol: 58 }]],
];

it("says what became of each connection", async () => {
  const rowsOf = OUTCOMES.map(([, , rows], index) =>
    rows.map((row) => hop({ ...row, connection_id: BigInt(1000 + index) })),
  );
  await store.insertHops(encodeStoredHops(rowsOf.flat()), "outcomes");
  const { connections } = await store.flows({ sort: "firstSeen", order: "asc", limit: 1000 });
  const outcomes = new Map(
    connections.map((connection) => [Number.parseInt(connection.id, 16), connection.outcome]),
  );
  expect(OUTCOMES.map(([name], index) => [name, outcomes.get(1000 + index)])).toEqual(
    OUTCOMES.map(([name, outcome]) => [name, outcome]),
  );
  // The oracle of the other tests says the same.
  const naive = rowsOf.map((rows) => {
    const ageMs = NOW_MS - Math.min(...rows.map((row) => row.first_seen_us)) / 1000;
    return naiveOutcome(rows[0]!.protocol, rows, ageMs);
  });
  expect(naive).toEqual(OUTCOMES.map(([, outcome]) => outcome));
});
