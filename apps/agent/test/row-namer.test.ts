import type { HopColumns } from "@hopline/batch";
import { type ConntrackRecord, emptyRecord, RECORD_NEW, TranslationTable } from "@hopline/conntrack";
import { formatConnectionId } from "@hopline/flow";
import { formatAddress, parseAddress } from "@hopline/packet";
import { nodeDescriptionSchema, type Role, Topology } from "@hopline/topology";
import { describe, expect, it } from "vitest";
import { InterfaceDirectory } from "../src/naming/interface-directory.js";
import { allRows } from "../src/naming/picked-rows.js";
import { RowNamer } from "../src/naming/row-namer.js";
import type { TestFrame } from "./frames.js";
import { rowsOf } from "./hop-rows.js";

const T0 = 1_795_000_000_000_000;
const SYN = 0x02;
const SYN_ACK = 0x12;

const client = "10.244.1.5:40000";
const service = "10.96.0.10:80";
const backend = "10.244.2.7:8080";

function translation(original: [string, string], reply: [string, string]): ConntrackRecord {
  const record = { ...emptyRecord(), kind: RECORD_NEW, timeUs: T0, id: 1 } as const;
  for (const [tuple, [source, destination]] of [
    [record.original, original],
    [record.reply, reply],
  ] as const) {
    tuple.protocol = 6;
    tuple.source.set(parseAddress(source.split(":")[0] ?? "") ?? []);
    tuple.destination.set(parseAddress(destination.split(":")[0] ?? "") ?? []);
    tuple.sourcePort = Number(source.split(":")[1]);
    tuple.destinationPort = Number(destination.split(":")[1]);
  }
  return record;
}

/** A node whose interface 7 is a pod's, and 2 the uplink. */
function node(...records: ConntrackRecord[]) {
  const translations = new TranslationTable();
  for (const record of records) translations.apply(record);
  const topology = new Topology({ nowMs: () => T0 / 1000 });
  topology.update(
    nodeDescriptionSchema.parse({
      links: [
        { ifindex: 2, ifname: "eth0" },
        { ifindex: 7, ifname: "veth7", link_netnsid: 0, linkinfo: { info_kind: "veth" } },
      ],
      addresses: [{ ifindex: 2, ifname: "eth0", addr_info: [{ local: "192.168.0.2", prefixlen: 24 }] }],
      routes: [],
      neighbours: [],
      forwarding: [],
      rules: [],
    }),
  );
  return new RowNamer({
    ...{ translations, topology, roles: new Set<Role>(["pod", "uplink"]) },
    interfaces: new InterfaceDirectory(topology, true),
  });
}

function name(namer: RowNamer, packets: readonly TestFrame[], mayWait = false) {
  const rows = rowsOf(packets);
  const named = namer.name(rows, allRows(rows.count), { conntrack: mayWait, interfaces: false });
  return { rows: listOf(named.columns), waiting: [...named.waiting] };
}

function listOf(columns: HopColumns) {
  const end = (address: Uint8Array, port: Uint16Array, row: number) =>
    `${formatAddress(address, row * 16)}:${port[row]}`;
  return Array.from({ length: columns.count }, (_, row) => ({
    id: formatConnectionId(columns.connection_id, row),
    isReply: columns.is_reply[row],
    client: end(columns.client_address, columns.client_port, row),
    server: end(columns.server_address, columns.server_port, row),
    originalServer: end(columns.original_server_address, columns.original_server_port, row),
    translation: columns.translation.values[columns.translation.indexes[row] ?? -1],
    by: columns.initiator_by.values[columns.initiator_by.indexes[row] ?? -1],
    interface: columns.interface.values[columns.interface.indexes[row] ?? -1],
    role: columns.role.values[columns.role.indexes[row] ?? -1],
    attached: formatAddress(columns.attached_address, row * 16),
    packets: columns.packets[row],
  }));
}

