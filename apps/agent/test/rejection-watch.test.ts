import type { DropColumns, HopColumns } from "@hopline/batch";
import { type ConntrackRecord, emptyRecord, RECORD_NEW, TranslationTable } from "@hopline/conntrack";
import { formatAddress, parseAddress } from "@hopline/packet";
import { nodeDescriptionSchema, type Role, Topology } from "@hopline/topology";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { OwnAddresses } from "../src/drops/own-addresses.js";
import { textAt } from "../src/drops/rejection-columns.js";
import { RejectionWatch } from "../src/drops/rejection-watch.js";
import { InterfaceDirectory } from "../src/naming/interface-directory.js";
import { allRows } from "../src/naming/picked-rows.js";
import { RowNamer } from "../src/naming/row-namer.js";
import type { TestFrame, TestIcmpError } from "./frames.js";
import { type CountedFrame, rowsOf } from "./hop-rows.js";
import { PROHIBITED_OVER_IPV6, RESET_OVER_IPV6 } from "./ipv6-rejections.js";

const T0 = 1_795_000_003_000_000;
const SYN = 0x02;
const SYN_ACK = 0x12;
const RST_ACK = 0x14;
const [IN, OUT] = [0, 1];
const [UPLINK, VETH] = [2, 7];

const client = "10.244.1.5:40000";
const server = "10.244.2.7:8080";
const gateway = "10.244.1.1:0";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A node with a pod at interface 7 and an uplink, 2. */
function setUp() {
  const topology = new Topology({ nowMs: () => T0 / 1000 });
  topology.update(
    nodeDescriptionSchema.parse({
      links: [
        { ifindex: UPLINK, ifname: "eth0" },
        { ifindex: VETH, ifname: "veth7", link_netnsid: 0, linkinfo: { info_kind: "veth" } },
      ],
      addresses: [{ ifindex: UPLINK, ifname: "eth0", addr_info: [{ local: "192.168.0.2", prefixlen: 24 }] }],
      ...{ routes: [], neighbours: [], forwarding: [], rules: [] },
    }),
  );
  const translations = new TranslationTable();
  const namer = new RowNamer({
    ...{ translations, topology, roles: new Set<Role>(["pod"]) },
    interfaces: new InterfaceDirectory(topology, true),
  });
  const conntrack = { isTracking: true, lost: 0 };
  const told: DropColumns[] = [];
  const own = new OwnAddresses(topology);
  const watch = new RejectionWatch({
    isTracking: () => conntrack.isTracking,
    lostEvents: () => conntrack.lost,
    isOwnAddress: (addresses, offset) => own.has(addresses, offset),
    nowMs: () => performance.now(),
    onRows: (columns) => told.push(columns),
  });
  const see = (...frames: CountedFrame[]): HopColumns => {
    const rows = rowsOf(frames);
    const { columns } = namer.name(rows, allRows(rows.count), { conntrack: false, interfaces: false });
    watch.take(columns);
    return columns;
  };
  const toldSoFar = () => told.flatMap(textsOf);
  const decided = () => {
    watch.finish();
    return toldSoFar();
  };
  return { translations, conntrack, watch, see, toldSoFar, decided };
}

function textsOf(columns: DropColumns): string[] {
  return Array.from({ length: columns.count }, (_, row) => {
    const address = (of: Uint8Array) => formatAddress(of.subarray(row * 16, row * 16 + 16));
    const from = `${address(columns.client_address)}:${columns.client_port[row]}`;
    const to = `${address(columns.server_address)}:${columns.server_port[row]}`;
    const interfaces = `${textAt(columns.in_interface, row)} > ${textAt(columns.out_interface, row)}`;
    const what = `${textAt(columns.source, row)} ${textAt(columns.reason, row)}`.trim();
    return `${what}: ${from} > ${to}, ${interfaces}, ${columns.packets[row]} packets, ${columns.bytes[row]} bytes`;
  });
}

