import { describe, expect, it } from "vitest";
import { decodeFrame } from "./decode-frame.js";
import { type Bytes, ethernet, icmp, ipv4, ipv6, tcp, udp, zeros } from "./frame-builders.js";
import { decoded, fromHex, reasonsByLength } from "./golden.js";

/** Port unreachable, quoting a DNS answer. */
const UNREACHABLE = fromHex(
  "0200000000020200000000010800",
  "4500003c1234400040010fa10af401020af40203",
  "0303230c00000000",
  "450000201234400040110fad0af402030af40102",
  "14e90035000c0000",
  "61626364",
);
/** Fragmentation needed: 1400 bytes fit; quoting 8 bytes of TCP. */
const FRAGMENTATION_NEEDED = fromHex(
  "0200000000020200000000010800",
  "450000381234400040010fa50af401020af40203",
  "0304598100000578",
  "450005dc12344000400601f50af402030af40909",
  "01bb9c4000000007",
);
/** ICMPv6 packet too big: 1280 bytes fit; quoting TCP behind destination options. */
const TOO_BIG = fromHex(
  "02000000000202000000000186dd",
  "60000000004c3a40fd000000000000000000000000010002fd000000000000000000000000010003",
  "0200000000000500",
  "6000000005143c40fd000000000000000000000000010003fd000000000000000000000000010002",
  "0600010400000000",
  "01bb9c400000000700000008501001f500000000",
);

function error4(type: number, code: number, quoted: Bytes): Bytes {
  return ethernet(0x0800, ipv4({ protocol: 1 }, icmp(type, code, 0, quoted)));
}

function error6(type: number, code: number, quoted: Bytes): Bytes {
  return ethernet(0x86dd, ipv6({ nextHeader: 58 }, icmp(type, code, 0, quoted)));
}

const QUOTED_UDP = ipv4({ protocol: 17 }, udp());

