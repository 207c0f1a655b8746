import { describe, expect, it } from "vitest";
import { decodeFrame, destinationOf, sourceOf } from "./decode-frame.js";
import {
  type Bytes,
  ethernet,
  type Ipv4Fields,
  type Ipv6Fields,
  ipv4,
  ipv6,
  tcp,
  udp,
  zeros,
} from "./frame-builders.js";

function frame4(fields: Partial<Ipv4Fields>, payload: Bytes = udp({}, [1, 2, 3])): Bytes {
  return ethernet(0x0800, ipv4({ protocol: 17, ...fields }, payload));
}

function frame6(fields: Partial<Ipv6Fields>, payload: Bytes = udp({}, [1, 2, 3])): Bytes {
  return ethernet(0x86dd, ipv6({ nextHeader: 17, ...fields }, payload));
}

describe("IPv4", () => {
  it("gives mapped addresses, protocol and bytes", () => {
    const { reason, packet } = decodeFrame(frame4({}));
    expect(reason).toBe("counted");
    expect(sourceOf(packet)).toBe("00000000000000000000ffff0af40102");
    expect(destinationOf(packet)).toBe("00000000000000000000ffff0af40203");
    expect(packet.protocol).toBe(17);
    expect(packet.bytes).toBe(31);
  });

  it("steps over options", () => {
    const { reason, packet } = decodeFrame(frame4({ options: [0x94, 4, 0, 0] }));
    expect(reason).toBe("counted");
    expect(packet.destinationPort).toBe(53);
    expect(packet.bytes).toBe(35);
    expect(packet.payloadBytes).toBe(3);
  });

  it.each<[string, Bytes, object, string]>([
    ["ends in the header", frame4({}), { capturedLength: 33 }, "truncated_ipv4"],
    ["ends in the options", frame4({ options: zeros(8) }), { capturedLength: 38 }, "truncated_ipv4"],
    ["has another version", frame4({ versionAndLength: 0x65 }), {}, "bad_ip_version"],
    ["has a header of 16 bytes", frame4({ versionAndLength: 0x44 }), {}, "bad_ipv4_header_length"],
    ["is shorter than its header", frame4({ totalLength: 19 }), {}, "bad_ipv4_total_length"],
    ["is longer than the wire", frame4({ totalLength: 32 }), {}, "bad_ipv4_total_length"],
    ["is a later fragment", frame4({ fragment: 0x2001 }), {}, "fragment"],
    ["is the last fragment", frame4({ fragment: 0x00b9 }), {}, "fragment"],
  ])("a packet that %s is not counted", (_, frame, options, reason) => {
    expect(decodeFrame(frame, options).reason).toBe(reason);
  });

  it("may be longer than what was captured, up to the wire's length", () => {
    const frame = frame4({ totalLength: 1431 });
    expect(decodeFrame(frame, { wireLength: 1445 })).toMatchObject({
      reason: "counted",
      packet: { bytes: 1431 },
    });
    expect(decodeFrame(frame, { wireLength: 1444 }).reason).toBe("bad_ipv4_total_length");
  });

  it("takes total length 0 for the wire's length, as in super-frames of more than 64 KiB", () => {
    const { reason, packet } = decodeFrame(frame4({ protocol: 6, totalLength: 0 }, tcp({})), {
      wireLength: 14 + 190_040,
    });
    expect(reason).toBe("counted");
    expect(packet.bytes).toBe(190_040);
    expect(packet.payloadBytes).toBe(190_000);
  });

  it("counts the first fragment, whose UDP length is that of the whole datagram", () => {
    const { reason, packet } = decodeFrame(frame4({ fragment: 0x2000 }, udp({ length: 4000 }, zeros(1472))));
    expect(reason).toBe("counted");
    expect(packet.isFirstFragment).toBe(1);
    expect(packet.payloadBytes).toBe(1472);
  });
});

