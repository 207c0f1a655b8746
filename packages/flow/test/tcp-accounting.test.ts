import { describe, expect, it } from "vitest";
import { FlowTable } from "../src/flow-table.js";
import { ACK, count, FIN, fromClient, fromServer, type PacketFields, SYN, us } from "./packets.js";
import { type Row, rowFrom, rowsOf } from "./rows.js";

const CLIENT = "10.0.0.1";
const SERVER = "10.0.0.2";

/** Rows of a fresh table that counted these packets. */
function rowsAfter(...packets: PacketFields[]): Row[] {
  const table = new FlowTable({ capacity: 64 });
  count(table, ...packets);
  return rowsOf(table.flush());
}

function segment(sequence: number, payloadBytes: number, more: PacketFields = {}): PacketFields {
  return fromClient({ flags: ACK, sequence, payloadBytes, ...more });
}

/** [retransmitted bytes, retransmitted packets, gap bytes] of the client's flow. */
function account(...packets: PacketFields[]): number[] {
  const { retransmittedBytes, retransmittedPackets, gapBytes } = rowFrom(CLIENT, rowsAfter(...packets));
  return [retransmittedBytes, retransmittedPackets, gapBytes];
}

describe("round trips", () => {
  const syn = fromClient({ atMs: 0, flags: SYN, sequence: 100 });
  const synAck = fromServer({ atMs: 12, flags: SYN | ACK, sequence: 900, acknowledgement: 101 });
  const ack = fromClient({ atMs: 15, flags: ACK, sequence: 101, acknowledgement: 901 });

  it("takes SYN to SYN-ACK for the initiator's flow, SYN-ACK to ACK for the other", () => {
    const rows = rowsAfter(syn, synAck, ack);
    expect(rowFrom(CLIENT, rows)).toMatchObject({
      handshakeUs: 12_000,
      synPackets: 1,
      synAckPackets: 0,
      dataRoundTripCount: 0,
    });
    expect(rowFrom(SERVER, rows)).toMatchObject({ handshakeUs: 3_000, synPackets: 0, synAckPackets: 1 });
  });

  it("measures neither from what was sent twice", () => {
    const rows = rowsAfter(syn, { ...syn, atMs: 5 }, synAck, { ...synAck, atMs: 13 }, ack);
    expect(rowFrom(CLIENT, rows)).toMatchObject({ handshakeUs: -1, synPackets: 2 });
    expect(rowFrom(SERVER, rows)).toMatchObject({ handshakeUs: -1, synAckPackets: 2 });
  });

  it("does not take an answer to something else", () => {
    const rows = rowsAfter(syn, { ...synAck, acknowledgement: 100 });
    expect(rowFrom(CLIENT, rows).handshakeUs).toBe(-1);
  });

  it("measures data by sequence, one segment at a time", () => {
    const rows = rowsAfter(
      segment(0, 50, { atMs: 0 }),
      segment(50, 100, { atMs: 10 }),
      segment(150, 100, { atMs: 11 }),
      fromServer({ atMs: 13, flags: ACK, acknowledgement: 50 }),
      fromServer({ atMs: 17, flags: ACK, acknowledgement: 150 }),
      fromServer({ atMs: 18, flags: ACK, acknowledgement: 250 }),
      segment(250, 10, { atMs: 20 }),
      fromServer({ atMs: 29, flags: ACK, acknowledgement: 260, payloadBytes: 5 }),
    );
    expect(rowFrom(CLIENT, rows)).toMatchObject({
      dataRoundTripSumUs: 7_000 + 9_000,
      dataRoundTripCount: 2,
      handshakeUs: -1,
    });
    expect(rowFrom(SERVER, rows).dataRoundTripCount).toBe(0);
  });

  it("measures nothing where the sampled segment, or one before it, was sent again", () => {
    const rows = rowsAfter(
      segment(0, 100),
      segment(100, 100, { atMs: 1 }),
      segment(200, 100, { atMs: 2 }),
      segment(100, 100, { atMs: 300 }),
      fromServer({ atMs: 303, flags: ACK, acknowledgement: 300 }),
    );
    expect(rowFrom(CLIENT, rows)).toMatchObject({ dataRoundTripCount: 0, retransmittedPackets: 1 });
  });
});

