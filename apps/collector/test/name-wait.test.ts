import { decodeBatch } from "@hopline/batch";
import { EndpointHistory } from "@hopline/kube";
import { createLogger } from "@hopline/process";
import type { Translation } from "@hopline/store";
import { describe, expect, it } from "vitest";
import { ClusterAddressBook } from "../src/cluster/cluster-address-book.js";
import { EarlierEndpoints } from "../src/cluster/earlier-endpoints.js";
import { readHopTable } from "../src/ingest/hop-table.js";
import { NameWait } from "../src/ingest/name-wait.js";
import { CollectorMetrics } from "../src/metrics.js";
import { AgentPresence } from "../src/naming/agent-presence.js";
import { numberAddresses } from "../src/naming/batch-addresses.js";
import { DnsNamer } from "../src/naming/dns-namer.js";
import { DropNamer } from "../src/naming/drop-namer.js";
import { GivenUp } from "../src/naming/given-up.js";
import { HopNamer } from "../src/naming/hop-namer.js";
import { TranslationMeeting } from "../src/naming/translation-meeting.js";
import { type HopRow, hopBatch } from "./hop-batch-builder.js";
import { judgeOf } from "./judge-of.js";
import { pod, SHOP } from "./shop-cluster.js";

const WINDOW = 1_800_000_000;
const START_MS = WINDOW * 1000;

/** A clock that a sleep moves on, and what is to happen on the way. */
function setUp(events: readonly (readonly [afterMs: number, action: () => void])[] = []) {
  let nowMs = START_MS;
  const clock = {
    now: () => nowMs,
    sleep: async (ms: number) => {
      nowMs += ms;
      for (const [afterMs, action] of events)
        if (START_MS + afterMs > nowMs - ms && START_MS + afterMs <= nowMs) action();
    },
  };
  const history = new EndpointHistory({ nowMs: clock.now });
  history.load(SHOP);
  const book = new ClusterAddressBook({ history, earlier: new EarlierEndpoints(), isSettled: () => true });
  const presence = new AgentPresence({ now: clock.now, graceMs: 3000, silentAfterMs: 120_000 });
  presence.heard("node2", WINDOW);
  const memory = { capacity: 100, forMs: 600_000, now: clock.now };
  const known = {
    book,
    judge: judgeOf(SHOP),
    presence,
    meeting: new TranslationMeeting(100),
    givenUpAddresses: new GivenUp<string>(memory),
    givenUpConnections: new GivenUp<bigint>(memory),
  };
  const asked: string[][] = [];
  const stored = new Map<string, Translation>();
  const nameWait = new NameWait({
    ...known,
    namer: new HopNamer(known),
    dnsNamer: new DnsNamer(known),
    dropNamer: new DropNamer(known),
    findTranslations: async (ids) => {
      asked.push([...ids]);
      return stored;
    },
    clock,
    log: createLogger({ app: "test", level: "silent", format: "json" }),
    metrics: new CollectorMetrics(),
    waitMs: 3000,
  });
  return {
    history,
    presence,
    known,
    asked,
    stored,
    waitedMs: () => nowMs - START_MS,
    name: async (rows: readonly HopRow[], signal = new AbortController().signal) => {
      const table = readHopTable(decodeBatch(hopBatch({ node: "node2", sequence: 1 }, rows)), START_MS);
      const { identity, unnamedRows } = await nameWait.name(table, numberAddresses(table), signal);
      const clients = identity.client_workload;
      return {
        unnamedRows,
        reporter: [...identity.reporter],
        clients: rows.map((_, row) => clients.values[clients.indexes[row] as number]),
        waiting: nameWait.waitingRows,
      };
    },
  };
}

const row = (client: string, part: Partial<HopRow> = {}): HopRow => ({
  connectionId: 7n,
  windowStart: WINDOW,
  role: "pod",
  direction: 1,
  client,
  server: "10.244.2.7:8080",
  ...part,
});

