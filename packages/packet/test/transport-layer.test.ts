import { describe, expect, it } from "vitest";
import { decodeFrame } from "./decode-frame.js";
import { type Bytes, ethernet, icmp, ipv4, ipv6, tcp, udp, zeros } from "./frame-builders.js";

function over4(protocol: number, payload: Bytes, fragment?: number): Bytes {
  return ethernet(0x0800, ipv4({ protocol, fragment }, payload));
}

function over6(protocol: number, payload: Bytes): Bytes {
  return ethernet(0x86dd, ipv6({ nextHeader: protocol }, payload));
}

describe("TCP", () => {
  it("gives ports, numbers, flags, window and payload", () => {
    const segment = tcp(
      { sequence: 0xfffffff0, acknowledgement: 0x80000001, flags: 0x18, window: 501, options: zeros(12) },
      zeros(100),
    );
    const { reason, packet } = decodeFrame(over4(6, segment), { capturedLength: 14 + 20 + 32 });
    expect(reason).toBe("counted");
    expect(packet).toMatchObject({
      protocol: 6,
      sourcePort: 40000,
      destinationPort: 80,
      sequence: -16,
      acknowledgement: -0x7fffffff,
      tcpFlags: 0x18,
      window: 501,
      payloadBytes: 100,
      offset: 66,
    });
  });

  it("needs the first 16 bytes only, as far as they were captured", () => {
    const frame = over4(6, tcp({}, zeros(9)));
    expect(decodeFrame(frame, { capturedLength: 50 })).toMatchObject({
      reason: "counted",
      packet: { payloadBytes: 9 },
    });
    expect(decodeFrame(frame, { capturedLength: 49 }).reason).toBe("truncated_tcp");
  });

  it("refuses headers that are shorter than TCP's or longer than the packet", () => {
    expect(decodeFrame(over4(6, tcp({}).slice(0, 19))).reason).toBe("bad_tcp_header_length");
    expect(decodeFrame(over4(6, tcp({ headerWords: 4 }))).reason).toBe("bad_tcp_header_length");
    expect(decodeFrame(over4(6, tcp({ headerWords: 6 }))).reason).toBe("bad_tcp_header_length");
  });
});

describe("UDP", () => {
  it("gives ports and payload, and no TCP fields of an earlier packet", () => {
    const { reason, packet } = decodeFrame(over4(17, udp({}, zeros(5))));
    expect(reason).toBe("counted");
    expect(packet).toMatchObject({
      sourcePort: 5353,
      destinationPort: 53,
      payloadBytes: 5,
      tcpFlags: 0,
      window: 0,
    });
  });

  it("believes a length shorter than the packet, and 0 as the packet's", () => {
    expect(decodeFrame(over4(17, udp({ length: 10 }, zeros(5)))).packet.payloadBytes).toBe(2);
    expect(decodeFrame(over4(17, udp({ length: 0 }, zeros(5)))).packet.payloadBytes).toBe(5);
  });

  it.each([
    ["shorter than its header", udp({ length: 7 }), "bad_udp_length"],
    ["longer than the packet", udp({ length: 9 }), "bad_udp_length"],
    ["of fewer bytes than a header", udp({}).slice(0, 7), "bad_udp_length"],
  ])("refuses a datagram %s", (_, datagram, reason) => {
    expect(decodeFrame(over4(17, datagram)).reason).toBe(reason);
  });

  it("says when the header was not captured", () => {
    expect(decodeFrame(over4(17, udp({}, zeros(5))), { capturedLength: 41 }).reason).toBe("truncated_udp");
  });
});

describe("ICMP", () => {
  it.each([8, 0])("type %i: an echo's identifier is both ports", (type) => {
    const { reason, packet } = decodeFrame(over4(1, icmp(type, 0, 0xbeef, zeros(56))));
    expect(reason).toBe("counted");
    expect(packet).toMatchObject({
      protocol: 1,
      sourcePort: 0xbeef,
      destinationPort: 0xbeef,
      payloadBytes: 56,
    });
  });

  it("keeps type and code of other messages as destination port", () => {
    const { packet } = decodeFrame(over4(1, icmp(3, 4, 0, zeros(28))));
    expect(packet).toMatchObject({ sourcePort: 0, destinationPort: 0x0304, payloadBytes: 28 });
  });

  it("refuses short messages", () => {
    expect(decodeFrame(over4(1, zeros(7))).reason).toBe("bad_icmp_length");
    expect(decodeFrame(over4(1, icmp(8, 0, 1)), { capturedLength: 41 }).reason).toBe("truncated_icmp");
  });
});

describe("ICMPv6", () => {
  it.each([128, 129])("type %i: an echo's identifier is both ports", (type) => {
    const { reason, packet } = decodeFrame(over6(58, icmp(type, 0, 77, zeros(8))));
    expect(reason).toBe("counted");
    expect(packet).toMatchObject({ protocol: 58, sourcePort: 77, destinationPort: 77, payloadBytes: 8 });
  });

  it("keeps type and code of errors as destination port", () => {
    expect(decodeFrame(over6(58, icmp(1, 4, 0))).packet).toMatchObject({
      sourcePort: 0,
      destinationPort: 0x0104,
    });
  });

  it.each([130, 131, 132, 133, 134, 135, 136, 137, 143])("type %i is the link's own talk", (type) => {
    expect(decodeFrame(over6(58, icmp(type, 0, 0, zeros(16)))).reason).toBe("neighbour_discovery");
  });

  it("refuses short messages", () => {
    expect(decodeFrame(over6(58, zeros(7))).reason).toBe("bad_icmp_length");
    expect(decodeFrame(over6(58, icmp(128, 0, 1)), { capturedLength: 61 }).reason).toBe("truncated_icmp");
  });
});

it("counts protocols that it does not decode, without ports", () => {
  expect(decodeFrame(over4(89, zeros(60)))).toMatchObject({
    reason: "counted",
    packet: { protocol: 89, sourcePort: 0, destinationPort: 0, payloadBytes: 60 },
  });
});

it("reads no transport header out of Ethernet padding", () => {
  expect(decodeFrame([...over4(17, []), ...zeros(26)]).reason).toBe("bad_udp_length");
});
