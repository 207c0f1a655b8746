import { decodeBatch, type StringColumn } from "@hopline/batch";
import { EndpointHistory } from "@hopline/kube";
import { describe, expect, it } from "vitest";
import { ClusterAddressBook } from "../src/cluster/cluster-address-book.js";
import { EarlierEndpoints } from "../src/cluster/earlier-endpoints.js";
import { readDnsTable } from "../src/ingest/dns-table.js";
import { AgentPresence } from "../src/naming/agent-presence.js";
import { DnsNamer } from "../src/naming/dns-namer.js";
import { GivenUp } from "../src/naming/given-up.js";
import { type DnsRow, dnsBatch } from "./dns-batch-builder.js";
import { pod, SHOP } from "./shop-cluster.js";

const WINDOW = Date.parse("2026-11-21T12:00:00Z") / 1000;
const NOW_MS = (WINDOW + 20) * 1000;

/** client and web are on node1, api on node2; its Service has 10.96.0.20. */
function setUp(agents: readonly string[] = ["node1", "node2"]) {
  const history = new EndpointHistory({ nowMs: () => NOW_MS });
  history.load([...SHOP, pod("shop", "late", "node1", "10.244.1.40", "2026-11-21T12:00:07Z")]);
  const presence = new AgentPresence({ now: () => NOW_MS, graceMs: 0, silentAfterMs: 120_000 });
  for (const agent of agents) presence.heard(agent, WINDOW);
  const namer = new DnsNamer({
    book: new ClusterAddressBook({ history, earlier: new EarlierEndpoints(), isSettled: () => true }),
    presence,
    givenUpAddresses: new GivenUp({ capacity: 100, forMs: 60_000, now: () => NOW_MS }),
  });
  return (node: string, rows: readonly Partial<DnsRow>[]) => {
    const full = rows.map((row) => ({ ...QUESTION, ...row }));
    const named = namer.name(readDnsTable(decodeBatch(dnsBatch({ node, sequence: 1 }, full)), NOW_MS));
    const { identity, pending, unnamedRows } = named;
    const text = ({ values, indexes }: StringColumn, row: number) => values[indexes[row] as number];
    return {
      pending,
      unnamedRows,
      reporter: [...identity.reporter],
      ends: rows.map(
        (_, row) =>
          `${text(identity.client_kind, row)} ${text(identity.client_workload, row)} > ${text(identity.server_kind, row)} ${text(identity.server_workload, row)}`,
      ),
    };
  };
}

const QUESTION: DnsRow = {
  windowStart: WINDOW,
  role: "pod",
  direction: 0,
  client: "10.244.1.5",
  server: "10.96.0.20",
  name: "example.com",
};

describe("DnsNamer", () => {
  it("names a pod and the Service that it asked", () => {
    expect(setUp()("node1", [{}])).toMatchObject({
      ends: ["workload client > service api"],
      reporter: [1],
      unnamedRows: 0,
    });
  });

  it("counts a question once, where it leaves its pod, wherever else it passes", () => {
    const name = setUp();
    const backend = { server: "10.244.2.7" };
    expect(name("node1", [{}, { role: "uplink", direction: 1, ...backend }]).reporter).toEqual([1, 0]);
    expect(
      name("node2", [
        { role: "uplink", direction: 0, ...backend },
        { role: "pod", direction: 1, ...backend },
      ]).reporter,
    ).toEqual([0, 0]);
    // Both on one node.
    const neighbour = { server: "10.244.1.6" };
    expect(name("node1", [{}, { direction: 1, ...neighbour }]).reporter).toEqual([1, 0]);
  });

  it("counts it at the server where the client's node has no agent", () => {
    const rows = [{ role: "pod", direction: 1, server: "10.244.2.7" }] as const;
    expect(setUp(["node2"])("node2", rows)).toMatchObject({ reporter: [1] });
  });

  it("does not count a pod's question again where it leaves the node masqueraded, but counts the node's own", () => {
    const outside = { server: "198.51.100.53" };
    const masqueraded = { role: "uplink", direction: 1, client: "192.168.50.1", ...outside } as const;
    const result = setUp()("node1", [
      masqueraded,
      outside,
      { ...masqueraded, name: "of-the-node.example" },
      { ...masqueraded, type: 28 },
    ]);
    expect(result.reporter).toEqual([0, 1, 1, 1]);
    expect(result.ends[2]).toBe("node node1 > external 198.51.100.53");
  });

  it("goes by whose address is attached where directions are not known", () => {
    const rows = [
      { direction: 2, attached: "10.244.1.5" },
      { direction: 2, server: "10.244.1.6", attached: "10.244.1.6" },
    ] as const;
    expect(setUp()("node1", rows).reporter).toEqual([1, 0]);
  });

  it("names a pod that began within the window", () => {
    expect(setUp()("node1", [{ client: "10.244.1.40" }]).ends).toEqual(["workload late > service api"]);
  });

  it("waits for an address of the pod network that nobody has yet", () => {
    const { pending, unnamedRows } = setUp()("node1", [{ client: "10.244.1.77" }]);
    expect([...pending.addresses.keys()]).toEqual(["10.244.1.77"]);
    expect(pending.rows).toBe(1);
    expect(unnamedRows).toBe(1);
  });
});