describe("sequence space", () => {
  it("counts nothing for data in order", () => {
    expect(account(segment(0, 100), segment(100, 100), segment(200, 1))).toEqual([0, 0, 0]);
  });

  it("counts data that comes again, whole or in part", () => {
    expect(account(segment(0, 100), segment(100, 100), segment(100, 100))).toEqual([100, 1, 0]);
    expect(account(segment(0, 100), segment(50, 100), segment(150, 10))).toEqual([50, 1, 0]);
    expect(account(segment(0, 100), segment(20, 30), segment(0, 100))).toEqual([130, 2, 0]);
  });

  it("counts a gap, and takes back what arrives late", () => {
    expect(account(segment(0, 100), segment(300, 100))).toEqual([0, 0, 200]);
    expect(account(segment(0, 100), segment(300, 100), segment(100, 150))).toEqual([0, 0, 50]);
    expect(account(segment(0, 100), segment(300, 100), segment(100, 200))).toEqual([0, 0, 0]);
    // Over the gap and what was there: the gap closes, the rest came again.
    expect(account(segment(0, 100), segment(300, 100), segment(50, 300))).toEqual([100, 1, 0]);
    // The middle of a gap, twice.
    expect(account(segment(0, 100), segment(400, 100), segment(200, 100), segment(200, 100))).toEqual([
      100, 1, 200,
    ]);
  });

  it("takes back across windows, as a negative count", () => {
    const rows = rowsAfter(segment(0, 100), segment(200, 100), segment(100, 100, { atMs: 10_000 }));
    expect(rows.map((row) => [row.windowS, row.gapBytes])).toEqual([
      [0, 100],
      [10, -100],
    ]);
  });

  it("finds a gap before a FIN, and no data in SYN and FIN", () => {
    expect(
      account(
        fromClient({ flags: SYN, sequence: 99 }),
        segment(100, 10),
        fromClient({ flags: FIN | ACK, sequence: 110 }),
      ),
    ).toEqual([0, 0, 0]);
    expect(
      account(
        fromClient({ flags: SYN, sequence: 99 }),
        segment(100, 10),
        fromClient({ flags: FIN | ACK, sequence: 130 }),
      ),
    ).toEqual([0, 0, 20]);
    const fin = fromClient({ flags: FIN | ACK, sequence: 110, payloadBytes: 5 });
    expect(account(fromClient({ flags: SYN, sequence: 99 }), segment(100, 10), fin)).toEqual([0, 0, 0]);
    expect(account(fromClient({ flags: SYN, sequence: 99 }), segment(100, 10), fin, fin)).toEqual([5, 1, 0]);
    expect(account(fromClient({ flags: SYN, sequence: 99 }), segment(101, 10))).toEqual([0, 0, 1]);
    expect(account(fromClient({ flags: SYN, sequence: 99, payloadBytes: 20 }), segment(120, 10))).toEqual([
      0, 0, 0,
    ]);
  });

  it("goes on across the wrap of the numbers", () => {
    const start = 0xffffff00;
    expect(account(segment(start, 200), segment(start + 200, 100), segment(44, 56))).toEqual([0, 0, 0]);
    expect(account(segment(start, 200), segment(start + 300, 100), segment(start + 200, 100))).toEqual([
      0, 0, 0,
    ]);
    expect(account(segment(start, 200), segment(start + 300, 100), segment(start, 300))).toEqual([200, 1, 0]);
  });

  it("takes a jump over more than any window for a new numbering, not for loss", () => {
    expect(account(segment(0, 100), segment(0x60000000, 100), segment(0x60000064, 100))).toEqual([0, 0, 0]);
  });

  it("follows super-frames", () => {
    expect(
      account(segment(0, 65_160), segment(65_160, 190_000), segment(255_160, 10), segment(65_160, 1448)),
    ).toEqual([1448, 1, 0]);
  });

  it("does not take a keepalive for data that comes again", () => {
    const acknowledged = fromServer({ flags: ACK, acknowledgement: 100 });
    expect(account(segment(0, 100), acknowledged, segment(99, 0))).toEqual([0, 0, 0]);
    expect(account(segment(0, 100), acknowledged, segment(99, 1))).toEqual([0, 0, 0]);
    // Not acknowledged: one byte that really comes again.
    expect(account(segment(0, 99), segment(99, 1), segment(99, 1))).toEqual([1, 1, 0]);
  });

  it("forgets the lowest of too many holes, which stay gaps", () => {
    const table = new FlowTable({ capacity: 64 });
    const islands = Array.from({ length: 9 }, (_, i) => segment(i * 100, 10));
    count(table, ...islands, segment(10, 90), segment(710, 90));
    expect(rowFrom(CLIENT, rowsOf(table.flush()))).toMatchObject({
      gapBytes: 8 * 90 - 90,
      retransmittedBytes: 90,
    });
    expect(table.counters().holesForgotten).toBe(1);
  });
});

describe("windows and flags", () => {
  it("counts closed windows, not those of a RST", () => {
    const rows = rowsAfter(
      fromServer({ flags: ACK, window: 0 }),
      fromServer({ flags: ACK, window: 0, payloadBytes: 10 }),
      fromServer({ flags: ACK, window: 1 }),
      fromServer({ flags: 0x04, window: 0 }),
    );
    expect(rowFrom(SERVER, rows)).toMatchObject({
      zeroWindowPackets: 2,
      rstPackets: 1,
      payloadBytes: 10,
      tcpFlags: 0x14,
    });
  });

  it("reports flags of the row only", () => {
    const table = new FlowTable({ capacity: 64 });
    count(table, fromClient({ flags: SYN, sequence: 1 }));
    table.takeNew(us(1));
    count(table, segment(2, 10));
    expect(rowFrom(CLIENT, rowsOf(table.flush()))).toMatchObject({ tcpFlags: ACK, synPackets: 0 });
  });
});
