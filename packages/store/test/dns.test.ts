import { dnsQuerySchema } from "@hopline/api";
import { expect, it } from "vitest";
import { embeddedStore } from "./embedded-store.js";
import { dnsRow, encodeStoredDns, T0 } from "./stored-rows.js";

const NOW_MS = (T0 + 60) * 1000;
const store = await embeddedStore({ now: () => NOW_MS });
const RANGE = { from: T0 * 1000, to: NOW_MS };
const ask = (question: Record<string, unknown> = {}) =>
  store.dns(dnsQuerySchema.parse({ ...RANGE, ...question }));

const SILENT = { code: 255, latency_sum_us: 0, latency_max_us: 0 };
const batch = encodeStoredDns([
  dnsRow({ questions: 10, latency_sum_us: 8000, latency_max_us: 1500 }),
  dnsRow({ window_start: T0 + 10, questions: 5, latency_sum_us: 1000, latency_max_us: 400 }),
  // The same questions where they reach the server: no reporter's, so they do not count again.
  dnsRow({ node: "node2", questions: 10, reporter: 0, server_address: "10.0.2.2" }),
  // A search domain tried in vain, often; and two names that nobody answers or can answer.
  dnsRow({ name: "api.shop.svc.cluster.local.shop.svc.cluster.local", code: 3, questions: 50 }),
  dnsRow({ name: "db.old", ...SILENT, questions: 2 }),
  dnsRow({ name: "db.old", code: 2, questions: 1, latency_sum_us: 4_000_000, latency_max_us: 4_000_000 }),
  dnsRow({
    name: "example.com",
    type: 28,
    client_workload: "worker",
    client_namespace: "jobs",
    server_address: "fd00::a",
    questions: 3,
    latency_sum_us: 90_000,
    latency_max_us: 60_000,
  }),
  // Out of the range asked for.
  dnsRow({ window_start: T0 - 10, questions: 1000 }),
]);

it("takes a batch once", async () => {
  expect(await store.insertDns(batch, "node1/aa/1")).toEqual({ duplicate: false });
  expect(await store.insertDns(batch, "node1/aa/1")).toEqual({ duplicate: true });
});

it("adds up questions by name, client and server, real failures first, then names that are none", async () => {
  const answer = await ask();
  expect(answer).toMatchObject({ total: 4, questions: 71, failures: 53, unanswered: 2 });
  expect(answer.latencyMaxUs).toBe(4_000_000);
  expect(answer.latencyMeanUs).toBeCloseTo((8000 + 1000 + 800 + 4_000_000 + 90_000) / 69);
  expect(answer.names.map(({ name }) => name)).toEqual([
    "db.old",
    "api.shop.svc.cluster.local.shop.svc.cluster.local",
    "api.shop.svc.cluster.local",
    "example.com",
  ]);
  expect(answer.names[0]).toEqual({
    name: "db.old",
    type: 1,
    client: { kind: "workload", namespace: "shop", workloadKind: "Deployment", name: "web" },
    server: { kind: "service", namespace: "kube-system", workloadKind: "", name: "kube-dns" },
    serverAddresses: ["10.96.0.10"],
    questions: 3,
    codes: [
      { code: 255, questions: 2 },
      { code: 2, questions: 1 },
    ],
    failures: 3,
    latencyMeanUs: 4_000_000,
    latencyMaxUs: 4_000_000,
    lastSeen: (T0 + 10) * 1000,
  });
  expect(answer.names[2]).toMatchObject({
    questions: 15,
    failures: 0,
    latencyMeanUs: 600,
    latencyMaxUs: 1500,
    lastSeen: (T0 + 20) * 1000,
  });
});

it("filters by client, namespace, part of the name, code and time", async () => {
  const names = async (question: Record<string, unknown>) =>
    (await ask(question)).names.map(({ name, questions }) => [name, questions]);
  expect(await names({ client: "workload:jobs/Deployment/worker" })).toEqual([["example.com", 3]]);
  expect(await names({ namespace: "jobs" })).toEqual([["example.com", 3]]);
  expect(await names({ name: "DB." })).toEqual([["db.old", 3]]);
  expect(await names({ code: 255 })).toEqual([["db.old", 2]]);
  expect(await names({ code: 0, name: "cluster.local" })).toEqual([["api.shop.svc.cluster.local", 15]]);
  expect(await names({ from: T0 * 1000 + 10_000 })).toEqual([["api.shop.svc.cluster.local", 5]]);
  expect(await names({ name: "'; DROP TABLE dns; --" })).toEqual([]);
  expect(await ask({ namespace: "none" })).toMatchObject({
    total: 0,
    questions: 0,
    latencyMeanUs: null,
    latencyMaxUs: null,
  });
});

it("orders by what is asked for, and pages", async () => {
  const first = async (sort: string, more: Record<string, unknown> = {}) =>
    (await ask({ sort, limit: 1, ...more })).names.map(({ name }) => name);
  expect(await first("questions")).toEqual(["api.shop.svc.cluster.local.shop.svc.cluster.local"]);
  expect(await first("latency")).toEqual(["db.old"]);
  expect(await first("name")).toEqual(["api.shop.svc.cluster.local"]);
  expect(await first("name", { offset: 3 })).toEqual(["example.com"]);
  expect((await ask({ sort: "name", limit: 1, offset: 3 })).total).toBe(4);
});

it("writes addresses as text, IPv4 as IPv4", async () => {
  const addresses = (await ask({ sort: "name" })).names.map(({ serverAddresses }) => serverAddresses);
  expect(addresses).toEqual([["10.96.0.10"], ["10.96.0.10"], ["10.96.0.10"], ["fd00::a"]]);
});
