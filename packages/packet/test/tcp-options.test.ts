import { describe, expect, it } from "vitest";
import { decodeFrame } from "./decode-frame.js";
import { type Bytes, ethernet, ipv4, tcp, zeros } from "./frame-builders.js";
import { decoded, fromHex, reasonsByLength } from "./golden.js";

/** Maximum segment size 1460, SACK permitted, timestamps, padding, window scale 7. */
const SYN = fromHex(
  "0200000000020200000000010800",
  "4500003c1234400040060f9c0af401020af40203",
  "9c4001bb89abcdef00000000a002faf000000000020405b40402080a123456780000000001030307",
);
/** Padding, timestamps, as nearly all segments have them. */
const DATA = fromHex(
  "02000000000202000000000186dd",
  "6000000000250640fd000000000000000000000000010002fd000000000000000000000000010003",
  "01bb9c40000003e8000007d0801801f5000000000101080affffffff7fffffff",
  "68656c6c6f",
);
/** Padding, timestamps, padding, SACK of one block. */
const SACK = fromHex(
  "0200000000020200000000010800",
  "450000401234400040060f980af401020af40203",
  "01bb9c40000003e8000007d0b01001f5000000000101080a00000001000000020101050a0000100000001500",
);

function withOptions(options: Bytes): Bytes {
  return ethernet(0x0800, ipv4({ protocol: 6 }, tcp({ options }, zeros(3))));
}

describe("TCP options", () => {
  it("are all read from a SYN", () => {
    expect(decoded(SYN)).toEqual({
      reason: "counted",
      source: "10.244.1.2",
      destination: "10.244.2.3",
      sourcePort: 40000,
      destinationPort: 443,
      protocol: 6,
      bytes: 60,
      tcpFlags: 0x02,
      sequence: 0x89abcdef | 0,
      window: 64240,
      tcpOptions: 1 | 2 | 4 | 16,
      mss: 1460,
      windowScale: 7,
      timestampValue: 0x12345678,
    });
  });

  it("are read from data, timestamps alone", () => {
    expect(decoded(DATA)).toEqual({
      reason: "counted",
      source: "fd00::1:2",
      destination: "fd00::1:3",
      sourcePort: 443,
      destinationPort: 40000,
      protocol: 6,
      bytes: 77,
      payloadBytes: 5,
      tcpFlags: 0x18,
      sequence: 1000,
      acknowledgement: 2000,
      window: 501,
      tcpOptions: 16,
      timestampValue: -1,
      timestampEcho: 0x7fffffff,
    });
  });

  it("are read from an acknowledgement that tells of a gap", () => {
    expect(decoded(SACK)).toMatchObject({
      reason: "counted",
      tcpOptions: 8 | 16,
      timestampValue: 1,
      timestampEcho: 2,
    });
  });

  it.each([
    ["a SYN", SYN, ["0 truncated_ethernet", "14 truncated_ipv4", "34 truncated_tcp", "50 counted"]],
    ["data", DATA, ["0 truncated_ethernet", "14 truncated_ipv6", "54 truncated_tcp", "70 counted"]],
    [
      "an acknowledgement",
      SACK,
      ["0 truncated_ethernet", "14 truncated_ipv4", "34 truncated_tcp", "50 counted"],
    ],
  ])("do not keep %s from being counted where the snap length cuts them", (_, frame, reasons) => {
    expect(reasonsByLength(frame)).toEqual(reasons);
  });

  it.each([
    [54, 0],
    [57, 0],
    [58, 1],
    [59, 1],
    [60, 1 | 4],
    [69, 1 | 4],
    [70, 1 | 4 | 16],
    [73, 1 | 4 | 16],
    [74, 1 | 2 | 4 | 16],
  ])("are what could be read of %i bytes", (capturedLength, tcpOptions) => {
    expect(decodeFrame(SYN, { capturedLength }).packet.tcpOptions).toBe(tcpOptions);
  });

  it("are not read where timestamps alone are cut", () => {
    expect(decodeFrame(DATA, { capturedLength: 85 }).packet).toMatchObject({
      tcpOptions: 0,
      timestampValue: 0,
    });
    expect(decodeFrame(DATA, { capturedLength: 86 }).packet.tcpOptions).toBe(16);
  });

  it.each<[string, Bytes, number]>([
    ["no option", [], 0],
    ["padding only", [1, 1, 1, 1, 1, 1, 1, 1], 0],
    ["padding of three bytes and an option", [1, 1, 1, 3, 3, 7, 4, 2], 2 | 4],
    ["an end before an option", [2, 4, 5, 0xb4, 0, 0, 4, 2], 1],
    ["a length of 0", [4, 2, 3, 0, 2, 4, 5, 0xb4], 4],
    ["a length of 1", [4, 2, 3, 1, 2, 4, 5, 0xb4], 4],
    ["a length beyond the header", [4, 2, 8, 10, 0, 0, 0, 0], 4],
    ["a kind without its length", [4, 2, 1, 3], 4],
    ["a length that is not the kind's", [2, 3, 5, 4, 2, 3, 2, 1], 4],
    ["an unknown kind", [254, 4, 1, 2, 4, 2, 1, 1], 4],
  ])("with %s", (_, options, tcpOptions) => {
    expect(decodeFrame(withOptions(options))).toMatchObject({
      reason: "counted",
      packet: { tcpOptions, payloadBytes: 3 },
    });
  });

  it("take a window scale above 14 for 14", () => {
    expect(decodeFrame(withOptions([3, 3, 15, 0])).packet.windowScale).toBe(14);
  });
});