describe("RowNamer", () => {
  it("gives the original, the translated and the reply tuple of a connection one id, also on a node without the entry", () => {
    const here = node(translation([client, service], [backend, client]));
    const elsewhere = node();
    const { rows } = name(here, [
      { source: client, destination: service, tcpFlags: SYN, timeUs: T0 },
      {
        source: client,
        destination: backend,
        tcpFlags: SYN,
        interfaceIndex: 2,
        direction: 1,
        timeUs: T0 + 9,
      },
      { source: service, destination: client, tcpFlags: SYN_ACK, direction: 1, timeUs: T0 + 20 },
    ]);
    const there = name(elsewhere, [
      { source: client, destination: backend, tcpFlags: SYN, interfaceIndex: 2, timeUs: T0 + 11 },
      {
        source: backend,
        destination: client,
        tcpFlags: SYN_ACK,
        interfaceIndex: 2,
        direction: 1,
        timeUs: T0 + 15,
      },
    ]);
    expect(new Set([...rows, ...there.rows].map((row) => row.id)).size).toBe(1);
    for (const row of rows) {
      expect(row).toMatchObject({
        client,
        server: backend,
        originalServer: service,
        translation: "dnat",
        by: "conntrack",
      });
    }
    expect(rows.map((row) => row.isReply).sort()).toEqual([0, 0, 1]);
    for (const row of there.rows) {
      expect(row).toMatchObject({
        client,
        server: backend,
        originalServer: backend,
        translation: "untracked",
        by: "handshake",
      });
    }
    expect(there.rows.map((row) => row.isReply).sort()).toEqual([0, 1]);
  });

  it("believes a handshake rather than an entry that was made in the middle of the connection", () => {
    const namer = node(translation([backend, client], [client, backend]));
    const { rows } = name(namer, [{ source: client, destination: backend, tcpFlags: SYN, timeUs: T0 }]);
    expect(rows[0]).toMatchObject({
      client,
      server: backend,
      isReply: 0,
      by: "handshake",
      translation: "none",
    });
    const middle = name(namer, [{ source: client, destination: backend, payloadBytes: 5, timeUs: T0 }]);
    expect(middle.rows[0]).toMatchObject({ client: backend, isReply: 1, by: "conntrack" });
  });

  it("guesses by ports where nothing tells, and alike from both directions", () => {
    const { rows } = name(node(), [
      { source: client, destination: backend, payloadBytes: 5, timeUs: T0 },
      { source: backend, destination: client, payloadBytes: 5, interfaceIndex: 2, timeUs: T0 + 1 },
      { source: "10.0.0.9:123", destination: "10.0.0.3:123", protocol: 17, timeUs: T0 + 2 },
    ]);
    const tcp = rows.filter((row) => row.server === backend);
    expect(tcp).toHaveLength(2);
    expect(new Set(tcp.map((row) => row.id)).size).toBe(1);
    expect(rows.find((row) => row.server === "10.0.0.9:123")).toMatchObject({
      client: "10.0.0.3:123",
      isReply: 1,
      by: "ports",
    });
  });

  it("says where it saw them, and whose interface that is, learned from what came in", () => {
    const { rows } = name(node(), [
      { source: client, destination: backend, tcpFlags: SYN, timeUs: T0 },
      { source: client, destination: backend, tcpFlags: SYN, interfaceIndex: 2, direction: 1, timeUs: T0 },
      { source: client, destination: backend, tcpFlags: SYN, interfaceIndex: 99, timeUs: T0 },
    ]);
    expect(rows.map(({ interface: name, role, attached }) => ({ name, role, attached }))).toEqual([
      { name: "veth7", role: "pod", attached: "10.244.1.5" },
      { name: "eth0", role: "uplink", attached: "::" },
      { name: "if99", role: "unknown", attached: "::" },
    ]);
  });

  it("leaves out first rows that conntrack may still tell of, and names them when asked again", () => {
    const namer = node(translation([client, service], [backend, client]));
    const packets = [
      { source: "10.244.1.6:50000", destination: service, tcpFlags: SYN, timeUs: T0 },
      { source: client, destination: service, tcpFlags: SYN, payloadBytes: 0, timeUs: T0 },
    ];
    const rows = rowsOf(packets);
    const first = namer.name(rows, allRows(rows.count), { conntrack: true, interfaces: false });
    expect(listOf(first.columns).map((row) => row.client)).toEqual([client]);
    expect([...first.waiting]).toEqual([0]);
    const second = namer.name(rows, first.waiting, { conntrack: false, interfaces: false });
    expect(listOf(second.columns)).toMatchObject([
      { client: "10.244.1.6:50000", server: service, translation: "untracked", packets: 1 },
    ]);
    expect(namer.counters.byTranslation).toMatchObject({ dnat: 1, untracked: 1 });
  });
});
