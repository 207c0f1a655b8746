import { describe, expect, it } from "vitest";
import { FrameDecoder } from "../src/frame-decoder.js";
import { decodeFrame } from "./decode-frame.js";
import { type Bytes, ethernet, ipv4, ipv6, tcp, udp, zeros } from "./frame-builders.js";
import { decoded, fromHex, reasonsByLength } from "./golden.js";

/** One option of 8 bytes, then an Ethernet frame. */
const FRAME = fromHex(
  "0200000000020200000000010800",
  "450000641234400040119301c0a80a01c0a80a02",
  "d90317c100500000",
  "02406558abcdef00",
  "0102800100000007",
  "0200000000020200000000010800",
  "4500002a1234400040060fae0af401020af40203",
  "9c400050000003e8000007d05018020000000000",
  "6869",
);
const INNER = ipv4({ protocol: 6 }, tcp({}, zeros(10)));

function geneve(header: Bytes, inner: Bytes, port = 6081): Bytes {
  return ethernet(0x0800, ipv4({ protocol: 17 }, udp({ destinationPort: port }, [...header, ...inner])));
}

describe("Geneve", () => {
  it("counts the inner packet, keeps outer addresses and VNI", () => {
    expect(decoded(FRAME)).toEqual({
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
      encapsulation: 3,
      encapsulationDepth: 1,
      vni: 0xabcdef,
    });
  });

  it("says where the capture ended too early", () => {
    expect(reasonsByLength(FRAME)).toEqual([
      "0 truncated_ethernet",
      "14 truncated_ipv4",
      "34 truncated_udp",
      "42 truncated_geneve",
      "50 truncated_ethernet",
      "72 truncated_ipv4",
      "92 truncated_tcp",
      "108 counted",
    ]);
  });

  it("carries IP without Ethernet", () => {
    expect(decodeFrame(geneve([0, 0, 0x08, 0, 0, 0, 9, 0], INNER)).packet).toMatchObject({
      vni: 9,
      protocol: 6,
    });
    const inner6 = ipv6({ nextHeader: 17 }, udp());
    expect(decodeFrame(geneve([0, 0, 0x86, 0xdd, 0, 0, 9, 0], inner6)).packet).toMatchObject({
      vni: 9,
      bytes: 48,
    });
  });

  it("takes other ports when told", () => {
    const decoder = new FrameDecoder({ genevePorts: [7000] });
    const header = [0, 0, 0x08, 0, 0, 0, 9, 0];
    expect(decodeFrame(geneve(header, INNER, 7000), { decoder }).packet.encapsulation).toBe(3);
    expect(decodeFrame(geneve(header, INNER, 6081), { decoder }).packet.encapsulation).toBe(0);
  });

  it.each<[string, Bytes, Bytes]>([
    ["another version", [0x40, 0, 0x08, 0, 0, 0, 9, 0], INNER],
    ["a control message", [0, 0x80, 0x08, 0, 0, 0, 9, 0], INNER],
    ["a protocol that is not decoded", [0, 0, 0x88, 0x47, 0, 0, 9, 0], INNER],
    ["options beyond the datagram", [0x3f, 0, 0x08, 0, 0, 0, 9, 0], INNER],
    ["no room for what it says it carries", [0, 0, 0x08, 0, 0, 0, 9, 0], zeros(19)],
    ["less than a header", [0, 0, 0x08, 0, 0, 0, 9], []],
  ])("takes %s for plain UDP", (_, header, inner) => {
    expect(decodeFrame(geneve(header, inner))).toMatchObject({
      reason: "counted",
      packet: { protocol: 17, destinationPort: 6081, encapsulation: 0, encapsulationDepth: 0, vni: -1 },
    });
  });
});
