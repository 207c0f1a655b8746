import { describe, expect, it } from "vitest";
import { decodeFrame } from "./decode-frame.js";
import { ethernet, ipv4, ipv6, udp, vxlan, zeros } from "./frame-builders.js";
import { decoded, fromHex, reasonsByLength } from "./golden.js";

/** A UDP datagram of 48 bytes in two fragments of 24 and 20, and a third that is not here. */
const FIRST = fromHex(
  "0200000000020200000000010800",
  "4500002cbeef2000401182e50af401020af40203",
  "14e9003500300000",
  "30313233343536373839616263646566",
);
const LATER = fromHex(
  "0200000000020200000000010800",
  "45000028beef00034011a2e60af401020af40203",
  "6768696a6b6c6d6e6f707172737475767778797a",
);
/** The same over IPv6, fragments of 16 and 8 bytes. */
const FIRST_OF_IPV6 = fromHex(
  "02000000000202000000000186dd",
  "6000000000182c40fd000000000000000000000000010002fd000000000000000000000000010003",
  "11000001deadbeef",
  "14e9003500300000",
  "3031323334353637",
);
const LATER_OF_IPV6 = fromHex(
  "02000000000202000000000186dd",
  "6000000000102c40fd000000000000000000000000010002fd000000000000000000000000010003",
  "11000010deadbeef",
  "3839616263646566",
);

describe("fragments", () => {
  it("of IPv4: the first has ports, and the payload that it carries", () => {
    expect(decoded(FIRST)).toEqual({
      reason: "counted",
      source: "10.244.1.2",
      destination: "10.244.2.3",
      sourcePort: 5353,
      destinationPort: 53,
      protocol: 17,
      bytes: 44,
      payloadBytes: 16,
      isFirstFragment: 1,
      moreFragments: 1,
      fragmentId: 0xbeef,
    });
  });

  it("of IPv4: a later one has what its connection can be found by", () => {
    expect(decoded(LATER)).toEqual({
      reason: "fragment",
      source: "10.244.1.2",
      destination: "10.244.2.3",
      protocol: 17,
      bytes: 40,
      payloadBytes: 20,
      fragmentId: 0xbeef,
      fragmentOffset: 24,
    });
  });

  it("of IPv6: the first has ports, and the payload that it carries", () => {
    expect(decoded(FIRST_OF_IPV6)).toEqual({
      reason: "counted",
      source: "fd00::1:2",
      destination: "fd00::1:3",
      sourcePort: 5353,
      destinationPort: 53,
      protocol: 17,
      bytes: 64,
      payloadBytes: 8,
      isFirstFragment: 1,
      moreFragments: 1,
      fragmentId: 0xdeadbeef | 0,
    });
  });

  it("of IPv6: a later one has what its connection can be found by", () => {
    expect(decoded(LATER_OF_IPV6)).toEqual({
      reason: "fragment",
      source: "fd00::1:2",
      destination: "fd00::1:3",
      protocol: 17,
      bytes: 56,
      payloadBytes: 8,
      fragmentId: 0xdeadbeef | 0,
      fragmentOffset: 16,
    });
  });

  it("say where the capture ended too early", () => {
    expect(reasonsByLength(FIRST)).toEqual([
      "0 truncated_ethernet",
      "14 truncated_ipv4",
      "34 truncated_udp",
      "42 counted",
    ]);
    expect(reasonsByLength(LATER)).toEqual(["0 truncated_ethernet", "14 truncated_ipv4", "34 fragment"]);
    expect(reasonsByLength(LATER_OF_IPV6)).toEqual([
      "0 truncated_ethernet",
      "14 truncated_ipv6",
      "62 fragment",
    ]);
  });

  it("in the middle of a packet have more to come", () => {
    const middle = ethernet(0x0800, ipv4({ protocol: 6, fragment: 0x2000 | 185 }, zeros(1480)));
    expect(decodeFrame(middle)).toMatchObject({
      reason: "fragment",
      packet: {
        protocol: 6,
        moreFragments: 1,
        fragmentOffset: 1480,
        payloadBytes: 1480,
        sourcePort: 0,
        tcpFlags: 0,
      },
    });
  });

  it("of IPv6 that are whole packets are none", () => {
    const atomic = ethernet(0x86dd, ipv6({ nextHeader: 44 }, [17, 0, 0, 0, 0, 0, 0, 9, ...udp()]));
    expect(decodeFrame(atomic)).toMatchObject({
      reason: "counted",
      packet: { isFirstFragment: 0, moreFragments: 0, fragmentId: 0 },
    });
  });

  it("inside a tunnel keep the tunnel, and say nothing of the outer packet's fragments", () => {
    const inner = ethernet(0x0800, ipv4({ protocol: 17, fragment: 0x0003 }, zeros(20)));
    const outer = udp({ destinationPort: 4789 }, vxlan(7, inner));
    expect(decodeFrame(ethernet(0x0800, ipv4({ protocol: 17, fragment: 0x2000 }, outer)))).toMatchObject({
      reason: "fragment",
      packet: {
        vni: 7,
        encapsulation: 1,
        isFirstFragment: 0,
        moreFragments: 0,
        fragmentOffset: 24,
        fragmentId: 0x1234,
      },
    });
    const whole = ethernet(0x0800, ipv4({ protocol: 17 }, udp({}, zeros(20))));
    const carried = udp({ destinationPort: 4789 }, vxlan(7, whole));
    expect(decodeFrame(ethernet(0x0800, ipv4({ protocol: 17, fragment: 0x2000 }, carried)))).toMatchObject({
      reason: "counted",
      packet: { vni: 7, isFirstFragment: 0, moreFragments: 0, fragmentOffset: 0, fragmentId: 0 },
    });
  });
});
