import { describe, expect, test } from "vitest";
import { pcapngFile, snapped } from "./capture.js";
import { crc32c, internetChecksum } from "./checksum.js";
import { corpus } from "./corpus.js";
import { ipv4, ipv4Fragments, ipv6 } from "./ip.js";
import { data, zeros } from "./layer.js";
import { ethernet, vlan } from "./link-layers.js";
import { sctp, sctpData, tcp, udp } from "./transports.js";
import { vxlan } from "./tunnels.js";

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

describe("builders", () => {
  test("a UDP datagram in IPv4 in Ethernet, byte by byte", () => {
    const frame = ethernet({}, ipv4({}, udp({ sourcePort: 5353, destinationPort: 53 }, data([1, 2, 3]))));
    expect(hex(frame.bytes)).toBe(
      "020000000002" +
        "020000000001" +
        "0800" + // Ethernet
        "4500001f" +
        "00010000" +
        "401161e1" +
        "0af40102" +
        "0af40203" + // IPv4
        "14e90035" +
        "000bcdcb" +
        "010203", // UDP
    );
  });

  test("lengths and types are known by their place", () => {
    const inner = ethernet({}, ipv6({}, tcp({})));
    const frame = ethernet({}, vlan({ id: 7 }, ipv4({}, udp({ destinationPort: 4789 }, vxlan({}, inner)))));
    expect(frame.starts.map(({ layer, offset }) => `${layer} ${offset}`)).toEqual([
      ...["ethernet 0", "vlan 14", "ipv4 18", "udp 38", "vxlan 46", "ethernet 54", "ipv6 68", "tcp 108"],
    ]);
    const length = frame.fields.find(({ layer, name }) => layer === "ipv6" && name === "payloadLength");
    expect(length).toEqual({ layer: "ipv6", name: "payloadLength", offset: 72, bytes: 2 });
    expect(frame.bytes[73]).toBe(20);
  });

  test("fragments put together are the datagram", () => {
    const whole = ipv4({}, udp({}, data(zeros(100).fill(7)))).bytes.subarray(20);
    const fragments = ipv4Fragments({}, udp({}, data(zeros(100).fill(7))), 40);
    expect(fragments.map(({ bytes }) => bytes.length - 20)).toEqual([40, 40, 28]);
    expect(hex(Buffer.concat(fragments.map(({ bytes }) => bytes.subarray(20))))).toBe(hex(whole));
  });

  test("checksums of the RFCs' own examples", () => {
    // RFC 1071 section 3.
    expect(internetChecksum([0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7])).toBe(0x220d);
    // RFC 3720 appendix B.4: 32 bytes of zeros, of ones, ascending.
    expect(crc32c(zeros(32))).toEqual([0xaa, 0x36, 0x91, 0x8a]);
    expect(crc32c(zeros(32).fill(0xff))).toEqual([0x43, 0xab, 0xa8, 0x62]);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toEqual([0x4e, 0x79, 0xdd, 0x46]);
    expect(sctp({}, sctpData(1, zeros(3))).bytes.length).toBe(12 + 16 + 4);
  });
});

describe("corpus", () => {
  test("the same seed gives the same bytes, another one others", () => {
    expect(Buffer.compare(pcapngFile(corpus(5)), pcapngFile(corpus(5)))).toBe(0);
    expect(Buffer.compare(pcapngFile(corpus(5)), pcapngFile(corpus(6)))).not.toBe(0);
  });

  test("names tell captures apart", () => {
    const names = corpus().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  test("a snap length cuts what was captured, not what was on the wire", () => {
    for (const capture of corpus()) {
      for (const [i, { frame, beyondBytes = 0 }] of snapped(capture, 64).frames.entries()) {
        expect(frame.bytes.length).toBeLessThanOrEqual(64);
        expect(frame.bytes.length + beyondBytes).toBe(capture.frames[i]?.frame.bytes.length);
      }
    }
  });
});
