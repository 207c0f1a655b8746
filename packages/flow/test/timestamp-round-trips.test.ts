import { describe, expect, it } from "vitest";
import { FlowTable } from "../src/flow-table.js";
import { ACK, count, fromClient, fromServer, type PacketFields, SYN } from "./packets.js";
import { type Row, rowFrom, rowsOf } from "./rows.js";

/** The client's row. */
function after(...packets: readonly PacketFields[]): Row {
  const table = new FlowTable({ capacity: 64 });
  count(table, ...packets);
  return rowFrom("10.0.0.1", rowsOf(table.flush()));
}

/** The first segment seen of a stream measures nothing: it may have been sent before. */
const seen = fromClient({ flags: ACK, sequence: 0xffffffff, payloadBytes: 1 });
const data = (atMs: number, timestampValue: number, more: PacketFields = {}) =>
  fromClient({ flags: ACK, sequence: 0, payloadBytes: 100, atMs, timestamps: [timestampValue, 0], ...more });
const answer = (atMs: number, timestampEcho: number, more: PacketFields = {}) =>
  fromServer({ flags: ACK, acknowledgement: 100, atMs, timestamps: [9_000, timestampEcho], ...more });
const syn = (atMs: number, timestampValue: number) =>
  fromClient({ flags: SYN, sequence: 9, atMs, timestamps: [timestampValue, 0] });
const synAck = (atMs: number, timestampEcho: number) =>
  answer(atMs, timestampEcho, { flags: SYN | ACK, acknowledgement: 10 });

const NOTHING = { dataRoundTripSumUs: 0, dataRoundTripCount: 0, timestampRoundTripCount: 0 };
const BY_TIMESTAMP = { dataRoundTripSumUs: 5_000, dataRoundTripCount: 1, timestampRoundTripCount: 1 };

describe("round trips by timestamp", () => {
  it("are not needed where nothing was sent again", () => {
    expect(after(seen, data(0, 500), answer(7, 500))).toMatchObject({
      dataRoundTripSumUs: 7_000,
      dataRoundTripCount: 1,
      timestampRoundTripCount: 0,
    });
  });

  it("tell that the second sending of data is answered", () => {
    expect(after(seen, data(0, 500), data(300, 800), answer(305, 800))).toMatchObject(BY_TIMESTAMP);
  });

  it("tell it across the wrap of the timestamps", () => {
    expect(after(seen, data(0, 0xfffffff0), data(300, 0xffffffff), answer(305, 0xffffffff))).toMatchObject(
      BY_TIMESTAMP,
    );
    expect(
      after(seen, data(0, 0xffffffff), data(300, 3), answer(301, 0xffffffff), answer(305, 3)),
    ).toMatchObject(BY_TIMESTAMP);
  });

  it("count from the last of many sendings", () => {
    expect(after(seen, data(0, 500), data(300, 800), data(900, 1_400), answer(905, 1_400))).toMatchObject(
      BY_TIMESTAMP,
    );
  });

  it("ignore the answer to the first sending, and wait for that to the second", () => {
    expect(after(seen, data(0, 500), data(300, 800), answer(302, 500))).toMatchObject(NOTHING);
    expect(after(seen, data(0, 500), data(300, 800), answer(302, 500), answer(305, 800))).toMatchObject(
      BY_TIMESTAMP,
    );
  });

  it("are given up where a later value is echoed: the answer itself was not seen", () => {
    expect(after(seen, data(0, 500), data(300, 800), answer(350, 850))).toMatchObject(NOTHING);
    expect(after(seen, data(0, 500), data(300, 800), answer(350, 850), answer(351, 800))).toMatchObject(
      NOTHING,
    );
  });

  it("go on with the next segment afterwards", () => {
    expect(
      after(
        seen,
        data(0, 500),
        data(300, 800),
        answer(350, 850),
        data(400, 900, { sequence: 100 }),
        answer(406, 900, { acknowledgement: 200 }),
      ),
    ).toMatchObject({ dataRoundTripSumUs: 6_000, dataRoundTripCount: 1, timestampRoundTripCount: 0 });
  });

  it("need timestamps on both sides", () => {
    const plain = { timestamps: undefined } as const;
    expect(after(seen, data(0, 500), data(300, 800, plain), answer(305, 800))).toMatchObject(NOTHING);
    expect(after(seen, data(0, 500), data(300, 800), answer(305, 800, plain))).toMatchObject(NOTHING);
  });

  it("tell which SYN is answered", () => {
    expect(after(syn(0, 100), syn(1_000, 1_100), synAck(1_012, 1_100))).toMatchObject({
      handshakeUs: 12_000,
      synPackets: 2,
      ...NOTHING,
    });
    expect(after(syn(0, 100), syn(1_000, 1_100), synAck(1_012, 100))).toMatchObject({ handshakeUs: -1 });
    expect(after(syn(0, 100), syn(1_000, 1_100), synAck(1_012, 2_000))).toMatchObject({ handshakeUs: -1 });
  });
});
