import type { VerdictRecord } from "@hopline/api";
import { beforeAll, describe, expect, it } from "vitest";
import { embeddedStore } from "./embedded-store.js";
import { encodeStoredHops, hop, T0 } from "./stored-rows.js";

const NO_POLICY: VerdictRecord["egress"] = { verdict: "allowed", by: "no-policy", policies: [] };
const DENIED: VerdictRecord = {
  doubt: null,
  egress: NO_POLICY,
  ingress: {
    verdict: "denied",
    by: "default-deny",
    tier: "networkPolicy",
    policies: [{ kind: "NetworkPolicy", namespace: "shop", name: "api", version: "0badcafe" }],
  },
};
const ALLOWED: VerdictRecord = { doubt: null, egress: NO_POLICY, ingress: NO_POLICY };

const store = await embeddedStore({ now: () => (T0 + 600) * 1000 });
const range = { from: T0 * 1000, to: (T0 + 600) * 1000 };
const allowed = { verdict: "allowed", verdict_reason: JSON.stringify(ALLOWED) };
const denied = { verdict: "denied", verdict_reason: JSON.stringify(DENIED) };
const answered = { payload_bytes: 900, syn_ack_packets: 1, is_reply: 1 };
const second = { client_pod: "web-2", client_address: "10.0.1.6" };
const outside = {
  client_kind: "external",
  client_namespace: "",
  client_workload_kind: "",
  client_workload: "203.0.113.9",
  client_pod: "",
  client_node: "",
  original_client_address: "203.0.113.9",
};

beforeAll(async () => {
  await store.insertHops(
    encodeStoredHops([
      hop({ connection_id: 1n, ...allowed }),
      hop({ connection_id: 1n, ...allowed, ...answered }),
      hop({ connection_id: 2n, ...allowed, client_port: 40_001 }),
      hop({ connection_id: 2n, ...allowed, ...answered, client_port: 40_001 }),
      hop({ connection_id: 3n, ...allowed, ...second, syn_packets: 1, payload_bytes: 0 }),
      // It got through to the server's pod, although it is denied.
      hop({ connection_id: 4n, ...denied, window_start: T0 + 300, server_port: 9090, syn_packets: 1 }),
      hop({ connection_id: 4n, ...denied, ...answered, window_start: T0 + 300, server_port: 9090 }),
      hop({
        connection_id: 5n,
        ...outside,
        client_address: "10.9.0.1",
        translation: "dnat+snat",
        ...allowed,
      }),
      hop({
        connection_id: 5n,
        ...outside,
        client_address: "10.9.0.1",
        translation: "dnat+snat",
        ...allowed,
        ...answered,
      }),
    ]),
    "policy",
  );
});

describe("what policy decided", () => {
  it("is counted by record, outcome and, where denied, time", async () => {
    const { stepSeconds, decisions, latest } = await store.policyDecisions(range);
    expect(stepSeconds).toBe(10);
    const told = decisions
      .map(({ record, conformance, stepStart, connections }) => ({
        by: record?.ingress.by,
        conformance,
        after: stepStart - T0,
        connections,
      }))
      .sort((one, other) => other.connections - one.connections);
    expect(told).toEqual([
      { by: "no-policy", conformance: "allowed", after: 0, connections: 3 },
      ...told.filter(({ connections }) => connections === 1),
    ]);
    expect(told).toContainEqual({
      by: "default-deny",
      conformance: "unenforced",
      after: 300,
      connections: 1,
    });
    expect(told).toContainEqual({ by: "no-policy", conformance: "undelivered", after: 0, connections: 1 });
    expect(latest.map(({ id }) => id)).toEqual(["0000000000000004"]);
    expect(latest[0]?.verdictBy).toEqual(DENIED);
  });

  it("is asked for namespaces", async () => {
    const { decisions } = await store.policyDecisions({ ...range, namespace: ["elsewhere"] });
    expect(decisions).toEqual([]);
  });
});

describe("traffic for policies", () => {
  it("is who talked to whom, with addresses, Services and what came to nothing", async () => {
    const { rows, leftOutRows } = await store.policyTraffic({ ...range, limit: 100 });
    expect(leftOutRows).toBe(0);
    expect(
      rows.map(({ client, port, connections, failed, seenClientAddress }) => ({
        client: client.pod === "" ? client.address : client.pod,
        port,
        connections,
        failed,
        seen: seenClientAddress,
      })),
    ).toEqual([
      { client: "web-1", port: 8080, connections: 2, failed: 0, seen: null },
      { client: "203.0.113.9", port: 8080, connections: 1, failed: 0, seen: "10.9.0.1" },
      { client: "web-1", port: 9090, connections: 1, failed: 0, seen: null },
      { client: "web-2", port: 8080, connections: 1, failed: 1, seen: null },
    ]);
    expect(rows[0]).toMatchObject({
      client: { entity: { kind: "workload", namespace: "shop", workloadKind: "Deployment", name: "web" } },
      server: { pod: "api-1", node: "node1", address: "10.0.2.9" },
      service: null,
      dialledAddress: null,
      protocol: 6,
      firstSeenMs: T0 * 1000 + 1000,
      lastSeenMs: T0 * 1000 + 2000,
    });
  });

  it("says how much it left out", async () => {
    const { rows, leftOutRows } = await store.policyTraffic({ ...range, limit: 1 });
    expect(rows.map(({ connections }) => connections)).toEqual([2]);
    expect(leftOutRows).toBe(3);
  });
});
