import { decodeBatch, type StringColumn } from "@hopline/batch";
import { ENDPOINT_RESOURCES, EndpointHistory, type KubeObject } from "@hopline/kube";
import { decodeVerdict } from "@hopline/policy";
import { describe, expect, it } from "vitest";
import { ClusterAddressBook } from "../src/cluster/cluster-address-book.js";
import { EarlierEndpoints } from "../src/cluster/earlier-endpoints.js";
import { readHopTable } from "../src/ingest/hop-table.js";
import { AgentPresence } from "../src/naming/agent-presence.js";
import { numberAddresses } from "../src/naming/batch-addresses.js";
import { GivenUp } from "../src/naming/given-up.js";
import { HopNamer } from "../src/naming/hop-namer.js";
import { TranslationMeeting } from "../src/naming/translation-meeting.js";
import { type HopRow, hopBatch } from "./hop-batch-builder.js";
import { judgeOf } from "./judge-of.js";
import { networkPolicy } from "./policy-objects.js";
import { pod, SHOP } from "./shop-cluster.js";

const WINDOW = Date.parse("2026-11-21T12:00:00Z") / 1000;
const NOW_MS = WINDOW * 1000;

function setUp(agents: readonly string[] = ["node1", "node2"], policies: readonly KubeObject[] = []) {
  const time = { nowMs: NOW_MS };
  const history = new EndpointHistory({ nowMs: () => time.nowMs });
  history.load(SHOP);
  const book = new ClusterAddressBook({ history, earlier: new EarlierEndpoints(), isSettled: () => true });
  const presence = new AgentPresence({ now: () => NOW_MS, graceMs: 3000, silentAfterMs: 120_000 });
  for (const agent of agents) presence.heard(agent, WINDOW);
  const meeting = new TranslationMeeting(1000);
  const memory = { capacity: 100, forMs: 60_000, now: () => NOW_MS };
  const namer = new HopNamer({
    book,
    judge: judgeOf([...SHOP, ...policies]),
    presence,
    meeting,
    givenUpAddresses: new GivenUp(memory),
    givenUpConnections: new GivenUp(memory),
  });
  const read = (node: string, rows: readonly HopRow[]) => {
    const table = readHopTable(decodeBatch(hopBatch({ node, sequence: 1 }, rows)), NOW_MS);
    return { table, addresses: numberAddresses(table) };
  };
  return {
    history,
    time,
    name: (node: string, rows: readonly HopRow[]) => {
      const { table, addresses } = read(node, rows);
      const { identity, pending, unnamedRows } = namer.name(table, addresses);
      const text = ({ values, indexes }: StringColumn, row: number) => values[indexes[row] as number];
      return {
        pending,
        unnamedRows,
        reporter: [...identity.reporter],
        rows: rows.map((_, row) => ({
          client: [identity.client_kind, identity.client_workload, identity.client_pod, identity.client_node]
            .map((column) => text(column, row))
            .join(" "),
          server: [identity.server_kind, identity.server_workload, identity.server_pod, identity.server_node]
            .map((column) => text(column, row))
            .join(" "),
          service: [identity.service_namespace, identity.service_name, identity.service_port_name]
            .map((column) => text(column, row))
            .join("/"),
        })),
        verdicts: rows.map((_, row) => {
          const record = decodeVerdict(text(identity.verdict_reason, row) ?? "");
          const deciders = [record?.egress, record?.ingress].map(
            (direction) => direction?.exemption ?? direction?.policies[0]?.name ?? direction?.by,
          );
          return [text(identity.verdict, row), ...deciders].join(" ");
        }),
      };
    },
  };
}

const row = (part: Partial<HopRow> & Pick<HopRow, "client" | "server">): HopRow => ({
  connectionId: 1n,
  windowStart: WINDOW,
  role: "pod",
  direction: 0,
  ...part,
});

