import { describe, expect, it } from "vitest";
import { decodeFrame } from "./decode-frame.js";
import { type Bytes, ethernet, ipv4, ipv6, tcp, udp, zeros } from "./frame-builders.js";
import { decoded, fromHex, reasonsByLength } from "./golden.js";

/** Checksum, key 101 and sequence number, then IPv4. */
const GRE = fromHex(
  "0200000000020200000000010800",
  "4500004e12344000402f92f9c0a80a01c0a80a02",
  "b0000800000000000000006500000009",
  "4500002a1234400040060fae0af401020af40203",
  "9c400050000003e8000007d05018020000000000",
  "6869",
);
/** VSID 0xabcdef, flow id 7, then an Ethernet frame. */
const NVGRE = fromHex(
  "0200000000020200000000010800",
  "4500005412344000402f92f3c0a80a01c0a80a02",
  "20006558abcdef07",
  "0200000000020200000000010800",
  "4500002a1234400040060fae0af401020af40203",
  "9c400050000003e8000007d05018020000000000",
  "6869",
);

const INNER = ipv4({ protocol: 6 }, tcp({}, zeros(10)));
const COUNTED = {
  reason: "counted",
  source: "10.244.1.2",
  destination: "10.244.2.3",
  outerSource: "192.168.10.1",
  outerDestination: "192.168.10.2",
  sourcePort: 40000,
  destinationPort: 80,
  protocol: 6,
  bytes: 42,
  payloadBytes: 2,
  tcpFlags: 0x18,
  sequence: 1000,
  acknowledgement: 2000,
  window: 512,
};

function gre(header: Bytes, inner: Bytes = INNER): Bytes {
  return ethernet(0x0800, ipv4({ protocol: 47 }, [...header, ...inner]));
}

describe("GRE", () => {
  it("counts the inner packet, keeps outer addresses and key", () => {
    expect(decoded(GRE)).toEqual({ ...COUNTED, encapsulation: 6, encapsulationDepth: 1, vni: 101 });
  });

  it("says where the capture ended too early", () => {
    expect(reasonsByLength(GRE)).toEqual([
      "0 truncated_ethernet",
      "14 truncated_ipv4",
      "34 truncated_gre",
      "50 truncated_ipv4",
      "70 truncated_tcp",
      "86 counted",
    ]);
  });

  it.each<[string, Bytes, number]>([
    ["no fields", [0, 0, 0x08, 0], -1],
    ["a checksum", [0x80, 0, 0x08, 0, ...zeros(4)], -1],
    ["a key", [0x20, 0, 0x08, 0, 0, 0, 1, 2], 0x102],
    ["a sequence number", [0x10, 0, 0x08, 0, ...zeros(4)], -1],
    ["a checksum and a key", [0xa0, 0, 0x08, 0, ...zeros(4), 0, 0, 1, 2], 0x102],
  ])("with %s", (_, header, vni) => {
    expect(decodeFrame(gre(header)).packet).toMatchObject({ encapsulation: 6, vni, protocol: 6, bytes: 50 });
  });

  it("carries IPv6 and Ethernet", () => {
    const inner6 = ipv6({ nextHeader: 17 }, udp());
    expect(decodeFrame(gre([0, 0, 0x86, 0xdd], inner6)).packet).toMatchObject({
      encapsulation: 6,
      bytes: 48,
    });
    const frame = ethernet(0x0800, INNER);
    expect(decodeFrame(gre([0, 0, 0x65, 0x58], frame)).packet).toMatchObject({ encapsulation: 6, bytes: 50 });
  });

  it.each<[string, Bytes, Bytes]>([
    ["PPTP (version 1)", [0x30, 0x01, 0x88, 0x0b, ...zeros(8)], INNER],
    ["a source route", [0x40, 0, 0x08, 0, ...zeros(4)], INNER],
    ["ERSPAN", [0x10, 0, 0x88, 0xbe, ...zeros(4)], ethernet(0x0800, INNER)],
    ["no room for what it says it carries", [0, 0, 0x08, 0], zeros(19)],
    ["less than a header", [0, 0, 0x08], []],
  ])("takes %s for the plain GRE packet", (_, header, inner) => {
    const frame = gre(header, inner);
    expect(decodeFrame(frame)).toMatchObject({
      reason: "counted",
      packet: { protocol: 47, encapsulation: 0, vni: -1, sourcePort: 0, payloadBytes: frame.length - 34 },
    });
  });
});

describe("NVGRE", () => {
  it("counts the inner packet, keeps outer addresses and VSID", () => {
    expect(decoded(NVGRE)).toEqual({ ...COUNTED, encapsulation: 7, encapsulationDepth: 1, vni: 0xabcdef });
  });

  it("has a key and nothing else", () => {
    const header = [0x30, 0, 0x65, 0x58, 0, 0, 1, 2, ...zeros(4)];
    expect(decodeFrame(gre(header, ethernet(0x0800, INNER))).packet).toMatchObject({
      encapsulation: 6,
      vni: 0x102,
    });
  });

  it("says where the capture ended too early", () => {
    expect(reasonsByLength(NVGRE)).toEqual([
      "0 truncated_ethernet",
      "14 truncated_ipv4",
      "34 truncated_gre",
      "42 truncated_ethernet",
      "56 truncated_ipv4",
      "76 truncated_tcp",
      "92 counted",
    ]);
  });
});
