import { type Capture, captureOf } from "./capture.js";
import {
  authentication,
  destinationOptions,
  type Extension,
  fragmentHeader,
  hopByHop,
  ipPayload,
  ipv4,
  ipv4Fragments,
  ipv6,
  ipv6Fragments,
  routing,
} from "./ip.js";
import { data, type Network } from "./layer.js";
import { ethernet } from "./link-layers.js";
import type { SeededRandom } from "./seeded-random.js";
import { icmp, icmpEcho, icmpError, icmpv6, icmpv6Echo, icmpv6Error, tcp, udp } from "./transports.js";
import { unknownProtocol } from "./tunnels.js";

/** A record route option of three addresses (RFC 791 section 3.1), then the end of options. */
const RECORD_ROUTE = [7, 15, 4, ...new Array<number>(12).fill(0), 0];

/** IPv4 with options and fragments, IPv6 with extension headers and fragments, ICMP and ICMPv6. */
export function networkCaptures(random: SeededRandom): Capture[] {
  const payload = (count = random.between(1, 200)) => data(random.bytes(count));
  const framed = (name: string, packets: readonly Network[]) =>
    captureOf(
      name,
      packets.map((packet) => ethernet({}, packet)),
    );
  const extended = (...extensions: Extension[]) => ipv6({ extensions }, udp({}, payload()));
  const echo = { identifier: 0xbeef, sequence: 3 };
  return [
    framed("IPv4 options", [
      ipv4({ options: RECORD_ROUTE }, tcp({ flags: 2 })),
      ipv4({ options: [1] }, udp({}, payload())),
      ipv4({ options: new Array<number>(40).fill(1) }, udp({}, payload())),
    ]),
    framed("IPv4 fragments", [
      ...ipv4Fragments({ identification: 77 }, udp({ destinationPort: 5000 }, payload(3_500)), 1_480),
      ...ipv4Fragments({ identification: 78 }, tcp({ flags: 0x18 }, payload(100)), 24),
      ...ipv4Fragments({ identification: 79, options: RECORD_ROUTE }, icmpEcho(echo, payload(900)), 400),
      ...ipv4Fragments({ identification: 80 }, ipPayload(89, random.bytes(200)), 104),
    ]),
    framed("IPv4 fragments, last one first", [
      ...ipv4Fragments(
        { identification: 90 },
        udp({ destinationPort: 5001 }, payload(3_000)),
        1_000,
      ).reverse(),
    ]),
    framed("IPv6 extension headers", [
      extended(hopByHop),
      extended(destinationOptions(3)),
      extended(routing),
      extended(authentication),
      extended(hopByHop, destinationOptions(), routing, authentication, destinationOptions(2)),
      ipv6({ extensions: [hopByHop], nextHeader: 59 }, ipPayload(59, [])),
    ]),
    framed("IPv6 fragments", [
      ...ipv6Fragments({ identification: 0x1234abcd }, udp({ destinationPort: 5000 }, payload(3_500)), 1_448),
      ...ipv6Fragments({ extensions: [hopByHop] }, tcp({ flags: 0x18 }, payload(100)), 40),
      ipv6({ extensions: [fragmentHeader(0, false, 5)] }, udp({}, payload())),
    ]),
    framed("ICMP", [
      ipv4({}, icmpEcho(echo, payload())),
      ipv4(
        { source: "10.244.2.3", destination: "10.244.1.2" },
        icmpEcho({ ...echo, reply: true }, payload()),
      ),
      ipv4({}, icmp(13, 0, [0, 1, 0, 1], payload(12))),
      ipv4({}, unknownProtocol(random.bytes(64))),
    ]),
    framed("ICMP errors", icmpErrors(random)),
    framed("ICMPv6", [
      ipv6({}, icmpv6Echo(echo, payload())),
      ipv6({}, icmpv6Echo({ ...echo, reply: true }, payload())),
      ipv6({ destination: "ff02::1:ff00:3" }, icmpv6(135, 0, [0, 0, 0, 0], data(random.bytes(16)))),
      ipv6({ destination: "ff02::16", extensions: [hopByHop] }, icmpv6(143, 0, [0, 0, 0, 0])),
    ]),
    framed("ICMPv6 errors", icmpv6Errors(random)),
  ];
}

function icmpErrors(random: SeededRandom): Network[] {
  const back = { source: "10.244.1.1", destination: "10.244.2.3" };
  const quote = { source: "10.244.2.3", destination: "10.244.1.2" };
  const datagram = ipv4(quote, udp({ sourcePort: 5300, destinationPort: 53 }, data(random.bytes(100))));
  const segment = ipv4(
    { ...quote, options: [1, 1, 1, 1] },
    tcp({ sourcePort: 8080, destinationPort: 40_100 }),
  );
  const echo = ipv4(quote, icmpEcho({ identifier: 321 }, data(random.bytes(56))));
  const [, later] = ipv4Fragments(quote, udp({}, data(random.bytes(2_000))), 1_480);
  return [
    ipv4(back, icmpError(3, 3, datagram)),
    ipv4(back, icmpError(3, 1, segment, { quotedBytes: 32 })),
    ipv4(back, icmpError(3, 4, segment, { mtu: 1_450 })),
    ipv4(back, icmpError(11, 0, echo)),
    ipv4(back, icmpError(12, 0, datagram)),
    ipv4(back, icmpError(3, 3, datagram, { quotedBytes: 22 })),
    ipv4(back, icmpError(11, 1, later ?? datagram)),
  ];
}

function icmpv6Errors(random: SeededRandom): Network[] {
  const back = { source: "fd00:244:1::1", destination: "fd00:244:2::3" };
  const quote = { source: "fd00:244:2::3", destination: "fd00:244:1::2" };
  const datagram = ipv6(quote, udp({ sourcePort: 5300, destinationPort: 53 }, data(random.bytes(100))));
  const segment = ipv6(
    { ...quote, extensions: [hopByHop] },
    tcp({ sourcePort: 8080, destinationPort: 40_100 }),
  );
  return [
    ipv6(back, icmpv6Error(1, 4, datagram)),
    ipv6(back, icmpv6Error(2, 0, segment, { mtu: 1_280 })),
    ipv6(back, icmpv6Error(3, 0, datagram)),
    ipv6(back, icmpv6Error(4, 1, segment, { quotedBytes: 50 })),
    ipv6(back, icmpv6Error(1, 0, ipv6(quote, icmpv6Echo({ identifier: 321 }, data(random.bytes(8)))))),
  ];
}