const syn = (interfaceIndex: number, direction: number, destination = server): TestFrame => ({
  ...{ source: client, destination, tcpFlags: SYN, interfaceIndex, direction, timeUs: T0 },
});
const reset = (interfaceIndex: number, direction: number, source = server): TestFrame => ({
  ...{ source, destination: client, tcpFlags: RST_ACK, interfaceIndex, direction, timeUs: T0 + 40 },
});
const prohibited = (interfaceIndex: number, direction: number, code = 13): TestIcmpError => ({
  ...{ source: gateway, destination: client, type: 3, code, interfaceIndex, direction, timeUs: T0 + 40 },
  quotes: { source: client, destination: server, tcpFlags: SYN },
});

function entry(from: string, to: string): ConntrackRecord {
  const record = { ...emptyRecord(), kind: RECORD_NEW, timeUs: T0, id: 1 } as const;
  for (const [tuple, source, destination] of [
    [record.original, from, to],
    [record.reply, to, from],
  ] as const) {
    tuple.protocol = 6;
    tuple.source.set(parseAddress(source.split(":")[0] ?? "") ?? []);
    tuple.destination.set(parseAddress(destination.split(":")[0] ?? "") ?? []);
    tuple.sourcePort = Number(source.split(":")[1]);
    tuple.destinationPort = Number(destination.split(":")[1]);
  }
  return record;
}

it.each([
  [9, "network administratively prohibited (ICMP 3/9)"],
  [10, "host administratively prohibited (ICMP 3/10)"],
  [13, "communication administratively prohibited (ICMP 3/13)"],
])("an ICMP error 3/%i that the node makes itself is a rejection", (code, words) => {
  const { see, decided, watch } = setUp();
  see(syn(VETH, IN), prohibited(VETH, OUT, code));
  expect(decided()).toEqual([
    `icmp ${words}: 10.244.1.5:40000 > 10.244.2.7:8080, veth7 > , 1 packets, 40 bytes`,
  ]);
  expect(watch.counters).toEqual({ icmp: 1, rst: 0, rateLimited: 0 });
});

it("says where the packets left, where the error comes from elsewhere, and only the client's node says it", () => {
  const near = setUp();
  near.see(syn(VETH, IN), syn(UPLINK, OUT), prohibited(UPLINK, IN), prohibited(VETH, OUT));
  expect(near.decided()).toEqual([
    "icmp communication administratively prohibited (ICMP 3/13): 10.244.1.5:40000 > 10.244.2.7:8080, veth7 > eth0, 1 packets, 40 bytes",
  ]);
  const passing = setUp();
  passing.see(syn(UPLINK, IN), syn(VETH, OUT), prohibited(VETH, IN), prohibited(UPLINK, OUT));
  expect(passing.decided()).toEqual([]);
});

it("other ICMP errors say nothing of a policy", () => {
  const { see, decided } = setUp();
  see(syn(VETH, IN), prohibited(VETH, OUT, 1), prohibited(VETH, OUT, 3));
  expect(decided()).toEqual([]);
});

it("an RST that the node makes itself, for a SYN that it passes to nobody, is a rejection", () => {
  const { see, decided, watch } = setUp();
  see(syn(VETH, IN), reset(VETH, OUT));
  expect(decided()).toEqual(["rst: 10.244.1.5:40000 > 10.244.2.7:8080, veth7 > , 1 packets, 40 bytes"]);
  expect(watch.counters).toEqual({ icmp: 0, rst: 1, rateLimited: 0 });
});

it("and so it is where the SYN came by the uplink", () => {
  const { see, decided } = setUp();
  see(syn(UPLINK, IN), reset(UPLINK, OUT));
  expect(decided()).toEqual(["rst: 10.244.1.5:40000 > 10.244.2.7:8080, eth0 > , 1 packets, 40 bytes"]);
});

it("and where a bridge sends the RST from the backend that the Service had been translated to", () => {
  const { see, decided } = setUp();
  see(syn(VETH, IN, "10.96.0.10:80"), reset(VETH, OUT));
  expect(decided()).toEqual(["rst: 10.244.1.5:40000 > 10.96.0.10:80, veth7 > , 1 packets, 40 bytes"]);
});

