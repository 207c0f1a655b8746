import { nodeStateSchema, type SentNodeState } from "@hopline/batch";
import { type NodeDescription, nodeDescriptionSchema } from "@hopline/topology";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type KernelCounters, readCounters } from "../src/node-state/kernel-counters.js";
import { NodeStateLog } from "../src/node-state/node-state-log.js";
import { nodeStateOf } from "../src/node-state/node-state-of.js";

const PROC: Readonly<Record<string, string>> = {
  "/proc/net/dev": `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0
flannel.1: 700      8    1    2    0     0          0         0      704       9    3    4    0     0       0          0
`,
  "/proc/net/stat/nf_conntrack": `entries  clashres found new invalid ignore delete chainlength insert insert_failed drop early_drop icmp_error  expect_new expect_create expect_delete search_restart
00000010  00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000001 0000000a 00000002 00000000  00000000 00000000 00000000 00000000
00000010  00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000002 00000010 00000000 00000000  00000000 00000000 00000000 00000000
`,
  "/proc/sys/net/netfilter/nf_conntrack_count": "16\n",
  "/proc/sys/net/netfilter/nf_conntrack_max": "262144\n",
};

describe("the kernel's counters", () => {
  test("of interfaces, and of conntrack over all processors", async () => {
    const counters = await readCounters(async (path) => PROC[path]!);
    expect(counters.interfaces.get("flannel.1")).toEqual({
      receiveErrors: 1,
      receiveDropped: 2,
      sendErrors: 3,
      sendDropped: 4,
    });
    expect(counters.conntrack).toEqual({
      entries: 16,
      limit: 262_144,
      dropped: 0x1a,
      earlyDropped: 2,
      insertFailed: 3,
    });
  });

  test("a kernel without conntrack says nothing of it", async () => {
    const read = async (path: string) => {
      if (path !== "/proc/net/dev") throw new Error("ENOENT");
      return PROC[path]!;
    };
    expect((await readCounters(read)).conntrack).toBeUndefined();
  });
});

const NO_COUNTERS: KernelCounters = { interfaces: new Map(), conntrack: undefined };

/** As iproute2 6.1 prints it. */
const FLANNEL: NodeDescription = nodeDescriptionSchema.parse({
  links: [
    { ifindex: 2, ifname: "eth0", flags: ["UP"], mtu: 1500 },
    {
      ...{ ifindex: 3, ifname: "flannel.1", flags: ["UP"], mtu: 1450 },
      linkinfo: { info_kind: "vxlan", info_data: { id: 1, port: 8472, local: "172.31.0.11" } },
    },
    {
      ifindex: 4,
      ifname: "geneve0",
      mtu: 1450,
      linkinfo: { info_kind: "vxlan", info_data: { external: true } },
    },
  ],
  addresses: [{ ifindex: 2, ifname: "eth0", addr_info: [{ local: "172.31.0.11", prefixlen: 24 }] }],
  routes: [
    { dst: "default", gateway: "172.31.0.1", dev: "eth0" },
    { dst: "default", dev: "eth0", metric: 1024, pref: "medium" },
    { type: "blackhole", dst: "10.7.0.0/16" },
    { dst: "10.244.2.0/24", gateway: "10.244.2.0", dev: "flannel.1", metrics: [{ mtu: 1400 }] },
    {
      dst: "10.6.0.1",
      nexthops: [
        { gateway: "10.9.0.5", dev: "eth0" },
        { gateway: "10.9.0.6", dev: "eth0" },
      ],
    },
    { type: "broadcast", dst: "172.31.0.255", dev: "eth0", table: "local" },
  ],
  neighbours: [
    { dst: "10.244.2.0", dev: "flannel.1", lladdr: "0a:f1:a0:e1:00:02", state: ["PERMANENT"] },
    { dst: "172.31.0.12", dev: "eth0", lladdr: "02:00:00:00:00:02", state: ["STALE"] },
    { dst: "172.31.0.13", dev: "eth0", state: ["FAILED"] },
  ],
  forwarding: [
    { mac: "0a:f1:a0:e1:00:02", ifname: "flannel.1", dst: "172.31.0.12", state: "permanent" },
    { mac: "33:33:00:00:00:01", ifname: "eth0", flags: ["self"], state: "permanent" },
  ],
  rules: [
    { priority: 0, table: "local" },
    { priority: 100, fwmark: "0x1", table: "100" },
    { priority: 0, table: "local", family: "inet6" },
  ],
});

