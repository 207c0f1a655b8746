import { describe, expect, it } from "vitest";
import { decodeFrame } from "./decode-frame.js";
import { type Bytes, ethernet, ipv4, ipv6, tcp, udp, zeros } from "./frame-builders.js";
import { decoded, fromHex, reasonsByLength } from "./golden.js";

/** Next protocol 1: IPv4. */
const FRAME = fromHex(
  "0200000000020200000000010800",
  "4500004e1234400040119317c0a80a01c0a80a02",
  "d90312b6003a0000",
  "0c000001abcdef00",
  "4500002a1234400040060fae0af401020af40203",
  "9c400050000003e8000007d05018020000000000",
  "6869",
);
const INNER = ipv4({ protocol: 6 }, tcp({}, zeros(20)));

function gpe(flags: number, nextProtocol: number, inner: Bytes): Bytes {
  const payload = [flags, 0, 0, nextProtocol, 0, 0, 9, 0, ...inner];
  return ethernet(0x0800, ipv4({ protocol: 17 }, udp({ destinationPort: 4790 }, payload)));
}

describe("VXLAN-GPE", () => {
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
      encapsulation: 2,
      encapsulationDepth: 1,
      vni: 0xabcdef,
    });
  });

  it("says where the capture ended too early", () => {
    expect(reasonsByLength(FRAME)).toEqual([
      "0 truncated_ethernet",
      "14 truncated_ipv4",
      "34 truncated_udp",
      "42 truncated_vxlan",
      "50 truncated_ipv4",
      "70 truncated_tcp",
      "86 counted",
    ]);
  });

  it("carries IPv6 and Ethernet, and Ethernet where no next protocol is named", () => {
    expect(decodeFrame(gpe(0x0c, 2, ipv6({ nextHeader: 17 }, udp()))).packet).toMatchObject({
      vni: 9,
      bytes: 48,
    });
    const inner = ethernet(0x0800, INNER);
    expect(decodeFrame(gpe(0x0c, 3, inner)).packet).toMatchObject({ vni: 9, bytes: 60 });
    expect(decodeFrame(gpe(0x08, 0, inner)).packet).toMatchObject({ vni: 9, bytes: 60 });
  });

  it.each<[string, Bytes]>([
    ["another version", gpe(0x1c, 1, INNER)],
    ["no VNI", gpe(0x04, 1, INNER)],
    ["an operations message", gpe(0x0d, 1, INNER)],
    ["a service header", gpe(0x0c, 4, INNER)],
    ["no room for what it says it carries", gpe(0x0c, 1, zeros(19))],
    [
      "less than a header",
      ethernet(0x0800, ipv4({ protocol: 17 }, udp({ destinationPort: 4790 }, zeros(7)))),
    ],
  ])("takes %s for plain UDP", (_, frame) => {
    expect(decodeFrame(frame)).toMatchObject({
      reason: "counted",
      packet: { protocol: 17, destinationPort: 4790, encapsulation: 0, vni: -1 },
    });
  });
});
