import { type Capture, captureOf } from "./capture.js";
import { ipv4, ipv4Fragments, ipv6 } from "./ip.js";
import { data, type Frame, type Layer, type Network, type Transport } from "./layer.js";
import { arp, ethernet, vlan } from "./link-layers.js";
import type { SeededRandom } from "./seeded-random.js";
import { icmpEcho, icmpv6Echo, sctp, sctpData, tcp, udp } from "./transports.js";
import {
  erspan,
  esp,
  geneve,
  geneveOption,
  gre,
  nvgre,
  sleeve,
  vxlan,
  vxlanGpe,
  wireguardData,
  wireguardInitiation,
} from "./tunnels.js";

export const NODES = { source: "192.168.10.1", destination: "192.168.10.2" };
export const NODES_IPV6 = { source: "fd00:10::1", destination: "fd00:10::2" };
/** A port that the decoder and tshark must be told. */
export const CUSTOM_VXLAN_PORT = 14_789;

/** Every encapsulation, with inner packets of several kinds; nested twice and more; what only looks like one. */
export function tunnelCaptures(random: SeededRandom): Capture[] {
  const payload = () => data(random.bytes(random.between(0, 150)));
  const inner = (): Network[] => [
    ipv4({}, tcp({ flags: 0x18, sequence: random.word() }, payload())),
    ipv4({}, udp({}, payload())),
    ipv6({}, tcp({ flags: 0x10, sequence: random.word() }, payload())),
    ipv4({}, icmpEcho({ identifier: 99 }, payload())),
    ipv6({}, icmpv6Echo({ identifier: 98 }, payload())),
    ipv4({}, sctp({}, sctpData(1, random.bytes(30)))),
  ];
  const frames = () => inner().map((packet) => ethernet({}, packet));
  const over4 = (transport: Transport) => ethernet({}, ipv4(NODES, transport));
  const over6 = (transport: Transport) => ethernet({}, ipv6(NODES_IPV6, transport));
  const toPort = (destinationPort: number, layer: Layer) =>
    udp({ sourcePort: 50_000, destinationPort }, layer);
  const each = <T>(name: string, of: readonly T[], wrap: (item: T) => Frame) => captureOf(name, of.map(wrap));
  const ipv4Only = () => inner().filter((packet) => packet.etherType === 0x0800);
  const ipv6Only = () => inner().filter((packet) => packet.etherType === 0x86dd);
  const fabric = (frame: Frame) => toPort(8472, vxlan({ vni: 0xabcdef }, frame));
  const options = [...geneveOption(0x0102, 0x80, [1, 2, 3, 4]), ...geneveOption(0x0103, 1, [])];
  return [
    ...[4789, 8472, 6784, CUSTOM_VXLAN_PORT].map((port) =>
      each(`VXLAN on ${port}`, frames(), (frame) => over4(toPort(port, vxlan({ vni: 42 }, frame)))),
    ),
    each("VXLAN over IPv6", frames(), (frame) => over6(toPort(8472, vxlan({ vni: 0xffffff }, frame)))),
    captureOf("VXLAN, inner frames of other kinds", [
      over4(fabric(ethernet({ padTo: 60 }, arp()))),
      over4(fabric(ethernet({}, vlan({ id: 20 }, ipv4({}, udp({}, payload())))))),
      ethernet({}, vlan({ id: 30 }, ipv4(NODES, fabric(ethernet({}, ipv4({}, udp({}, payload()))))))),
    ]),
    captureOf(
      "VXLAN, outer packet in fragments",
      ipv4Fragments(NODES, fabric(ethernet({}, ipv4({}, tcp({}, data(random.bytes(1_440)))))), 1_480).map(
        (packet) => ethernet({}, packet),
      ),
    ),
    each("VXLAN-GPE, frames", frames(), (frame) => over4(toPort(4790, vxlanGpe({ vni: 7 }, frame)))),
    each("VXLAN-GPE, IPv4", ipv4Only(), (packet) =>
      over4(toPort(4790, vxlanGpe({ vni: 8, nextProtocol: 1 }, packet))),
    ),
    each("VXLAN-GPE, IPv6", ipv6Only(), (packet) =>
      over4(toPort(4790, vxlanGpe({ vni: 9, nextProtocol: 2 }, packet))),
    ),
    each("Geneve", frames(), (frame) => over4(toPort(6081, geneve({ vni: 55 }, frame)))),
    each("Geneve with options", frames(), (frame) =>
      over6(toPort(6081, geneve({ vni: 56, options }, frame))),
    ),
    each("Geneve, IP without a frame", inner(), (packet) => over4(toPort(6081, geneve({ vni: 57 }, packet)))),
    each("IP-in-IP", ipv4Only(), over4),
    each("IPv6-in-IPv4", ipv6Only(), over4),
    each("GRE", inner(), (packet) => over4(gre({}, packet))),
    each("GRE with checksum, key and sequence", inner(), (packet) =>
      over4(gre({ checksum: true, key: 0x80000001, sequence: 9 }, packet)),
    ),
    each("GRE over IPv6", inner(), (packet) => over6(gre({ key: 5 }, packet))),
    each("GRE of frames without a key", frames(), (frame) => over4(gre({}, frame))),
    each("NVGRE", frames(), (frame) => over4(nvgre({ subnetId: 0x1234, flowId: 7 }, frame))),
    captureOf(
      "ERSPAN",
      frames().map((frame) => over4(erspan(frame))),
    ),
    captureOf("WireGuard", [
      over4(toPort(51_820, wireguardInitiation(random.bytes(144)))),
      over4(toPort(51_820, wireguardData(7, 1, random.bytes(96)))),
      over6(udp({ sourcePort: 51_820, destinationPort: 51_820 }, wireguardData(7, 2, random.bytes(32)))),
    ]),
    captureOf("ESP", [over4(esp({}, random.bytes(100))), over6(esp({}, random.bytes(64)))]),
    captureOf("sleeve", [over4(toPort(6783, sleeve(random.bytes(200))))]),
    each("VXLAN in VXLAN", frames(), (frame) =>
      over4(
        toPort(
          4789,
          vxlan(
            { vni: 1 },
            ethernet({}, ipv4({ source: "172.16.0.1", destination: "172.16.0.2" }, fabric(frame))),
          ),
        ),
      ),
    ),
    each("IP-in-IP in Geneve", ipv4Only(), (packet) =>
      over4(
        toPort(
          6081,
          geneve({ vni: 2 }, ethernet({}, ipv4({ source: "172.16.0.1", destination: "172.16.0.2" }, packet))),
        ),
      ),
    ),
    each("VXLAN in GRE", frames(), (frame) =>
      over4(gre({ key: 77 }, ipv4({ source: "172.16.0.1", destination: "172.16.0.2" }, fabric(frame)))),
    ),
    each("VXLAN three deep", frames(), (frame) =>
      over4(fabric(ethernet({}, ipv4(NODES, fabric(ethernet({}, ipv4(NODES, fabric(frame)))))))),
    ),
    captureOf("no tunnel, by its ports", [
      over4(toPort(8472, data(random.bytes(10)))),
      over4(toPort(4789, vxlan({ flags: 0 }, ethernet({}, ipv4({}, udp({})))))),
      over4(udp({ sourcePort: 4789, destinationPort: 40_000 }, data(random.bytes(60)))),
    ]),
  ];
}
