import { type Capture, captureOf } from "./capture.js";
import { ipv4, ipv6 } from "./ip.js";
import { data, type Frame, type Network } from "./layer.js";
import {
  arp,
  ethernet,
  etherPayload,
  linuxCookedV1,
  linuxCookedV2,
  lldp,
  nflog,
  rawIp,
  snap,
  vlan,
} from "./link-layers.js";
import type { SeededRandom } from "./seeded-random.js";
import { icmpEcho, tcp, udp } from "./transports.js";

/** Every link layer, each with packets of several kinds. */
export function linkCaptures(random: SeededRandom): Capture[] {
  const payload = () => data(random.bytes(random.between(0, 300)));
  const packets = (): Network[] => [
    ipv4({}, tcp({ flags: 0x18, sequence: random.word() }, payload())),
    ipv4({}, udp({ destinationPort: 9000 }, payload())),
    ipv6({}, tcp({ flags: 0x12, sequence: random.word() }, payload())),
    ipv6({}, udp({ sourcePort: 9000 }, payload())),
    ipv4({}, icmpEcho({ identifier: random.below(65_536) }, payload())),
  ];
  const each = (name: string, wrap: (packet: Network) => Frame) => captureOf(name, packets().map(wrap));
  const dot1q = (packet: Network) => vlan({ id: 100, priority: 3 }, packet);
  return [
    each("ethernet", (packet) => ethernet({}, packet)),
    each("ethernet, padded", (packet) => ethernet({ padTo: 400, padding: 0xa5 }, packet)),
    each("802.1Q", (packet) => ethernet({}, dot1q(packet))),
    each("802.1ad over 802.1Q", (packet) =>
      ethernet({}, vlan({ id: 300, protocolId: 0x88a8 }, dot1q(packet))),
    ),
    each("802.1Q over 802.1Q", (packet) => ethernet({}, vlan({ id: 7, protocolId: 0x9100 }, dot1q(packet)))),
    each("priority tag", (packet) => ethernet({}, vlan({ id: 0, priority: 7 }, packet))),
    each("linux cooked v1", (packet) => linuxCookedV1({ packetType: 4 }, packet)),
    each("linux cooked v2", (packet) => linuxCookedV2({ packetType: 0 }, packet)),
    each("linux cooked v1, 802.1Q", (packet) => linuxCookedV1({}, dot1q(packet))),
    each("raw", (packet) => rawIp(packet)),
    captureOf("raw IPv4", [rawIp(ipv4({}, udp({}, payload())), true)]),
    captureOf("raw IPv6", [rawIp(ipv6({}, udp({}, payload())), true)]),
    each("nflog", (packet) => nflog(packet)),
    captureOf("no IP", [
      ethernet({ padTo: 60 }, arp()),
      ethernet({ padTo: 60 }, vlan({ id: 5 }, arp())),
      linuxCookedV1({}, arp()),
      linuxCookedV2({}, arp()),
      ethernet({ padTo: 60 }, lldp()),
      ethernet({}, etherPayload(0x8902, random.bytes(60))),
      snap(ipv4({}, udp({}, payload()))),
    ]),
  ];
}
