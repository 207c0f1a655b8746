import { type ConnectionFilter, connectionFilterSchema } from "@hopline/api";
import { describe, expect, it } from "vitest";
import { embeddedStore } from "./embedded-store.js";
import { comparableEdge, naiveConnections, naiveMap, naiveMatches } from "./naive-model.js";
import { RandomSource } from "./random-source.js";
import { randomTraffic } from "./random-traffic.js";
import { encodeStoredHops, T0 } from "./stored-rows.js";

const NOW_MS = (T0 + 70) * 1000;
const RANGE = { from: T0 * 1000, to: NOW_MS };
const traffic = randomTraffic(new RandomSource(99), 300, 6);
const store = await embeddedStore({ now: () => NOW_MS });
const rows = traffic.flatMap((connection) => connection.rows);
for (const node of ["node1", "node2", "node3"])
  await store.insertHops(encodeStoredHops(rows.filter((row) => row.node === node)), node);
const all = naiveConnections(traffic, RANGE, NOW_MS);

/** As they come in a URL. */
const FILTERS: Record<string, string | string[]>[] = [
  { namespace: "shop" },
  { namespace: "shop,bank" },
  { entity: "workload:shop/Deployment/web" },
  { entity: "external:203.0.113.3" },
  { entity: "node:node2" },
  { client: "workload:bank/Deployment/api" },
  { server: "workload:bank/Deployment/db" },
  { client: "workload:shop/Deployment/web", server: "workload:shop/Deployment/api" },
  { service: "shop/api-svc" },
  { node: "node3" },
  { protocol: "udp" },
  { protocol: ["tcp", "icmp"] },
  { protocol: "other" },
  { protocol: "sctp,other" },
  { port: "5432" },
  { port: "0" },
  { scope: "same-node" },
  { scope: "external,unknown" },
  { outcome: "refused" },
  { outcome: "unanswered,unknown" },
  { q: "WEB-2" },
  { q: "203.0.113" },
  { q: "fd00::" },
  { q: "10.96.0.2" },
  { q: "api-svc" },
  { q: "100%_'\\" },
  { namespace: "shop", protocol: "tcp", outcome: "delivered", scope: "cross-node", q: "node1" },
  { namespace: "", protocol: "" },
];

describe.each(FILTERS.map((text) => [JSON.stringify(text), connectionFilterSchema.parse(text)] as const))(
  "%s",
  (_text, filter: ConnectionFilter) => {
    const asked = { ...filter };
    if (asked.namespace?.length === 0) asked.namespace = undefined;
    if (asked.protocol?.length === 0) asked.protocol = undefined;
    const fitting = all.filter((connection) => naiveMatches(connection, asked));

    it("finds the flows that fit", async () => {
      const answer = await store.flows({
        ...RANGE,
        ...filter,
        sort: "lastSeen",
        order: "desc",
        limit: 1000,
      });
      expect(answer.connections.map((connection) => connection.id).sort()).toEqual(
        fitting.map((connection) => connection.id).sort(),
      );
      expect(answer.total).toBe(fitting.length);
    });

    it("draws the edges that fit", async () => {
      const answer = await store.map({ ...RANGE, ...filter, maxNodes: 1000, maxEdges: 5000 });
      const edges = new Map(answer.edges.map((edge) => [edge.id, comparableEdge(edge)]));
      expect(edges).toEqual(naiveMap(fitting).edges);
    });

    it("draws the same from a day's table", async () => {
      const answer = await store.map({
        from: NOW_MS - 86_400_000,
        to: NOW_MS,
        ...filter,
        maxNodes: 1000,
        maxEdges: 5000,
      });
      expect(answer.edges.map((edge) => [edge.id, edge.forwardBytes]).sort()).toEqual(
        [...naiveMap(fitting).edges.values()].map((edge) => [edge.id, edge.forwardBytes]).sort(),
      );
    });
  },
);

it("tries filters that some fit and some do not", () => {
  for (const text of FILTERS.slice(0, -3)) {
    const filter = connectionFilterSchema.parse(text);
    const fitting = all.filter((connection) => naiveMatches(connection, filter)).length;
    expect([JSON.stringify(text), fitting > 0 && fitting < all.length]).toEqual([JSON.stringify(text), true]);
  }
});
