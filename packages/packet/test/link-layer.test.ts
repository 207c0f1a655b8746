import { describe, expect, it } from "vitest";
import { decodeFrame } from "./decode-frame.js";
import { ethernet, ipv4, ipv6, tag, udp, zeros } from "./frame-builders.js";

const IPV4 = 0x0800;
const UDP_PACKET = ipv4({ protocol: 17 }, udp({}, [1, 2, 3]));

describe("Ethernet", () => {
  it("counts an IPv4 packet", () => {
    const { reason, packet } = decodeFrame(ethernet(IPV4, UDP_PACKET));
    expect(reason).toBe("counted");
    expect(packet.vlan).toBe(0);
    expect(packet.vni).toBe(-1);
  });

  it.each([
    ["ARP", 0x0806, "arp"],
    ["LLDP", 0x88cc, "not_ip"],
    ["an 802.3 length", 0x0026, "not_ip"],
    ["LLC and SNAP", 0x05dc, "not_ip"],
  ])("counts %s by reason", (_, etherType, reason) => {
    expect(decodeFrame(ethernet(etherType, zeros(46))).reason).toBe(reason);
  });

  it("needs 14 bytes", () => {
    expect(decodeFrame(ethernet(IPV4, UDP_PACKET), { capturedLength: 13 }).reason).toBe("truncated_ethernet");
    expect(decodeFrame([], {}).reason).toBe("truncated_ethernet");
  });

  it("does not take padding for payload", () => {
    const { packet } = decodeFrame([...ethernet(IPV4, UDP_PACKET), ...zeros(15)]);
    expect(packet.bytes).toBe(31);
    expect(packet.payloadBytes).toBe(3);
  });
});

describe("VLAN", () => {
  const tagged = ethernet(0x8100, tag(0x2064, IPV4, UDP_PACKET));

  it("reads the id from the frame, without priority bits", () => {
    const { reason, packet } = decodeFrame(tagged);
    expect(reason).toBe("counted");
    expect(packet.vlan).toBe(100);
    expect(packet.bytes).toBe(31);
  });

  it("reads the id that the kernel took off the frame", () => {
    const { packet } = decodeFrame(ethernet(IPV4, UDP_PACKET), { vlanTag: 0x6000 | 42 });
    expect(packet.vlan).toBe(42);
  });

  it("keeps the outermost id of stacked tags, in the frame or before it", () => {
    const stacked = ethernet(0x88a8, tag(300, 0x8100, tag(100, IPV4, UDP_PACKET)));
    expect(decodeFrame(stacked)).toMatchObject({ reason: "counted", packet: { vlan: 300 } });
    expect(decodeFrame(tagged, { vlanTag: 7 })).toMatchObject({ reason: "counted", packet: { vlan: 7 } });
  });

  it("keeps the service tag that the kernel took off a frame which still has its customer tag", () => {
    expect(decodeFrame(tagged, { vlanTag: 0xe000 | 300 })).toMatchObject({
      reason: "counted",
      packet: { vlan: 300, bytes: 31 },
    });
    const stacked = ethernet(0x8100, tag(200, 0x8100, tag(100, IPV4, UDP_PACKET)));
    expect(decodeFrame(stacked, { vlanTag: 0 })).toMatchObject({ reason: "counted", packet: { vlan: 200 } });
  });

  it("takes id 0 for no id", () => {
    const priority = ethernet(0x88a8, tag(0xe000, 0x8100, tag(5, IPV4, UDP_PACKET)));
    expect(decodeFrame(priority).packet.vlan).toBe(5);
  });

  it("says when the frame ends in the tag", () => {
    expect(decodeFrame(tagged, { capturedLength: 17 }).reason).toBe("truncated_vlan");
  });
});

describe("raw IP", () => {
  it.each([101, 228])("link type %i: IPv4 without a link layer", (linkType) => {
    expect(decodeFrame(UDP_PACKET, { linkType })).toMatchObject({ reason: "counted", packet: { bytes: 31 } });
  });

  it.each([101, 229])("link type %i: IPv6 without a link layer", (linkType) => {
    const frame = ipv6({ nextHeader: 17 }, udp({}, [1, 2, 3]));
    expect(decodeFrame(frame, { linkType })).toMatchObject({ reason: "counted", packet: { bytes: 51 } });
  });

  it("knows neither other versions nor nothing", () => {
    expect(decodeFrame([0x55, ...UDP_PACKET], { linkType: 101 }).reason).toBe("bad_ip_version");
    expect(decodeFrame([], { linkType: 101 }).reason).toBe("truncated_ipv4");
  });
});

describe("Linux cooked capture", () => {
  const v1 = (packetType: number) => [0, packetType, 0, 1, 0, 6, ...zeros(8), 0x08, 0x00, ...UDP_PACKET];
  const v2 = (packetType: number) => [
    0x08,
    0x00,
    0,
    0,
    0,
    0,
    0,
    3,
    0,
    1,
    packetType,
    6,
    ...zeros(8),
    ...UDP_PACKET,
  ];

  it.each([
    ["version 1", 113, v1],
    ["version 2", 276, v2],
  ])("%s: decodes, and knows the direction where the source does not", (_, linkType, frame) => {
    expect(decodeFrame(frame(0), { linkType })).toMatchObject({
      reason: "counted",
      packet: { direction: 0 },
    });
    expect(decodeFrame(frame(4), { linkType })).toMatchObject({
      reason: "counted",
      packet: { direction: 1 },
    });
    expect(decodeFrame(frame(4), { linkType, direction: 0 }).packet.direction).toBe(0);
  });

  it("says when the frame is too short", () => {
    expect(decodeFrame(v1(0), { linkType: 113, capturedLength: 15 }).reason).toBe("truncated_linux_cooked");
    expect(decodeFrame(v2(0), { linkType: 276, capturedLength: 19 }).reason).toBe("truncated_linux_cooked");
  });
});

it("counts frames of link types that it does not know", () => {
  expect(decodeFrame(UDP_PACKET, { linkType: 105 }).reason).toBe("unsupported_link_type");
});