describe("IPv6", () => {
  it("gives addresses, protocol and bytes", () => {
    const { reason, packet } = decodeFrame(frame6({}));
    expect(reason).toBe("counted");
    expect(sourceOf(packet)).toBe("fd000000000000000000000000010002");
    expect(destinationOf(packet)).toBe("fd000000000000000000000000010003");
    expect(packet.protocol).toBe(17);
    expect(packet.bytes).toBe(51);
    expect(packet.payloadBytes).toBe(3);
  });

  it("steps over extension headers", () => {
    const payload = [
      43,
      0,
      ...zeros(6),
      60,
      1,
      ...zeros(14),
      51,
      0,
      ...zeros(6),
      17,
      2,
      ...zeros(14),
      ...udp({}, [1]),
    ];
    const { reason, packet } = decodeFrame(frame6({ nextHeader: 0 }, payload));
    expect(reason).toBe("counted");
    expect(packet.protocol).toBe(17);
    expect(packet.destinationPort).toBe(53);
    expect(packet.payloadBytes).toBe(1);
    expect(packet.bytes).toBe(40 + payload.length);
  });

  it("counts the first fragment and an atomic one, not a later one", () => {
    const fragment = (offsetAndFlags: number) =>
      frame6({ nextHeader: 44 }, [
        17,
        0,
        offsetAndFlags >> 8,
        offsetAndFlags & 0xff,
        0,
        0,
        0,
        1,
        ...udp({}, [1]),
      ]);
    expect(decodeFrame(fragment(1))).toMatchObject({ reason: "counted", packet: { isFirstFragment: 1 } });
    expect(decodeFrame(fragment(0))).toMatchObject({ reason: "counted", packet: { isFirstFragment: 0 } });
    expect(decodeFrame(fragment(8)).reason).toBe("fragment");
  });

  it.each<[string, Bytes, object, string]>([
    ["ends in the header", frame6({}), { capturedLength: 53 }, "truncated_ipv6"],
    ["has another version", frame6({ version: 4 }), {}, "bad_ip_version"],
    ["is longer than the wire", frame6({ payloadLength: 12 }), {}, "bad_ipv6_payload_length"],
    [
      "ends in an extension header",
      frame6({ nextHeader: 0 }, [17, 0, ...zeros(6)]),
      { capturedLength: 57 },
      "truncated_ipv6",
    ],
    [
      "claims an extension header beyond its end",
      frame6({ nextHeader: 0 }, [17, 1, ...zeros(6)]),
      {},
      "bad_ipv6_extension_header",
    ],
    [
      "promises an extension header and ends",
      frame6({ nextHeader: 43 }, []),
      {},
      "bad_ipv6_extension_header",
    ],
    [
      "has an endless chain of extension headers",
      frame6({ nextHeader: 60 }, Array.from({ length: 40 }, () => [60, 0, ...zeros(6)]).flat()),
      {},
      "bad_ipv6_extension_header",
    ],
  ])("a packet that %s is not counted", (_, frame, options, reason) => {
    expect(decodeFrame(frame, options).reason).toBe(reason);
  });

  it("takes a jumbogram's length from the wire", () => {
    const hopByHop = [6, 0, 0xc2, 4, 0, 2, 0, 0];
    const frame = frame6({ nextHeader: 0, payloadLength: 0 }, [...hopByHop, ...tcp({})]);
    const { reason, packet } = decodeFrame(frame, { wireLength: 14 + 40 + 8 + 20 + 131_044 });
    expect(reason).toBe("counted");
    expect(packet.payloadBytes).toBe(131_044);
  });

  it("counts a packet without payload, padded by Ethernet", () => {
    const { reason, packet } = decodeFrame([...frame6({ nextHeader: 59 }, []), ...zeros(6)]);
    expect(reason).toBe("counted");
    expect(packet).toMatchObject({ protocol: 59, bytes: 40, payloadBytes: 0 });
  });
});
