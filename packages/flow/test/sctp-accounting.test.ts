import {
  PROTOCOL_SCTP,
  SCTP_ABORT,
  SCTP_COOKIE,
  SCTP_DATA,
  SCTP_INIT,
  SCTP_INIT_ACK,
  SCTP_SACK,
  SCTP_SHUTDOWN,
} from "@hopline/packet";
import { describe, expect, it } from "vitest";
import { FlowTable } from "../src/flow-table.js";
import { CLOSING_FIN, CLOSING_NONE, CLOSING_RST, ROW_FIRST, ROW_LAST } from "../src/row-flags.js";
import { ACK, count, FIN, fromClient, fromServer, type PacketFields, RST, SYN, us } from "./packets.js";
import { rowFrom, rowsOf } from "./rows.js";

const CLIENT = "10.0.0.1";
const SERVER = "10.0.0.2";

const client = (atMs: number, sctpChunks: number, payloadBytes = 0): PacketFields =>
  fromClient({ protocol: PROTOCOL_SCTP, atMs, sctpChunks, payloadBytes });
const server = (atMs: number, sctpChunks: number): PacketFields =>
  fromServer({ protocol: PROTOCOL_SCTP, atMs, sctpChunks });

const OPENING = [
  client(0, SCTP_INIT),
  server(12, SCTP_INIT_ACK),
  client(13, SCTP_COOKIE),
  server(14, SCTP_COOKIE),
];

function tableAfter(...packets: readonly PacketFields[]): FlowTable {
  const table = new FlowTable({ capacity: 64 });
  count(table, ...packets);
  return table;
}

describe("an SCTP association", () => {
  it("begins by INIT and INIT ACK, whose round trip is the handshake's", () => {
    const rows = rowsOf(tableAfter(...OPENING, client(20, SCTP_DATA, 100), server(21, SCTP_SACK)).flush());
    expect(rowFrom(CLIENT, rows)).toMatchObject({
      protocols: 132,
      initiators: 1,
      synPackets: 1,
      synAckPackets: 0,
      handshakeUs: 12_000,
      tcpFlags: SYN,
      packets: 3,
      payloadBytes: 100,
      closings: CLOSING_NONE,
    });
    expect(rowFrom(SERVER, rows)).toMatchObject({
      initiators: 2,
      synPackets: 0,
      synAckPackets: 1,
      handshakeUs: -1,
      tcpFlags: SYN | ACK,
      packets: 3,
    });
  });

  it("measures nothing from an INIT that was sent again", () => {
    const table = tableAfter(
      client(0, SCTP_INIT),
      client(1_000, SCTP_INIT),
      client(3_000, SCTP_INIT),
      server(3_002, SCTP_INIT_ACK),
    );
    expect(rowFrom(CLIENT, rowsOf(table.flush()))).toMatchObject({ handshakeUs: -1, synPackets: 3 });
  });

  it("ends by SHUTDOWN both ways, and lingers like TCP", () => {
    const table = tableAfter(
      ...OPENING,
      server(100, SCTP_SHUTDOWN),
      client(110, SCTP_SHUTDOWN),
      server(120, SCTP_SHUTDOWN),
    );
    const rows = rowsOf(table.takeNew(us(6_000)));
    expect(rowFrom(SERVER, rows)).toMatchObject({
      closings: CLOSING_FIN,
      finPackets: 2,
      tcpFlags: SYN | ACK | FIN,
      rowFlags: ROW_FIRST | ROW_LAST,
    });
    expect(rowFrom(CLIENT, rows)).toMatchObject({
      closings: CLOSING_NONE,
      finPackets: 1,
      tcpFlags: SYN | FIN,
    });
    expect(table.counters()).toMatchObject({ entries: 0, ended: { closed: 1 } });
  });

  it("ends by ABORT, of either side", () => {
    const table = tableAfter(...OPENING, client(100, SCTP_ABORT));
    const rows = rowsOf(table.takeNew(us(6_000)));
    expect(rowFrom(CLIENT, rows)).toMatchObject({
      closings: CLOSING_RST,
      rstPackets: 1,
      tcpFlags: SYN | RST,
    });
    expect(rowFrom(SERVER, rows)).toMatchObject({ closings: CLOSING_NONE, rstPackets: 0 });
    expect(table.counters().ended.closed).toBe(1);
  });

  it("refused by ABORT has no handshake", () => {
    const rows = rowsOf(tableAfter(client(0, SCTP_INIT), server(5, SCTP_ABORT)).flush());
    expect(rowFrom(CLIENT, rows)).toMatchObject({ handshakeUs: -1, initiators: 1 });
    expect(rowFrom(SERVER, rows)).toMatchObject({ closings: CLOSING_RST, rstPackets: 1 });
  });
});
