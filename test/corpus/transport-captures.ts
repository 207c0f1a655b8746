import { type Capture, captureOf, directionOf, START_S } from "./capture.js";
import { DNS_A, DNS_AAAA, type DnsFields, dns, dnsOverTcp } from "./dns.js";
import { ipv4, ipv6 } from "./ip.js";
import { data, join, type Layer, type Network, u16, u32 } from "./layer.js";
import { ethernet } from "./link-layers.js";
import type { SeededRandom } from "./seeded-random.js";
import {
  maximumSegmentSize,
  sackPermitted,
  sctp,
  sctpChunk,
  sctpData,
  selectiveAcknowledgement,
  tcp,
  timestamps,
  udp,
  windowScale,
} from "./transports.js";

const DNS_PORT = 53;
/** SCTP parameters (RFC 9260 section 3.3). */
const HEARTBEAT_INFO = 1;
const STATE_COOKIE = 7;

/** TCP options, UDP, SCTP, and DNS over both. */
export function transportCaptures(random: SeededRandom): Capture[] {
  const framed = (name: string, packets: readonly Network[]) =>
    captureOf(
      name,
      packets.map((packet) => ethernet({}, packet)),
    );
  return [
    framed("TCP options", tcpOptionSegments(random)),
    framed(
      "TCP flags",
      Array.from({ length: 256 }, (_, flags) => ipv4({}, tcp({ sourcePort: 20_000 + flags, flags }))),
    ),
    framed("UDP", [
      ipv4({}, udp({})),
      ipv4({}, udp({ sourcePort: 0, destinationPort: 65_535 }, data(random.bytes(1_472)))),
      ipv6({}, udp({}, data(random.bytes(1)))),
    ]),
    framed("SCTP", sctpPackets(random)),
    dnsCapture(random),
  ];
}

function tcpOptionSegments(random: SeededRandom): Network[] {
  const stamps = timestamps(random.word(), random.word());
  const options = [
    [],
    stamps,
    [...maximumSegmentSize(1_460), ...sackPermitted, ...stamps.slice(2), 1, ...windowScale(14)],
    [...stamps, 1, 1, ...selectiveAcknowledgement(1_000, 2_000)],
    [...maximumSegmentSize(536)],
    [...windowScale(0), 1],
    // MPTCP (RFC 8684) and an experiment (RFC 6994), which nobody needs, before what is needed.
    [30, 4, 0, 0, 253, 4, 0xf9, 0x89, ...maximumSegmentSize(9_000)],
    [0, 0, 0, 0],
  ];
  return options.map((each, i) =>
    ipv4(
      {},
      tcp({ sourcePort: 30_000 + i, flags: i % 2 === 0 ? 0x02 : 0x18, options: each }, data(random.bytes(i))),
    ),
  );
}

function sctpPackets(random: SeededRandom): Network[] {
  const association = (...chunks: Layer[]) => ipv4({}, sctp({}, ...chunks));
  // Initiate tag, receiver window, one stream each way, the first transmission number.
  const init = [...u32(0x5eed), ...u32(65_536), ...u16(1), ...u16(1), ...u32(1)];
  return [
    association(sctpChunk(1, 0, init)),
    association(sctpChunk(2, 0, join(init, sctpParameter(STATE_COOKIE, random.bytes(20))))),
    association(sctpChunk(10, 0, random.bytes(20)), sctpData(1, random.bytes(33))),
    association(
      sctpChunk(3, 0, [...u32(1), ...u32(65_536), ...u32(0)]),
      sctpData(2, random.bytes(100)),
      sctpData(3, random.bytes(7)),
    ),
    association(sctpChunk(4, 0, sctpParameter(HEARTBEAT_INFO, random.bytes(20)))),
    association(sctpChunk(6, 0, [])),
    association(sctpChunk(7, 0, random.bytes(4))),
    association(sctpChunk(8, 0, [])),
    association(sctpChunk(14, 0, [])),
    ipv6({}, sctp({ sourcePort: 36_412 }, sctpData(9, random.bytes(500)))),
  ];
}

/** RFC 9260 section 3.2.1. */
function sctpParameter(type: number, value: Uint8Array): Uint8Array {
  return join(u16(type), u16(4 + value.length), value);
}

/** Questions and answers over UDP and TCP, IPv4 and IPv6. */
export function dnsCapture(random: SeededRandom): Capture {
  const messages: DnsFields[] = [
    { id: 1, name: "web.shop.svc.cluster.local" },
    { id: 1, name: "web.shop.svc.cluster.local", isResponse: true, answers: [[10, 96, 0, 10]] },
    { id: 2, name: "Web.Example.COM", type: DNS_AAAA },
    { id: 2, name: "Web.Example.COM", type: DNS_AAAA, isResponse: true, responseCode: 3 },
    { id: 3, name: "", type: 2 },
    { id: 4, name: "a.b", isResponse: true, isTruncated: true, responseCode: 2 },
    {
      id: 5,
      name: "x".repeat(63),
      type: DNS_A,
      isResponse: true,
      answers: [
        [1, 2, 3, 4],
        [5, 6, 7, 8],
      ],
    },
  ];
  const frames = messages.flatMap((fields, i) => {
    const message = dns(fields);
    const isAnswer = fields.isResponse ?? false;
    const clientPort = 33_000 + (fields.id ?? 0);
    const ports = isAnswer
      ? { sourcePort: DNS_PORT, destinationPort: clientPort }
      : { sourcePort: clientPort, destinationPort: DNS_PORT };
    const [clientAddress, serverAddress] = ["10.244.1.2", "10.96.0.53"];
    const addresses = isAnswer
      ? { source: serverAddress, destination: clientAddress }
      : { source: clientAddress, destination: serverAddress };
    const packets = [
      ipv4(addresses, udp(ports, message)),
      ipv4(addresses, tcp({ ...ports, flags: 0x18, sequence: random.word() }, dnsOverTcp(message))),
      ipv6(
        isAnswer
          ? { source: "fd00::53", destination: "fd00::2" }
          : { source: "fd00::2", destination: "fd00::53" },
        udp(ports, message),
      ),
    ];
    return packets.map((packet, j) => ({
      frame: ethernet({}, packet),
      timeUs: START_S * 1e6 + i * 1e4 + j * 1e3,
      direction: directionOf(!isAnswer),
    }));
  });
  return { name: "DNS", frames };
}
