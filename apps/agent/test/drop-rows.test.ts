import type { DropColumns } from "@hopline/batch";
import type { LoggedPacket } from "@hopline/capture";
import { emptyTuple, TranslationTable, type Tuple } from "@hopline/conntrack";
import { formatConnectionId } from "@hopline/flow";
import { formatAddress, parseAddress } from "@hopline/packet";
import { Topology } from "@hopline/topology";
import { describe, expect, it } from "vitest";
import { DropMemory } from "../src/drops/drop-memory.js";
import { DropNamer } from "../src/drops/drop-namer.js";
import { DropSums } from "../src/drops/drop-sums.js";
import { DroppedPackets, emptyFlow } from "../src/drops/dropped-packet.js";
import { InterfaceDirectory } from "../src/naming/interface-directory.js";
import { bytesOf, type TestFrame } from "./frames.js";

const T0 = 1_795_000_003_000_000;
const SYN = 0x02;
const CLIENT = "10.244.1.5:40000";
const BACKEND = "10.244.1.7:8080";
const ETHERNET_BYTES = 14;

/** The packet as a rule with this prefix logs it: from its IP header on. */
function logged(frame: Omit<TestFrame, "timeUs">, prefix = "hopline-deny:in:shop/api"): LoggedPacket {
  const packet = bytesOf({ ...frame, timeUs: 0 })
    .subarray(ETHERNET_BYTES)
    .slice(0, 128);
  return {
    group: 100,
    prefix,
    timeUs: undefined,
    inInterface: 7,
    outInterface: 0,
    packet,
    connection: undefined,
    message: new Uint8Array(0),
  };
}

function tuple(source: string, destination: string): Tuple {
  const made = emptyTuple();
  made.protocol = 6;
  for (const [end, port, text] of [
    ["source", "sourcePort", source],
    ["destination", "destinationPort", destination],
  ] as const) {
    made[end].set(parseAddress(text.split(":")[0] ?? "") ?? []);
    made[port] = Number(text.split(":")[1]);
  }
  return made;
}

function setUp(most = 100) {
  const translations = new TranslationTable();
  const interfaces = new InterfaceDirectory(new Topology({ nowMs: () => T0 / 1000 }), true);
  const [sums, packets, flow] = [new DropSums(most), new DroppedPackets(), emptyFlow()];
  const namer = new DropNamer({ translations, interfaces });
  const drop = (packet: LoggedPacket, timeUs: number): boolean => {
    if (!packets.read(packet, flow)) return false;
    sums.add(packet, flow, timeUs);
    return true;
  };
  return { translations, sums, drop, take: () => listOf(namer.name(sums.take())) };
}

function listOf(columns: DropColumns) {
  const end = (address: Uint8Array, port: Uint16Array, row: number) =>
    `${formatAddress(address, row * 16)}:${port[row]}`;
  return Array.from({ length: columns.count }, (_, row) => ({
    window: columns.window_start[row],
    id: formatConnectionId(columns.connection_id, row),
    isReply: columns.is_reply[row],
    client: end(columns.client_address, columns.client_port, row),
    server: end(columns.server_address, columns.server_port, row),
    originalServer: end(columns.original_server_address, columns.original_server_port, row),
    translation: columns.translation.values[columns.translation.indexes[row] ?? -1],
    by: columns.initiator_by.values[columns.initiator_by.indexes[row] ?? -1],
    in: columns.in_interface.values[columns.in_interface.indexes[row] ?? -1],
    out: columns.out_interface.values[columns.out_interface.indexes[row] ?? -1],
    prefix: columns.prefix.values[columns.prefix.indexes[row] ?? -1],
    packet: columns.packet.values[columns.packet.indexes[row] ?? -1],
    packets: columns.packets[row],
    bytes: columns.bytes[row],
  }));
}

describe("rows of drops", () => {
  it("add up the packets of one flow and one rule, and name what nobody tracks by its own tuple", () => {
    const { drop, take } = setUp();
    const syn = logged({ source: CLIENT, destination: BACKEND, tcpFlags: SYN });
    drop(syn, T0);
    drop(syn, T0 + 400_000);
    drop(logged({ source: CLIENT, destination: BACKEND, tcpFlags: SYN }, "DROP: "), T0);
    expect(take()).toEqual([
      {
        window: 1_795_000_000,
        id: "dec5d65bdf2643d3",
        isReply: 0,
        client: CLIENT,
        server: BACKEND,
        originalServer: BACKEND,
        translation: "untracked",
        by: "handshake",
        in: "if7",
        out: "",
        prefix: "hopline-deny:in:shop/api",
        packet: Buffer.from(syn.packet).toString("hex"),
        packets: 2,
        bytes: 80,
      },
      expect.objectContaining({ prefix: "DROP: ", packets: 1, bytes: 40 }),
    ]);
    expect(take()).toEqual([]);
  });

  it("give an answer that was dropped its connection, and a long packet its whole length", () => {
    const { drop, take } = setUp();
    const answer = logged({ source: BACKEND, destination: CLIENT, payloadBytes: 1400 });
    expect(answer.packet).toHaveLength(128);
    drop(answer, T0);
    expect(take()).toMatchObject([{ isReply: 1, client: CLIENT, server: BACKEND, by: "ports", bytes: 1440 }]);
  });

  it("know the Service where the client's own row has told of it", () => {
    const { translations, drop, take } = setUp();
    const memory = new DropMemory(translations);
    memory.note(tuple(CLIENT, BACKEND), 1, T0);
    memory.explain(tuple(CLIENT, "10.96.0.10:80"), T0, T0);
    drop(logged({ source: CLIENT, destination: BACKEND, tcpFlags: SYN }), T0);
    expect(take()).toMatchObject([
      { server: BACKEND, originalServer: "10.96.0.10:80", translation: "dnat", by: "conntrack" },
    ]);
  });

  it("are so many and no more; the rest is counted", () => {
    const { sums, drop, take } = setUp(3);
    const from = (port: number) =>
      logged({ source: `10.244.1.5:${port}`, destination: BACKEND, tcpFlags: SYN });
    for (let port = 1; port <= 10; port++) drop(from(port), T0);
    drop(from(1), T0);
    expect(take().map(({ packets }) => packets)).toEqual([2, 1, 1]);
    expect(sums.rateLimited).toBe(7);
  });

  it("are not made of what belongs to no flow", () => {
    const { drop } = setUp();
    const whole = logged({ source: CLIENT, destination: BACKEND });
    for (const packet of [new Uint8Array(0), whole.packet.slice(0, 10), Uint8Array.of(0xff, 0xff, 0xff)])
      expect(drop({ ...whole, packet }, T0)).toBe(false);
  });
});