describe("ICMP errors", () => {
  it("name the connection that they quote", () => {
    expect(decoded(UNREACHABLE)).toEqual({
      reason: "counted",
      source: "10.244.1.2",
      destination: "10.244.2.3",
      protocol: 1,
      destinationPort: 0x0303,
      bytes: 60,
      payloadBytes: 32,
      icmpType: 3,
      icmpCode: 3,
      isIcmpError: 1,
      quotedSource: "10.244.2.3",
      quotedDestination: "10.244.1.2",
      quotedProtocol: 17,
      quotedSourcePort: 5353,
      quotedDestinationPort: 53,
      quotedHasPorts: 1,
    });
  });

  it("say what fits where fragmentation is needed", () => {
    expect(decoded(FRAGMENTATION_NEEDED)).toEqual({
      reason: "counted",
      source: "10.244.1.2",
      destination: "10.244.2.3",
      protocol: 1,
      destinationPort: 0x0304,
      bytes: 56,
      payloadBytes: 28,
      icmpType: 3,
      icmpCode: 4,
      isIcmpError: 1,
      quotedSource: "10.244.2.3",
      quotedDestination: "10.244.9.9",
      quotedProtocol: 6,
      quotedSourcePort: 443,
      quotedDestinationPort: 40000,
      quotedHasPorts: 1,
      nextHopMtu: 1400,
    });
  });

  it("of IPv6 step over the quoted packet's extension headers", () => {
    expect(decoded(TOO_BIG)).toEqual({
      reason: "counted",
      source: "fd00::1:2",
      destination: "fd00::1:3",
      protocol: 58,
      destinationPort: 0x0200,
      bytes: 116,
      payloadBytes: 68,
      icmpType: 2,
      isIcmpError: 1,
      quotedSource: "fd00::1:3",
      quotedDestination: "fd00::1:2",
      quotedProtocol: 6,
      quotedSourcePort: 443,
      quotedDestinationPort: 40000,
      quotedHasPorts: 1,
      nextHopMtu: 1280,
    });
  });

  it("are counted from their own header on, whatever of the quotation is cut", () => {
    expect(reasonsByLength(UNREACHABLE)).toEqual([
      "0 truncated_ethernet",
      "14 truncated_ipv4",
      "34 truncated_icmp",
      "42 counted",
    ]);
    expect(reasonsByLength(TOO_BIG)).toEqual([
      "0 truncated_ethernet",
      "14 truncated_ipv6",
      "54 truncated_icmp",
      "62 counted",
    ]);
  });

  it.each([
    [UNREACHABLE, 61, 0, 0],
    [UNREACHABLE, 62, 1, 0],
    [UNREACHABLE, 65, 1, 0],
    [UNREACHABLE, 66, 1, 1],
    [TOO_BIG, 101, 0, 0],
    [TOO_BIG, 102, 1, 0],
    [TOO_BIG, 113, 1, 0],
    [TOO_BIG, 114, 1, 1],
  ])("quote what was captured", (frame, capturedLength, isIcmpError, quotedHasPorts) => {
    expect(decodeFrame(frame, { capturedLength }).packet).toMatchObject({ isIcmpError, quotedHasPorts });
  });

  it.each([
    [3, 1],
    [4, 1],
    [5, 1],
    [11, 1],
    [12, 1],
    [8, 0],
    [13, 0],
  ])("of IPv4: type %i is one: %i", (type, isIcmpError) => {
    expect(decodeFrame(error4(type, 0, QUOTED_UDP)).packet).toMatchObject({ icmpType: type, isIcmpError });
  });

  it.each([
    [1, 1],
    [2, 1],
    [3, 1],
    [4, 1],
    [100, 0],
    [128, 0],
  ])("of IPv6: type %i is one: %i", (type, isIcmpError) => {
    const quoted = ipv6({ nextHeader: 17 }, udp());
    expect(decodeFrame(error6(type, 0, quoted)).packet).toMatchObject({ icmpType: type, isIcmpError });
  });

  it("give an echo's identifier as both ports, and another message's type and code, as its own packet would have them", () => {
    expect(decodeFrame(error4(11, 0, ipv4({ protocol: 1 }, icmp(8, 0, 0xbeef)))).packet).toMatchObject({
      quotedProtocol: 1,
      quotedSourcePort: 0xbeef,
      quotedDestinationPort: 0xbeef,
      quotedHasPorts: 1,
    });
    expect(decodeFrame(error4(11, 0, ipv4({ protocol: 1 }, icmp(13, 2, 0xbeef)))).packet).toMatchObject({
      quotedSourcePort: 0,
      quotedDestinationPort: 0x0d02,
      quotedHasPorts: 1,
    });
    expect(decodeFrame(error6(3, 0, ipv6({ nextHeader: 58 }, icmp(128, 0, 77)))).packet).toMatchObject({
      quotedSourcePort: 77,
      quotedDestinationPort: 77,
      quotedHasPorts: 1,
    });
  });

  it("give no ports of a later fragment", () => {
    const later4 = ipv4({ protocol: 17, fragment: 0x2001 }, udp());
    expect(decodeFrame(error4(3, 1, later4)).packet).toMatchObject({ isIcmpError: 1, quotedHasPorts: 0 });
    const later6 = ipv6({ nextHeader: 44 }, [17, 0, 0, 9, 0, 0, 0, 1, ...udp()]);
    expect(decodeFrame(error6(1, 0, later6)).packet).toMatchObject({
      isIcmpError: 1,
      quotedProtocol: 17,
      quotedHasPorts: 0,
    });
  });

  it.each<[string, Bytes]>([
    ["another version", error4(3, 1, ipv4({ protocol: 17, versionAndLength: 0x65 }, udp()))],
    ["a header of 16 bytes", error4(3, 1, ipv4({ protocol: 17, versionAndLength: 0x44 }, udp()))],
    ["IPv4 in ICMPv6", error6(1, 0, QUOTED_UDP)],
    ["nothing", error4(3, 1, [])],
  ])("that quote %s are counted, and name no connection", (_, frame) => {
    expect(decodeFrame(frame)).toMatchObject({ reason: "counted", packet: { isIcmpError: 0 } });
  });

  it("step over the quoted packet's IPv4 options", () => {
    const quoted = ipv4({ protocol: 6, options: zeros(8) }, tcp());
    expect(decodeFrame(error4(3, 1, quoted)).packet).toMatchObject({
      quotedSourcePort: 40000,
      quotedDestinationPort: 80,
    });
  });

  it("give up an endless chain of quoted extension headers", () => {
    const chain = Array.from({ length: 40 }, () => [60, 0, ...zeros(6)]).flat();
    expect(decodeFrame(error6(1, 0, ipv6({ nextHeader: 60 }, chain))).packet).toMatchObject({
      isIcmpError: 1,
      quotedHasPorts: 0,
    });
  });
});