describe("NameWait", () => {
  it("names at once what is known", async () => {
    const { name, waitedMs } = setUp();
    expect((await name([row("203.0.113.1:5")])).clients).toEqual(["203.0.113.1"]);
    expect(waitedMs()).toBe(0);
  });

  it("waits for the watch, and names every row of the batch then", async () => {
    const setup = setUp([[250, () => setup.history.load([pod("shop", "late", "node2", "10.244.2.99")])]]);
    const named = await setup.name([row("10.244.2.99:5"), row("203.0.113.1:6")]);
    expect(named).toMatchObject({ clients: ["late", "203.0.113.1"], unnamedRows: 0, waiting: 0 });
    expect(setup.waitedMs()).toBe(300);
  });

  it("gives up after its time, and does not wait for the same again", async () => {
    const { name, waitedMs } = setUp();
    expect(await name([row("10.244.2.99:5")])).toMatchObject({ clients: ["10.244.2.99"], unnamedRows: 1 });
    expect(waitedMs()).toBe(3000);
    await name([row("10.244.2.99:6")]);
    expect(waitedMs()).toBe(3000);
  });

  it("names as soon as it is known what was given up before", async () => {
    const { name, history, waitedMs } = setUp();
    await name([row("10.244.2.99:5")]);
    history.load([pod("shop", "late", "node2", "10.244.2.99")]);
    expect((await name([row("10.244.2.99:5")])).clients).toEqual(["late"]);
    expect(waitedMs()).toBe(3000);
  });

  it("waits for the node that translated", async () => {
    const setup = setUp([
      [
        700,
        () =>
          setup.known.meeting.tell(7n, {
            clientAddress: "203.0.113.50",
            serverAddress: "192.168.50.1",
            serverPort: 30090,
          }),
      ],
    ]);
    setup.presence.heard("node1", WINDOW);
    expect((await setup.name([row("192.168.50.1:61000")])).clients).toEqual(["203.0.113.50"]);
    expect(setup.waitedMs()).toBe(700);
    expect(setup.asked).toEqual([]);
  });

  it("asks the store for what another collector heard", async () => {
    const setup = setUp();
    setup.presence.heard("node1", WINDOW);
    setup.stored.set("0000000000000007", {
      connectionId: "0000000000000007",
      translation: "dnat+snat",
      originalClientAddress: "203.0.113.51",
      originalClientPort: 5000,
      originalServerAddress: "192.168.50.1",
      originalServerPort: 30090,
      clientKind: "external",
      clientNamespace: "",
      clientWorkloadKind: "",
      clientWorkload: "203.0.113.51",
      clientPod: "",
      clientNode: "",
      serviceNamespace: "shop",
      serviceName: "api",
      servicePortName: "http",
    });
    expect((await setup.name([row("192.168.50.1:61000")])).clients).toEqual(["203.0.113.51"]);
    expect(setup.asked).toEqual([["0000000000000007"]]);
  });

  it("waits once for the first batch of a node's agent, then lets the other end speak", async () => {
    const { name, waitedMs, presence } = setUp();
    const fromNode1 = row("10.244.1.5:40000");
    expect((await name([fromNode1])).reporter).toEqual([1]);
    expect(waitedMs()).toBe(3000);
    await name([fromNode1]);
    expect(waitedMs()).toBe(3000);
    presence.heard("node1", WINDOW + 10);
    const later = { ...fromNode1, windowStart: WINDOW + 10 };
    expect((await name([later])).reporter, "from now on the client's node speaks").toEqual([0]);
  });

  it("refuses a batch that waits while the collector stops", async () => {
    const stopping = new AbortController();
    const setup = setUp([[200, () => stopping.abort()]]);
    await expect(setup.name([row("10.244.2.99:5")], stopping.signal)).rejects.toMatchObject({
      code: "STOPPING",
    });
  });
});
