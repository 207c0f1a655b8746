import { dropsQuerySchema } from "@hopline/api";
import { expect, it } from "vitest";
import { embeddedStore } from "./embedded-store.js";
import { dropRow, encodeStoredDrops, T0 } from "./stored-rows.js";

const NOW_MS = (T0 + 60) * 1000;
const store = await embeddedStore({ now: () => NOW_MS });
const ask = (question: Record<string, unknown> = {}) =>
  store.drops(dropsQuerySchema.parse({ from: T0 * 1000, to: NOW_MS, ...question }));

const NO_POLICY = { policy_kind: "", policy_namespace: "", policy_name: "", policy_direction: "" };
const NOBODY = {
  ...{ connection_id: 0n, protocol: 0, client_address: "::", server_address: "::", client_port: 0 },
  ...{ server_port: 0, client_kind: "unknown", client_namespace: "", client_workload_kind: "" },
  ...{ client_workload: "", client_pod: "", client_node: "", server_kind: "unknown", server_namespace: "" },
  ...{ server_workload_kind: "", server_workload: "", server_pod: "", server_node: "" },
};

const batch = encodeStoredDrops([
  dropRow(),
  dropRow({ window_start: T0 + 10, packets: 2, bytes: 120 }),
  dropRow({
    window_start: T0 + 30,
    node: "node2",
    connection_id: 0xabcn,
    client_namespace: "tools",
    client_workload: "report",
    server_port: 5432,
    original_server_address: "10.96.0.9",
    original_server_port: 5432,
    translation: "dnat",
    service_namespace: "data",
    service_name: "database",
    service_port_name: "pg",
    prefix: "hopline-deny:in:data/database",
    policy_namespace: "data",
    policy_name: "database",
    policy_direction: "ingress",
    verdict: "denied",
  }),
  dropRow({ window_start: T0 + 20, prefix: "DROP: ", connection_id: 7n, ...NO_POLICY }),
  dropRow({
    ...{ window_start: T0 + 20, source: "kernel", group: 0, prefix: "", reason: "NO_SOCKET", packets: 40 },
    ...{ bytes: 0, packet: "", in_interface: "", out_interface: "", ...NO_POLICY, ...NOBODY },
  }),
  // Out of the range asked for.
  dropRow({ window_start: T0 - 10, packets: 1000 }),
]);

it("takes a batch once", async () => {
  expect(await store.insertDrops(batch, "node1/aa/1")).toEqual({ duplicate: false });
  expect(await store.insertDrops(batch, "node1/aa/1")).toEqual({ duplicate: true });
});

it("gives drops newest first, with whose they are and the policy that is named", async () => {
  const answer = await ask();
  expect(answer).toMatchObject({ total: 5, packets: 45, connections: 3 });
  expect(answer.drops.map(({ droppedAt, packets }) => [droppedAt / 1000 - T0, packets])).toEqual([
    [31.5, 1],
    [21.5, 40],
    [21.5, 1],
    [11.5, 2],
    [1.5, 1],
  ]);
  expect(answer.drops[0]).toEqual({
    droppedAt: (T0 + 31.5) * 1000,
    node: "node2",
    source: "nflog",
    group: 100,
    prefix: "hopline-deny:in:data/database",
    reason: "",
    policy: { kind: "NetworkPolicy", namespace: "data", name: "database", direction: "ingress" },
    inInterface: "veth7",
    outInterface: "veth8",
    isReply: false,
    connection: "0000000000000abc",
    protocol: "tcp",
    client: {
      entity: { kind: "workload", namespace: "tools", workloadKind: "Deployment", name: "report" },
      ...{ address: "10.0.1.5", port: 40_000, pod: "web-1", node: "node1" },
    },
    server: {
      entity: { kind: "workload", namespace: "shop", workloadKind: "Deployment", name: "api" },
      ...{ address: "10.0.2.9", port: 5432, pod: "api-1", node: "node1" },
    },
    service: { namespace: "data", name: "database", portName: "pg", address: "10.96.0.9", port: 5432 },
    verdict: "denied",
    verdictBy: null,
    packets: 1,
    bytes: 60,
    packet: "4500003c",
  });
  expect(answer.drops[1]).toMatchObject({
    ...{ source: "kernel", group: null, reason: "NO_SOCKET", policy: null, service: null },
    ...{ connection: null, protocol: null, client: null, server: null },
  });
});

it("adds up over time by policy, and by prefix or reason where none is named", async () => {
  const { stepSeconds, times, series } = await ask();
  expect(stepSeconds).toBe(10);
  expect(times).toEqual([0, 10, 20, 30, 40, 50].map((second) => (T0 + second) * 1000));
  expect(
    series.map(({ policy, prefix, reason, packets, connections, points }) => [
      policy?.name ?? null,
      prefix,
      reason,
      packets,
      connections,
      points,
    ]),
  ).toEqual([
    [null, "", "NO_SOCKET", 40, 0, [0, 0, 40, 0, 0, 0]],
    ["web-egress", "", "", 3, 1, [1, 2, 0, 0, 0, 0]],
    [null, "DROP: ", "", 1, 1, [0, 0, 1, 0, 0, 0]],
    ["database", "", "", 1, 1, [0, 0, 0, 1, 0, 0]],
  ]);
  expect((await ask({ from: (T0 - 1500) * 1000 })).stepSeconds).toBe(20);
});

it("filters by policy, namespace, ends, node, connection, source and port", async () => {
  const packets = async (question: Record<string, unknown>) => (await ask(question)).packets;
  expect(await packets({ policy: "data/database" })).toBe(1);
  expect(await packets({ policy: "database" })).toBe(0);
  expect(await packets({ namespace: "tools,nowhere" })).toBe(1);
  expect(await packets({ namespace: "data" })).toBe(1);
  expect(await packets({ namespace: "shop" })).toBe(5);
  expect(await packets({ client: "workload:tools/Deployment/report" })).toBe(1);
  expect(await packets({ entity: "workload:shop/Deployment/web" })).toBe(4);
  expect(await packets({ node: "node2" })).toBe(1);
  expect(await packets({ connection: "0000000000000001" })).toBe(3);
  expect(await packets({ source: "kernel" })).toBe(40);
  expect(await packets({ port: 5432, protocol: "tcp" })).toBe(1);
  expect(await packets({ policy: "'; DROP TABLE drops; --" })).toBe(0);
  const [only, ...others] = (await ask({ limit: 1 })).drops;
  expect(only?.node).toBe("node2");
  expect(others).toEqual([]);
});