it("whichever of the two shows first, and whatever else shows in between", () => {
  const resetFirst = setUp();
  resetFirst.see(reset(VETH, OUT));
  resetFirst.see(syn(VETH, IN));
  expect(resetFirst.decided()).toHaveLength(1);
  const passedBetween = setUp();
  passedBetween.see(syn(VETH, IN));
  passedBetween.see(syn(UPLINK, OUT));
  passedBetween.see(reset(VETH, OUT));
  expect(passedBetween.decided()).toEqual([]);
});

it("where the node is short of time, and the two come in reports that are seconds apart", () => {
  const { see, toldSoFar } = setUp();
  see(syn(VETH, IN));
  vi.advanceTimersByTime(4000);
  see(reset(VETH, OUT));
  // Still it waits for what may speak against it.
  vi.advanceTimersByTime(1200);
  expect(toldSoFar()).toEqual([]);
  vi.advanceTimersByTime(400);
  expect(toldSoFar()).toEqual(["rst: 10.244.1.5:40000 > 10.244.2.7:8080, veth7 > , 1 packets, 40 bytes"]);
  // One of a pair whose other half never comes is forgotten.
  see(syn(VETH, IN, "10.244.2.7:8081"));
  vi.advanceTimersByTime(7000);
  see(reset(VETH, OUT, "10.244.2.7:8081"));
  vi.advanceTimersByTime(7000);
  expect(toldSoFar()).toHaveLength(1);
});

it("over IPv6, too: by an ICMPv6 error and by an RST, as Linux makes them", () => {
  const { see, decided, watch } = setUp();
  for (const { syn, answer } of [PROHIBITED_OVER_IPV6, RESET_OVER_IPV6])
    see(
      { hex: syn, interfaceIndex: VETH, direction: IN, timeUs: T0 },
      { hex: answer, interfaceIndex: VETH, direction: OUT, timeUs: T0 + 70 },
    );
  expect(decided()).toEqual([
    "icmp communication administratively prohibited (ICMPv6 1/1): fd00:10:244:1::5:56778 > fd00:10:244:2::7:8080, veth7 > , 1 packets, 80 bytes",
    "rst: fd00:10:244:1::5:46816 > fd00:10:244:2::7:8081, veth7 > , 1 packets, 80 bytes",
  ]);
  expect(watch.counters).toEqual({ icmp: 1, rst: 1, rateLimited: 0 });
});

it("a server that refuses is none, even where that shows a moment later, or conntrack has no entry", () => {
  const atOnce = setUp();
  atOnce.see(syn(VETH, IN), syn(UPLINK, OUT), reset(UPLINK, IN), reset(VETH, OUT));
  const later = setUp();
  later.see(syn(VETH, IN), reset(VETH, OUT));
  later.see(syn(UPLINK, OUT));
  const answered = setUp();
  answered.see(syn(VETH, IN), reset(VETH, OUT));
  answered.see(reset(UPLINK, IN));
  expect([atOnce, later, answered].flatMap(({ decided }) => decided())).toEqual([]);
});

it("nor is one that was passed on to a backend whose translation nobody knows", () => {
  const { see, decided } = setUp();
  const service = "10.96.0.10:80";
  see(syn(VETH, IN, service), reset(VETH, OUT, service));
  see(syn(UPLINK, OUT));
  expect(decided()).toEqual([]);
});

it("nor where conntrack has confirmed the connection, or is not followed, or lost events", () => {
  const confirmed = setUp();
  confirmed.translations.apply(entry(client, server));
  confirmed.see(syn(VETH, IN), reset(VETH, OUT));
  const blind = setUp();
  blind.conntrack.isTracking = false;
  blind.see(syn(VETH, IN), reset(VETH, OUT));
  const lossy = setUp();
  lossy.see(syn(VETH, IN), reset(VETH, OUT));
  lossy.conntrack.lost = 3;
  expect([confirmed, blind, lossy].flatMap(({ decided }) => decided())).toEqual([]);
});

it("nor where the node itself is the server, or the connection was open", () => {
  const own = setUp();
  own.see(syn(VETH, IN, "192.168.0.2:9999"), reset(VETH, OUT, "192.168.0.2:9999"));
  const open = setUp();
  open.see(syn(VETH, IN), { ...reset(VETH, OUT), tcpFlags: SYN_ACK }, reset(VETH, OUT));
  expect([own, open].flatMap(({ decided }) => decided())).toEqual([]);
});
