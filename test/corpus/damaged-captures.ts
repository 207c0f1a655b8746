import { type Capture, captureOf } from "./capture.js";
import { ipPayload, ipv4, ipv6 } from "./ip.js";
import { data, type Frame, type Network, zeros } from "./layer.js";
import { ethernet, etherPayload } from "./link-layers.js";
import type { SeededRandom } from "./seeded-random.js";
import { icmpEcho, sctp, sctpChunk, tcp, udp } from "./transports.js";
import { geneve, gre, vxlan } from "./tunnels.js";

/** Lengths that lie, headers that end too early, noise: what a decoder must refuse, or believe only in part. */
export function damagedCaptures(random: SeededRandom): Capture[] {
  const framed = (name: string, packets: readonly Network[]) =>
    captureOf(
      name,
      packets.map((packet) => ethernet({ padTo: 60 }, packet)),
    );
  const payload = data(random.bytes(40));
  const shortened = (packet: Network, bytes: number): Frame => {
    const frame = ethernet({}, packet);
    return { ...frame, bytes: frame.bytes.slice(0, bytes) };
  };
  return [
    framed("IPv4 lengths that lie", [
      ipv4({ totalLength: 2_000 }, udp({}, payload)),
      ipv4({ totalLength: 19 }, udp({}, payload)),
      ipv4({ totalLength: 30 }, udp({}, payload)),
      ipv4({ headerWords: 4 }, udp({}, payload)),
      ipv4({ headerWords: 15 }, udp({})),
      ipv4({ version: 5 }, udp({}, payload)),
    ]),
    framed("IPv6 lengths that lie", [
      ipv6({ payloadLength: 2_000 }, udp({}, payload)),
      ipv6({ payloadLength: 5 }, udp({}, payload)),
      ipv6({ version: 7 }, udp({}, payload)),
      ipv6({ extensions: [{ number: 60, body: [200, 0, 0, 0, 0, 0, 0] }] }, udp({}, payload)),
      ipv6({ nextHeader: 43 }, ipPayload(43, [])),
    ]),
    framed("UDP lengths that lie", [
      ipv4({}, udp({ length: 7 }, payload)),
      ipv4({}, udp({ length: 0 }, payload)),
      ipv4({}, udp({ length: 20 }, payload)),
      ipv4({}, udp({ length: 4_000 }, payload)),
      ipv4({}, ipPayload(17, random.bytes(5))),
    ]),
    framed("TCP lengths that lie", [
      ipv4({}, tcp({ headerWords: 4 }, payload)),
      ipv4({}, tcp({ headerWords: 15 })),
      ipv4({}, tcp({ headerWords: 15 }, payload)),
      ipv4({}, ipPayload(6, random.bytes(12))),
      ipv4({}, tcp({ options: [2, 40, 5, 180] }, payload)),
      ipv4({}, tcp({ options: [8, 1, 0, 0] }, payload)),
    ]),
    framed("other short headers", [
      ipv4({}, ipPayload(1, random.bytes(4))),
      ipv6({}, ipPayload(58, random.bytes(4))),
      ipv4({}, ipPayload(132, random.bytes(8))),
      ipv4({}, ipPayload(47, random.bytes(2))),
      ipv4({}, ipPayload(50, random.bytes(4))),
      ipv4({}, ipPayload(4, random.bytes(10))),
    ]),
    framed("SCTP chunks that lie", [
      ipv4({}, sctp({}, sctpChunk(0, 3, zeros(16), 2))),
      ipv4({}, sctp({}, sctpChunk(0, 3, zeros(16), 400))),
      ipv4({}, sctp({}, sctpChunk(0, 3, zeros(4)))),
    ]),
    framed("tunnels that lie", [
      ipv4(
        {},
        udp({ destinationPort: 8472 }, vxlan({}, ethernet({}, ipv4({ totalLength: 900 }, udp({}, payload))))),
      ),
      ipv4(
        {},
        udp({ destinationPort: 6081 }, geneve({ optionWords: 63 }, ethernet({}, ipv4({}, udp({}, payload))))),
      ),
      ipv4(
        {},
        udp({ destinationPort: 6081 }, geneve({ version: 1 }, ethernet({}, ipv4({}, udp({}, payload))))),
      ),
      ipv4({}, gre({ version: 1 }, ipv4({}, udp({}, payload)))),
      ipv4({}, gre({ protocol: 0x1234 }, ipv4({}, udp({}, payload)))),
    ]),
    captureOf(
      "cut on the wire",
      [13, 20, 33, 34, 40, 45].map((bytes) => shortened(ipv4({}, icmpEcho({}, payload)), bytes)),
    ),
    captureOf(
      "noise",
      Array.from({ length: 40 }, () =>
        ethernet(
          {},
          etherPayload(
            random.pick([0x0800, 0x86dd, 0x8100, random.below(65_536)]),
            random.bytes(random.below(120)),
          ),
        ),
      ),
    ),
  ];
}
