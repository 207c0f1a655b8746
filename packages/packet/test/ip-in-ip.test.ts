import { describe, expect, it } from "vitest";
import { decodeFrame } from "./decode-frame.js";
import { type Bytes, ethernet, ipv4, ipv6, tcp, udp, vxlan, zeros } from "./frame-builders.js";
import { decoded, fromHex, reasonsByLength } from "./golden.js";

const IPIP = fromHex(
  "0200000000020200000000010800",
  "4500003e1234400040049334c0a80a01c0a80a02",
  "4500002a1234400040060fae0af401020af40203",
  "9c400050000003e8000007d05018020000000000",
  "6869",
);
/** IPv6 in IPv4. */
const SIT = fromHex(
  "0200000000020200000000010800",
  "450000471234400040299306c0a80a01c0a80a02",
  "60000000000b1140fd000000000000000000000000010002fd000000000000000000000000010003",
  "14e90035000b0000",
  "616263",
);
/** A VXLAN datagram in IPv4 in IPv4. */
const VXLAN_IN_IPIP = fromHex(
  "0200000000020200000000010800",
  "45000070123440004004d032ac100001ac100002",
  "4500005c1234400040119309c0a80a01c0a80a02",
  "d90312b500480000",
  "0800000000000700",
  "0200000000020200000000010800",
  "4500002a1234400040060fae0af401020af40203",
  "9c400050000003e8000007d05018020000000000",
  "6869",
);

describe("IP in IP", () => {
  it("IPv4: counts the inner packet, keeps outer addresses, has no VNI", () => {
    expect(decoded(IPIP)).toEqual({
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
      encapsulation: 4,
      encapsulationDepth: 1,
    });
  });

  it("IPv6: counts the inner packet, keeps outer addresses, has no VNI", () => {
    expect(decoded(SIT)).toEqual({
      reason: "counted",
      source: "fd00::1:2",
      destination: "fd00::1:3",
      outerSource: "192.168.10.1",
      outerDestination: "192.168.10.2",
      sourcePort: 5353,
      destinationPort: 53,
      protocol: 17,
      bytes: 51,
      payloadBytes: 3,
      encapsulation: 5,
      encapsulationDepth: 1,
    });
  });

  it("says where the capture ended too early", () => {
    expect(reasonsByLength(IPIP)).toEqual([
      "0 truncated_ethernet",
      "14 truncated_ipv4",
      "54 truncated_tcp",
      "70 counted",
    ]);
    expect(reasonsByLength(SIT)).toEqual([
      "0 truncated_ethernet",
      "14 truncated_ipv4",
      "34 truncated_ipv6",
      "74 truncated_udp",
      "82 counted",
    ]);
  });

  it("is carried by IPv6 too", () => {
    const inner4 = ipv4({ protocol: 6 }, tcp());
    expect(decodeFrame(ethernet(0x86dd, ipv6({ nextHeader: 4 }, inner4))).packet).toMatchObject({
      encapsulation: 4,
      bytes: 40,
    });
    const inner6 = ipv6({ nextHeader: 17 }, udp());
    expect(decodeFrame(ethernet(0x86dd, ipv6({ nextHeader: 41 }, inner6))).packet).toMatchObject({
      encapsulation: 5,
      bytes: 48,
    });
  });

  it.each<[string, number, Bytes]>([
    ["another version than the protocol's", 4, ipv6({ nextHeader: 17 }, udp())],
    ["another version than the protocol's", 41, ipv4({ protocol: 17 }, zeros(40))],
    ["no room for a header", 4, zeros(19)],
    ["no room for a header", 41, zeros(39)],
  ])("takes %s for a plain packet of protocol %i", (_, protocol, inner) => {
    expect(decodeFrame(ethernet(0x0800, ipv4({ protocol }, inner)))).toMatchObject({
      reason: "counted",
      packet: { protocol, encapsulation: 0, encapsulationDepth: 0, payloadBytes: inner.length },
    });
  });
});

describe("tunnels inside tunnels", () => {
  it("are gone through twice, and the outermost is told of", () => {
    expect(decoded(VXLAN_IN_IPIP)).toEqual({
      reason: "counted",
      source: "10.244.1.2",
      destination: "10.244.2.3",
      outerSource: "172.16.0.1",
      outerDestination: "172.16.0.2",
      sourcePort: 40000,
      destinationPort: 80,
      protocol: 6,
      bytes: 42,
      payloadBytes: 2,
      tcpFlags: 0x18,
      sequence: 1000,
      acknowledgement: 2000,
      window: 512,
      encapsulation: 4,
      encapsulationDepth: 2,
    });
  });

  it("say where the capture ended too early", () => {
    expect(reasonsByLength(VXLAN_IN_IPIP)).toEqual([
      "0 truncated_ethernet",
      "14 truncated_ipv4",
      "54 truncated_udp",
      "62 truncated_vxlan",
      "70 truncated_ethernet",
      "84 truncated_ipv4",
      "104 truncated_tcp",
      "120 counted",
    ]);
  });

  it("count the third as the plain packet that it is", () => {
    const third = ipv4({ protocol: 4, source: [3, 3, 3, 3] }, ipv4({ protocol: 6 }, tcp()));
    const second = ipv4({ protocol: 4, source: [2, 2, 2, 2] }, third);
    const first = ipv4({ protocol: 4, source: [1, 1, 1, 1] }, second);
    expect(decoded(ethernet(0x0800, first))).toMatchObject({
      reason: "counted",
      source: "3.3.3.3",
      outerSource: "1.1.1.1",
      protocol: 4,
      encapsulation: 4,
      encapsulationDepth: 2,
    });
  });

  it("keep their own name where what they carry is opaque", () => {
    const esp = ipv4({ protocol: 50 }, [0xc0, 0xff, 0xee, 1, ...zeros(40)]);
    const outer = ipv4({ protocol: 17 }, udp({ destinationPort: 4789 }, vxlan(5, ethernet(0x0800, esp))));
    expect(decodeFrame(ethernet(0x0800, outer)).packet).toMatchObject({
      protocol: 50,
      encapsulation: 1,
      encapsulationDepth: 1,
      vni: 5,
    });
  });
});
