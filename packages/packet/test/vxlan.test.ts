import { describe, expect, it } from "vitest";
import { FrameDecoder } from "../src/frame-decoder.js";
import { decodeFrame, destinationOf, outerDestinationOf, outerSourceOf, sourceOf } from "./decode-frame.js";
import { address6, type Bytes, ethernet, ipv4, ipv6, tag, tcp, udp, vxlan, zeros } from "./frame-builders.js";
import { decoded, fromHex, reasonsByLength } from "./golden.js";

const NODES = { source: [192, 168, 10, 1], destination: [192, 168, 10, 2], protocol: 17 };
const INNER = ethernet(0x0800, ipv4({ protocol: 6 }, tcp({ flags: 0x18 }, zeros(200))));

function tunnel(inner: Bytes, { port = 8472, flags = 8, fragment = 0 } = {}): Bytes {
  return ethernet(
    0x0800,
    ipv4({ ...NODES, fragment }, udp({ destinationPort: port }, vxlan(0xabcdef, inner, flags))),
  );
}

/** VNI 0xabcdef at Linux' old port. */
const FRAME = fromHex(
  "0200000000020200000000010800",
  "4500005c1234400040119309c0a80a01c0a80a02",
  "d903211800480000",
  "08000000abcdef00",
  "0200000000020200000000010800",
  "4500002a1234400040060fae0af401020af40203",
  "9c400050000003e8000007d05018020000000000",
  "6869",
);

describe("VXLAN", () => {
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
      encapsulation: 1,
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
      "50 truncated_ethernet",
      "64 truncated_ipv4",
      "84 truncated_tcp",
      "100 counted",
    ]);
  });

  it.each([4789, 8472, 6784])("port %i: counts the inner packet, keeps outer addresses and VNI", (port) => {
    const { reason, packet } = decodeFrame(tunnel(INNER, { port }), { capturedLength: 128 });
    expect(reason).toBe("counted");
    expect(sourceOf(packet)).toBe("00000000000000000000ffff0af40102");
    expect(destinationOf(packet)).toBe("00000000000000000000ffff0af40203");
    expect(outerSourceOf(packet)).toBe("00000000000000000000ffffc0a80a01");
    expect(outerDestinationOf(packet)).toBe("00000000000000000000ffffc0a80a02");
    expect(packet).toMatchObject({
      vni: 0xabcdef,
      protocol: 6,
      destinationPort: 80,
      bytes: 240,
      payloadBytes: 200,
    });
  });

  it("takes other ports when told", () => {
    const decoder = new FrameDecoder({ vxlanPorts: [6081] });
    expect(decodeFrame(tunnel(INNER, { port: 6081 }), { decoder }).packet.vni).toBe(0xabcdef);
    expect(decodeFrame(tunnel(INNER, { port: 8472 }), { decoder }).packet).toMatchObject({
      vni: -1,
      protocol: 17,
    });
  });

  it("carries IPv6 in IPv4 and IPv4 in IPv6", () => {
    const inner6 = ethernet(0x86dd, ipv6({ nextHeader: 17 }, udp({}, [1])));
    expect(decodeFrame(tunnel(inner6)).packet).toMatchObject({
      protocol: 17,
      bytes: 49,
      destinationPort: 53,
    });
    const outer6 = ipv6({ nextHeader: 17 }, udp({ destinationPort: 4789 }, vxlan(5, INNER)));
    const { packet } = decodeFrame(ethernet(0x86dd, outer6));
    expect(packet).toMatchObject({ vni: 5, protocol: 6, bytes: 240 });
    expect(outerSourceOf(packet)).toBe(Buffer.from(address6(2)).toString("hex"));
  });

  it("keeps the VLAN of the frame on the wire", () => {
    const inner = ethernet(0x8100, tag(20, 0x0800, ipv4({ protocol: 6 }, tcp({}))));
    expect(decodeFrame(tunnel(inner), { vlanTag: 300 })).toMatchObject({
      reason: "counted",
      packet: { vlan: 300 },
    });
    expect(decodeFrame(tunnel(inner)).packet.vlan).toBe(0);
  });

  it("counts what the inner frame is by its own reason", () => {
    expect(decodeFrame(tunnel(ethernet(0x0806, zeros(28)))).reason).toBe("arp");
    expect(decodeFrame(tunnel(INNER), { capturedLength: 14 + 20 + 8 + 8 + 13 }).reason).toBe(
      "truncated_ethernet",
    );
    expect(decodeFrame(tunnel(INNER), { capturedLength: 14 + 20 + 8 + 7 }).reason).toBe("truncated_vxlan");
  });

  it("does not believe an inner length beyond the outer packet", () => {
    const lying = ethernet(0x0800, ipv4({ protocol: 6, totalLength: 241 }, tcp({}, zeros(200))));
    expect(decodeFrame(tunnel(lying)).reason).toBe("bad_ipv4_total_length");
  });

  it("counts the whole inner packet with the first fragment of the outer one", () => {
    const inner = ethernet(0x0800, ipv4({ protocol: 6, totalLength: 1450 }, tcp({}, zeros(1000))));
    const first = ethernet(
      0x0800,
      ipv4({ ...NODES, fragment: 0x2000 }, udp({ destinationPort: 4789, length: 1480 }, vxlan(1, inner))),
    );
    expect(decodeFrame(first)).toMatchObject({
      reason: "counted",
      packet: { bytes: 1450, payloadBytes: 1410 },
    });
  });

  it("takes for plain UDP what has no VNI or no room for a frame", () => {
    expect(decodeFrame(tunnel(INNER, { flags: 0 })).packet).toMatchObject({ vni: -1, protocol: 17 });
    expect(decodeFrame(tunnel(zeros(13))).packet).toMatchObject({ vni: -1, protocol: 17, payloadBytes: 21 });
  });
});
