import { describe, expect, it } from "vitest";
import { decodeFrame } from "./decode-frame.js";
import { type Bytes, ipv4, ipv6, tcp, udp, zeros } from "./frame-builders.js";
import { decoded, fromHex, reasonsByLength } from "./golden.js";

const NFLOG = { linkType: 239 };
/** Group 5; a packet header, a prefix of one letter (padded), the packet. */
const FRAME = fromHex(
  "02000005",
  "0800010008000100",
  "05000a0061000000",
  "23000900",
  "4500001f1234400040110fae0af401020af40203",
  "14e90035000b0000",
  "616263",
);

function attribute(type: number, value: Bytes): Bytes {
  const length = value.length + 4;
  return [length & 0xff, length >> 8, type & 0xff, type >> 8, ...value, ...zeros(-length & 3)];
}

describe("NFLOG", () => {
  it("counts the packet in its payload attribute", () => {
    expect(decoded(FRAME, NFLOG)).toEqual({
      reason: "counted",
      source: "10.244.1.2",
      destination: "10.244.2.3",
      sourcePort: 5353,
      destinationPort: 53,
      protocol: 17,
      bytes: 31,
      payloadBytes: 3,
    });
    expect(decodeFrame(FRAME, NFLOG).packet.direction).toBe(2);
  });

  it("says where the capture ended too early", () => {
    expect(reasonsByLength(FRAME, NFLOG)).toEqual([
      "0 truncated_nflog",
      "24 truncated_ipv4",
      "44 truncated_udp",
      "52 counted",
    ]);
  });

  it("counts IPv6", () => {
    const frame = [10, 0, 0, 0, ...attribute(9, ipv6({ nextHeader: 17 }, udp({}, [1])))];
    expect(decodeFrame(frame, NFLOG)).toMatchObject({
      reason: "counted",
      packet: { bytes: 49, payloadBytes: 1 },
    });
  });

  it("believes the length of a packet that the snap length has cut inside its attribute", () => {
    const packet = ipv4({ protocol: 6, totalLength: 1500 }, tcp());
    expect(decodeFrame([2, 0, 0, 0, ...attribute(9, packet)], NFLOG)).toMatchObject({
      reason: "counted",
      packet: { bytes: 1500, payloadBytes: 1460 },
    });
  });

  it("does not read beyond the attribute", () => {
    const frame = [2, 0, 0, 0, ...attribute(9, ipv4({ protocol: 17, totalLength: 28 }, [])), ...zeros(40)];
    expect(decodeFrame(frame, NFLOG).reason).toBe("truncated_udp");
  });

  it.each<[string, Bytes, string]>([
    ["another version", [2, 1, 0, 0, ...attribute(9, zeros(20))], "bad_nflog"],
    ["an attribute of no length", [2, 0, 0, 0, 3, 0, 1, 0, ...zeros(20)], "bad_nflog"],
    ["no payload", [2, 0, 0, 0, ...attribute(1, zeros(4))], "bad_nflog"],
    ["a bridge's family", [7, 0, 0, 0, ...attribute(9, zeros(20))], "not_ip"],
    ["an empty payload", [2, 0, 0, 0, ...attribute(9, [])], "truncated_ipv4"],
  ])("with %s: %#", (_, frame, reason) => {
    expect(decodeFrame(frame, NFLOG).reason).toBe(reason);
  });
});