describe("HopNamer", () => {
  it("names pods, the Service that was dialled, and the outside", () => {
    const { name } = setUp();
    const named = name("node1", [
      row({
        client: "10.244.1.5:40000",
        server: "10.244.2.7:8080",
        originalServer: "10.96.0.20:8080",
        translation: "dnat",
      }),
      row({
        client: "192.168.50.1:1024",
        originalClient: "10.244.1.5:40001",
        server: "203.0.113.9:443",
        translation: "snat",
      }),
      row({ client: "10.244.1.5:40002", server: "10.96.0.10:80" }),
      row({ client: "198.51.100.7:5555", server: "192.168.50.1:22", role: "uplink" }),
    ]);
    expect(named.rows).toEqual([
      { client: "workload client client node1", server: "workload api api node2", service: "shop/api/http" },
      { client: "workload client client node1", server: "external 203.0.113.9  ", service: "//" },
      { client: "workload client client node1", server: "service web  ", service: "shop/web/http" },
      { client: "external 198.51.100.7  ", server: "node node1  node1", service: "//" },
    ]);
    expect(named.reporter).toEqual([1, 1, 1, 1]);
    expect(named.pending.isEmpty).toBe(true);
    expect(named.unnamedRows).toBe(0);
  });

  it("names by each row's own time an address that passed from one pod to another", () => {
    const { history, name, time } = setUp();
    const pods = ENDPOINT_RESOURCES.find((resource) => resource.kind === "Pod")!;
    const old = pod("shop", "old", "node1", "10.244.1.9");
    const young = pod("shop", "young", "node1", "10.244.1.9", "2026-11-21T12:00:05Z");
    const tell = (atSeconds: number, type: "applied" | "deleted", object: KubeObject) => {
      time.nowMs = (WINDOW + atSeconds) * 1000;
      history.apply({ type, object, resource: pods });
    };
    tell(-60, "applied", old);
    tell(4.95, "deleted", old);
    tell(6, "applied", young);
    const named = name(
      "node1",
      [0, 4.9, 5.1, 9].map((seconds) =>
        row({ client: "10.244.1.9:1:", server: "10.244.2.7:8080", firstSeenUs: (WINDOW + seconds) * 1e6 }),
      ),
    );
    expect(named.rows.map(({ client }) => client.split(" ")[2])).toEqual(["old", "old", "young", "young"]);
  });

  it("waits for an address of the pod network that nobody has, not for one outside", () => {
    const { name, history } = setUp();
    const rows = [
      row({ client: "10.244.1.77:1", server: "10.244.2.7:8080" }),
      row({ client: "8.8.8.8:1", server: "10.244.2.7:8080" }),
    ];
    const before = name("node1", rows);
    expect([...before.pending.addresses.keys()]).toEqual(["10.244.1.77"]);
    expect(before.pending.rows).toBe(1);
    expect(before.rows[0]?.client).toBe("unknown 10.244.1.77  ");
    expect(before.unnamedRows).toBe(1);
    history.load([pod("shop", "late", "node1", "10.244.1.77")]);
    const after = name("node1", rows);
    expect(after.pending.isEmpty).toBe(true);
    expect(after.rows[0]?.client).toBe("workload late late node1");
  });

  it("judges by the backend, the client's own address and what was dialled, replies as their connection", () => {
    const guard = networkPolicy("shop", "guard", {
      podSelector: {},
      ingress: [{ from: [{ ipBlock: { cidr: "203.0.113.0/24" } }] }],
    });
    const { name } = setUp(["node1", "node2"], [guard]);
    const toApi = {
      client: "10.244.1.5:40000",
      server: "10.244.2.7:8080",
      originalServer: "10.96.0.20:8080",
      translation: "dnat",
    };
    const behindNodePort = row({
      connectionId: 7n,
      ...{ client: "192.168.50.1:61000", server: "10.244.2.7:8080", role: "uplink" },
      ...{
        originalClient: "203.0.113.50:5000",
        originalServer: "192.168.50.1:30090",
        translation: "dnat+snat",
      },
    });
    const named = name("node1", [
      row(toApi),
      row({ ...toApi, isReply: true }),
      row({ client: "10.244.1.1:50000", server: "10.244.1.6:80" }),
      row({ client: "10.244.1.6:41000", server: "203.0.113.9:443" }),
      behindNodePort,
    ]);
    expect(named.verdicts).toEqual([
      "denied no-policy guard",
      "denied no-policy guard",
      "allowed not-a-pod own-node",
      "allowed no-policy not-a-pod",
      // Whether the rule sees the address outside or the node's is up to the plugin.
      "undetermined not-a-pod guard",
    ]);
    const { originalClient: _, originalServer: __, ...atServer } = behindNodePort;
    const told = name("node2", [{ ...atServer, direction: 1, translation: "none" }]);
    expect(told.verdicts).toEqual(["undetermined not-a-pod guard"]);
  });

  describe("behind another node's NodePort", () => {
    const atSecondNode = row({
      connectionId: 7n,
      client: "192.168.50.1:61000",
      server: "10.244.2.7:8080",
      direction: 1,
    });
    const atFirstNode = row({
      ...atSecondNode,
      role: "uplink",
      originalClient: "203.0.113.50:5000",
      originalServer: "192.168.50.1:30090",
      translation: "dnat+snat",
    });

    it("waits for the translating node, then names client and Service by what it told", () => {
      const { name } = setUp();
      const before = name("node2", [atSecondNode]);
      expect([...before.pending.connections]).toEqual([7n]);
      expect(before.rows[0]?.client).toBe("node node1  node1");
      name("node1", [atFirstNode]);
      const after = name("node2", [atSecondNode]);
      expect(after.pending.isEmpty).toBe(true);
      expect(after.rows[0]).toEqual({
        client: "external 203.0.113.50  ",
        server: "workload api api node2",
        service: "shop/api/http",
      });
    });

    it("lets the translating node speak, so that the order of batches does not matter", () => {
      const { name } = setUp();
      expect(name("node2", [atSecondNode]).reporter).toEqual([0]);
      expect(name("node1", [atFirstNode]).reporter).toEqual([1]);
    });

    it("does not wait for a node without an agent, nor for the node's own probes", () => {
      const alone = setUp(["node2"]);
      // node1 was never heard: that is what is waited for, once.
      expect([...alone.name("node2", [atSecondNode]).pending.nodes.keys()]).toEqual(["node1"]);
      const { name } = setUp();
      const probe = row({ client: "10.244.2.1:50000", server: "10.244.2.7:8080", direction: 1 });
      const named = name("node2", [probe]);
      expect(named.pending.isEmpty).toBe(true);
      expect(named.rows[0]?.client).toBe("node node2  node2");
      expect(named.reporter).toEqual([1]);
    });
  });
});
