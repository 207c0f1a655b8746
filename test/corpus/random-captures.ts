import { type Capture, captureOf } from "./capture.js";
import { authentication, destinationOptions, type Extension, hopByHop, ipv4, ipv6, routing } from "./ip.js";
import { data, type Frame, type LinkPayload, type Network, type Transport } from "./layer.js";
import { ethernet, linuxCookedV1, linuxCookedV2, nflog, rawIp, vlan } from "./link-layers.js";
import type { SeededRandom } from "./seeded-random.js";
import {
  icmpEcho,
  icmpError,
  icmpv6Echo,
  icmpv6Error,
  maximumSegmentSize,
  sackPermitted,
  sctp,
  sctpData,
  selectiveAcknowledgement,
  tcp,
  timestamps,
  udp,
  windowScale,
} from "./transports.js";
import { geneve, geneveOption, gre, nvgre, vxlan, vxlanGpe } from "./tunnels.js";

const DEEPEST_TUNNEL = 2;
const NO_OPERATION = 1;

/** Frames whose layers are drawn by lot, one upon another as they fit: what nobody thought of putting together. */
export function randomCaptures(random: SeededRandom, frames: number): Capture[] {
  return [
    captureOf(
      "layers by lot",
      Array.from({ length: frames }, () => randomFrame(random)),
    ),
  ];
}

function randomFrame(random: SeededRandom): Frame {
  const packet = randomPacket(random, random.below(DEEPEST_TUNNEL + 1));
  const links = [
    () => ethernet({ padTo: random.pick([0, 60, 200]), padding: random.below(256) }, tagged(packet, random)),
    () => ethernet({}, tagged(packet, random)),
    () => linuxCookedV1({ packetType: random.below(5) }, tagged(packet, random)),
    () => linuxCookedV2({ packetType: random.below(5) }, packet),
    () => rawIp(packet, random.once(2)),
    () => nflog(packet),
  ];
  return random.pick(links)();
}

/** Under no, one or two VLAN tags. */
function tagged(packet: LinkPayload, random: SeededRandom): LinkPayload {
  let payload = packet;
  for (let tags = random.pick([0, 0, 1, 2]); tags > 0; tags--)
    payload = vlan(
      { id: random.below(4_095), priority: random.below(8), protocolId: random.pick([0x8100, 0x88a8]) },
      payload,
    );
  return payload;
}

/** @param tunnels how many packets it carries, one within another */
function randomPacket(random: SeededRandom, tunnels: number): Network {
  const isIpv6 = random.once(3);
  const transport = tunnels === 0 ? randomTransport(random, isIpv6) : randomTunnel(random, tunnels);
  if (isIpv6) {
    const addresses = {
      source: `fd00::${random.between(1, 9)}`,
      destination: `fd01::${random.between(1, 9)}`,
    };
    return ipv6({ ...addresses, extensions: randomExtensions(random) }, transport);
  }
  const addresses = { source: `10.1.${random.below(256)}.1`, destination: `10.2.${random.below(256)}.2` };
  const options = new Array<number>(random.pick([0, 0, 0, 4, 40])).fill(NO_OPERATION);
  return ipv4({ ...addresses, options, dontFragment: random.once(2) }, transport);
}

function randomExtensions(random: SeededRandom): Extension[] {
  const inOrder = [
    hopByHop,
    destinationOptions(random.between(1, 3)),
    routing,
    authentication,
    destinationOptions(),
  ];
  return inOrder.filter(() => random.once(6));
}

function randomTransport(random: SeededRandom, isIpv6: boolean): Transport {
  const payload = data(random.bytes(random.pick([0, 1, 20, random.below(400)])));
  // Where no protocol that tshark knows is at home.
  const ports = {
    sourcePort: random.between(40_000, 44_000),
    destinationPort: random.between(45_000, 48_000),
  };
  const identifier = random.below(65_536);
  const transports = [
    () => tcp({ ...ports, ...randomTcpFields(random) }, payload),
    () => tcp({ ...ports, ...randomTcpFields(random) }, payload),
    () => udp(ports, payload),
    () => sctp(ports, sctpData(random.word(), random.bytes(random.between(1, 90)))),
    () => (isIpv6 ? icmpv6Echo({ identifier }, payload) : icmpEcho({ identifier }, payload)),
    () => (isIpv6 ? icmpv6Error(1, 4, ipv6({}, udp(ports))) : icmpError(3, 3, ipv4({}, udp(ports)))),
  ];
  return random.pick(transports)();
}

function randomTcpFields(random: SeededRandom) {
  const options = [
    maximumSegmentSize(random.below(65_536)),
    sackPermitted,
    windowScale(random.below(15)),
    timestamps(random.word(), random.word()),
    selectiveAcknowledgement(random.word(), random.word()),
  ];
  return {
    sequence: random.word(),
    acknowledgement: random.word(),
    flags: random.below(256),
    window: random.below(65_536),
    options: options.filter(() => random.once(4)).flat(),
  };
}

function randomTunnel(random: SeededRandom, tunnels: number): Transport {
  const inner = randomPacket(random, tunnels - 1);
  const frame = () => ethernet({}, tagged(inner, random));
  const vni = random.below(2 ** 24);
  const toPort = (destinationPort: number) => ({
    sourcePort: random.between(50_000, 51_000),
    destinationPort,
  });
  const options = random.once(2) ? [] : geneveOption(random.below(65_536), 1, [1, 2, 3, 4]);
  const kinds = [
    () => udp(toPort(random.pick([4789, 8472])), vxlan({ vni }, frame())),
    () => udp(toPort(4790), vxlanGpe({ vni }, frame())),
    () => udp(toPort(4790), vxlanGpe({ vni, nextProtocol: inner.etherType === 0x0800 ? 1 : 2 }, inner)),
    () => udp(toPort(6081), geneve({ vni, options }, frame())),
    () => udp(toPort(6081), geneve({ vni, options }, inner)),
    () => gre({ checksum: random.once(2), key: random.once(2) ? random.word() : undefined }, inner),
    () => nvgre({ subnetId: vni, flowId: random.below(256) }, frame()),
    () => inner,
  ];
  return random.pick(kinds)();
}