test("a node's state, as it is sent", () => {
  const state = nodeStateOf(FLANNEL, NO_COUNTERS, ({ ifname }) => (ifname === "eth0" ? "uplink" : "tunnel"));
  expect(nodeStateSchema.parse(state)).toEqual(state);
  const zeros = { receiveDropped: 0, sendDropped: 0, receiveErrors: 0, sendErrors: 0 };
  expect(state.interfaces).toEqual([
    {
      ...{ name: "eth0", kind: "", role: "uplink", mtu: 1500, up: true, addresses: ["172.31.0.11"] },
      ...{ isPointed: true, ...zeros },
    },
    {
      ...{ name: "flannel.1", kind: "vxlan", role: "tunnel", mtu: 1450, up: true, addresses: [] },
      ...{ isPointed: false, ...zeros },
    },
    {
      ...{ name: "geneve0", kind: "vxlan", role: "tunnel", mtu: 1450, up: false, addresses: [] },
      ...{ isPointed: true, ...zeros },
    },
  ]);
  expect(
    state.routes.map(({ type, destination, nextHops, mtu }) => [type, destination, nextHops, mtu]),
  ).toEqual([
    ["unicast", "0.0.0.0/0", [{ device: "eth0", gateway: "172.31.0.1" }], null],
    ["unicast", "::/0", [{ device: "eth0", gateway: null }], null],
    ["blackhole", "10.7.0.0/16", [], null],
    ["unicast", "10.244.2.0/24", [{ device: "flannel.1", gateway: "10.244.2.0" }], 1400],
    [
      "unicast",
      "10.6.0.1/32",
      [
        { device: "eth0", gateway: "10.9.0.5" },
        { device: "eth0", gateway: "10.9.0.6" },
      ],
      null,
    ],
  ]);
  expect(state.neighbours.map(({ address, state: is }) => [address, is])).toEqual([
    ["10.244.2.0", "permanent"],
    ["172.31.0.12", "usable"],
    ["172.31.0.13", "failed"],
  ]);
  expect(state.forwarding).toEqual([
    { device: "flannel.1", mac: "0a:f1:a0:e1:00:02", remote: "172.31.0.12" },
  ]);
  expect(state.rules).toEqual([
    { family: "ipv4", priority: 0, table: "local", isForAll: true },
    { family: "ipv4", priority: 100, table: "100", isForAll: false },
    { family: "ipv6", priority: 0, table: "local", isForAll: true },
  ]);
  expect([state.conntrack, state.cut]).toEqual([null, false]);
});

describe("when it is sent", () => {
  beforeEach(() => void vi.useFakeTimers({ now: 0 }));
  afterEach(() => void vi.useRealTimers());

  function start() {
    const sent: number[] = [];
    const states: SentNodeState[] = [];
    const kernel = { description: FLANNEL, dropped: 0, tunnelDropped: 0 };
    const log = new NodeStateLog({
      read: async () =>
        nodeStateOf(
          kernel.description,
          {
            interfaces: new Map([
              ["eth0", { receiveErrors: 0, receiveDropped: kernel.dropped, sendErrors: 0, sendDropped: 0 }],
              [
                "flannel.1",
                { receiveErrors: 0, receiveDropped: 0, sendErrors: 0, sendDropped: kernel.tunnelDropped },
              ],
            ]),
            conntrack: undefined,
          },
          () => "unknown",
        ),
      write: (readAtMs, state) => {
        sent.push(readAtMs);
        states.push(state);
      },
      nowMs: Date.now,
    });
    log.start();
    return { log, kernel, sent, states };
  }

  test("at once, each minute, and where something changed that decides where packets go", async () => {
    const { log, kernel, sent } = start();
    await vi.advanceTimersByTimeAsync(61_000);
    expect(sent).toEqual([0, 60_000]);
    kernel.description = {
      ...FLANNEL,
      neighbours: FLANNEL.neighbours.filter(({ dst }) => dst !== "172.31.0.12"),
    };
    await vi.advanceTimersByTimeAsync(3000);
    expect(sent).toHaveLength(2);
    kernel.description = { ...FLANNEL, forwarding: [] };
    log.look();
    await vi.advanceTimersByTimeAsync(1);
    expect(sent).toEqual([0, 60_000, 64_000]);
    await log.stop();
  });

  test("where losses begin, and from time to time while they go on", async () => {
    const { log, kernel, sent } = start();
    await vi.advanceTimersByTimeAsync(10_000);
    const rise = setInterval(() => kernel.dropped++, 1000);
    await vi.advanceTimersByTimeAsync(40_000);
    clearInterval(rise);
    expect(sent).toEqual([0, 12_000, 27_000, 42_000]);
    await log.stop();
  });

  test("where losses begin at another place meanwhile, that is told at once", async () => {
    const { log, kernel, sent } = start();
    const rise = setInterval(() => kernel.dropped++, 1000);
    await vi.advanceTimersByTimeAsync(20_000);
    kernel.tunnelDropped = 1;
    await vi.advanceTimersByTimeAsync(4000);
    clearInterval(rise);
    expect(sent).toEqual([0, 3000, 18_000, 21_000]);
    await log.stop();
  });

  test("whole at first, each hour, and where much has changed; else as the difference to the last whole one", async () => {
    const { log, kernel, sent, states } = start();
    await vi.advanceTimersByTimeAsync(60_000);
    const noForwarding = { ...FLANNEL, forwarding: [] };
    kernel.description = noForwarding;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(states).toMatchObject([
      { version: 1, forwarding: [{ device: "flannel.1" }] },
      { version: 2, since: 0, forwarding: { removed: [], added: [] } },
      { version: 2, since: 0, forwarding: { removed: [0], added: [] }, neighbours: { removed: [] } },
    ]);
    kernel.description = { ...noForwarding, routes: [], neighbours: [], rules: [] };
    await vi.advanceTimersByTimeAsync(3000);
    expect(states.at(-1)).toMatchObject({ version: 1, routes: [] });
    const wholeAtMs = sent.at(-1)!;
    await vi.advanceTimersByTimeAsync(3_600_000);
    const whole = sent.filter((_, index) => states[index]?.version === 1);
    expect(whole).toEqual([0, wholeAtMs, wholeAtMs + 3_600_000]);
    await log.stop();
  });
});
