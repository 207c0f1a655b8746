import { describe, expect, it } from "vitest";
import { decodeFrame } from "./decode-frame.js";
import { type Bytes, ethernet, ipv4, u16, zeros } from "./frame-builders.js";
import { decoded, fromHex, reasonsByLength } from "./golden.js";

/** SACK; DATA with three bytes, padded; I-DATA with four. */
const FRAME = fromHex(
  "0200000000020200000000010800",
  "4500005c1234400040840efe0af401020af40203",
  "0f1c0f1d1122334400000000",
  "03000010000000010001000000000000",
  "0003001300000007000100020000000061626300",
  "40030018000000080001000000000000000000007778797a",
);
const HEADER: Bytes = [...u16(3868), ...u16(3869), ...zeros(8)];

function sctp(chunks: Bytes, fragment?: number): Bytes {
  return ethernet(0x0800, ipv4({ protocol: 132, fragment }, [...HEADER, ...chunks]));
}

function chunk(type: number, value: Bytes, length = 4 + value.length): Bytes {
  return [type, 0, ...u16(length), ...value, ...zeros(-value.length & 3)];
}

describe("SCTP", () => {
  it("gives ports, chunk types and bytes of user data", () => {
    expect(decoded(FRAME)).toEqual({
      reason: "counted",
      source: "10.244.1.2",
      destination: "10.244.2.3",
      sourcePort: 3868,
      destinationPort: 3869,
      protocol: 132,
      bytes: 92,
      payloadBytes: 7,
      sctpChunks: 1 | 8,
    });
  });

  it("says where the capture ended too early", () => {
    expect(reasonsByLength(FRAME)).toEqual([
      "0 truncated_ethernet",
      "14 truncated_ipv4",
      "34 truncated_sctp",
      "46 counted",
    ]);
  });

  it.each([
    [49, 0, 0],
    [50, 8, 0],
    [65, 8, 0],
    [66, 1 | 8, 3],
    [85, 1 | 8, 3],
    [86, 1 | 8, 7],
  ])(
    "counts a chunk's data when its header was captured: %i bytes",
    (capturedLength, sctpChunks, payloadBytes) => {
      expect(decodeFrame(FRAME, { capturedLength }).packet).toMatchObject({ sctpChunks, payloadBytes });
    },
  );

  it.each([
    [0, 1],
    [1, 2],
    [2, 4],
    [3, 8],
    [4, 64],
    [5, 64],
    [6, 16],
    [7, 32],
    [8, 32],
    [9, 128],
    [10, 256],
    [11, 256],
    [14, 32],
    [64, 1],
    [192, 512],
  ])("chunk type %i is bit %i", (type, bit) => {
    expect(decodeFrame(sctp(chunk(type, zeros(8)))).packet.sctpChunks).toBe(bit);
  });

  it.each<[string, Bytes, number, number]>([
    ["no chunk", [], 0, 0],
    ["a chunk of no length", [0, 0, 0, 3, ...zeros(20)], 0, 0],
    ["a chunk without a length, behind data", [...chunk(0, zeros(20)), ...zeros(16)], 1, 8],
    ["data that goes on beyond the packet", chunk(0, zeros(20), 1000), 1, 8],
    ["data shorter than its own header", chunk(0, zeros(4)), 1, 0],
  ])("counts a packet with %s", (_, chunks, sctpChunks, payloadBytes) => {
    expect(decodeFrame(sctp(chunks))).toMatchObject({
      reason: "counted",
      packet: { sctpChunks, payloadBytes },
    });
  });

  it("counts what the first fragment carries of a chunk", () => {
    expect(decodeFrame(sctp(chunk(0, zeros(20), 3000), 0x2000)).packet.payloadBytes).toBe(8);
  });

  it("refuses short headers", () => {
    expect(decodeFrame(ethernet(0x0800, ipv4({ protocol: 132 }, HEADER.slice(0, 11)))).reason).toBe(
      "bad_sctp_length",
    );
  });
});
