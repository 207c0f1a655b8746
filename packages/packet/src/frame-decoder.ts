import type { DecodedPacket } from "./decoded-packet.js";
import * as etherTypes from "./ether-types.js";
import { decodeEthernet } from "./ethernet.js";
import { decodeIcmp } from "./icmp.js";
import { decodeIcmpv6 } from "./icmpv6.js";
import { decodeIpv4 } from "./ipv4.js";
import { decodeIpv6 } from "./ipv6.js";
import * as linkTypes from "./link-types.js";
import { decodeLinuxCookedV1, decodeLinuxCookedV2 } from "./linux-cooked.js";
import * as protocols from "./protocols.js";
import { decodeSctp } from "./sctp.js";
import * as statuses from "./status.js";
import { decodeTcp } from "./tcp.js";
import { decodeUdp } from "./udp.js";
import { DEFAULT_VXLAN_PORTS, enterVxlan } from "./vxlan.js";

// Own copies: see status.ts.
const { ETHERTYPE_ARP, ETHERTYPE_IPV4, ETHERTYPE_IPV6 } = etherTypes;
const {
  LINKTYPE_ETHERNET,
  LINKTYPE_IPV4,
  LINKTYPE_IPV6,
  LINKTYPE_LINUX_SLL,
  LINKTYPE_LINUX_SLL2,
  LINKTYPE_RAW,
} = linkTypes;
const { PROTOCOL_ICMP, PROTOCOL_ICMPV6, PROTOCOL_SCTP, PROTOCOL_TCP, PROTOCOL_UDP } = protocols;
const {
  STATUS_ARP,
  STATUS_BAD_IP_VERSION,
  STATUS_COUNTED,
  STATUS_NOT_IP,
  STATUS_NOT_VXLAN,
  STATUS_TRUNCATED_IPV4,
  STATUS_UNSUPPORTED_LINK_TYPE,
} = statuses;

/** Above every real frame (GSO: 512 KiB); a file that claims more must not push offsets out of 31 bits. */
const LONGEST_FRAME_BYTES = 0x1000000;

export interface FrameDecoderOptions {
  /** UDP destination ports that carry VXLAN. Default {@link DEFAULT_VXLAN_PORTS}. */
  vxlanPorts?: readonly number[];
}

/**
 * Decodes frames in place, into a struct that the caller uses again and again: no allocation and no exception, whatever the bytes
 * are, and no read outside the captured part of the frame.
 */
export class FrameDecoder {
  /** 1 at each UDP port that carries VXLAN. */
  readonly #isVxlanPort = new Uint8Array(0x10000);

  constructor(options: FrameDecoderOptions = {}) {
    for (const port of options.vxlanPorts ?? DEFAULT_VXLAN_PORTS) this.#isVxlanPort[port] = 1;
  }

  /**
   * @param packet to fill; sound where the answer is STATUS_COUNTED
   * @param view the block of frames
   * @param offset of the frame's first byte in `view`
   * @param capturedLength bytes of the frame in `view`, all of them within it
   * @param wireLength bytes that it had on the wire; fewer than captured, or more than 16 MiB, is not believed
   * @param linkType LINKTYPE_ constant
   * @param vlanTag tag control information that the kernel took off the frame, or -1
   * @returns STATUS_COUNTED, or the reason why the frame belongs to no flow
   */
  decode(
    packet: DecodedPacket,
    view: DataView,
    offset: number,
    capturedLength: number,
    wireLength: number,
    linkType: number,
    vlanTag: number,
  ): number {
    packet.offset = offset;
    packet.end = (offset + capturedLength) | 0;
    packet.wireEnd =
      (offset +
        (wireLength > capturedLength && wireLength <= LONGEST_FRAME_BYTES ? wireLength : capturedLength)) |
      0;
    packet.vlan = vlanTag < 0 ? 0 : vlanTag & 0xfff;
    packet.vni = -1;
    const status =
      linkType === LINKTYPE_ETHERNET ? decodeEthernet(view, packet) : decodeOtherLink(view, packet, linkType);
    return status === STATUS_COUNTED ? this.#decodeNetwork(view, packet) : status;
  }

  #decodeNetwork(view: DataView, packet: DecodedPacket): number {
    const status = decodeIp(view, packet);
    if (status !== STATUS_COUNTED) return status;
    if (packet.protocol !== PROTOCOL_UDP || this.#isVxlanPort[packet.destinationPort] === 0)
      return STATUS_COUNTED;
    return decodeInner(view, packet);
  }
}

/** Network and transport layer, by EtherType. */
function decodeIp(view: DataView, packet: DecodedPacket): number {
  const etherType = packet.etherType;
  let status: number;
  if (etherType === ETHERTYPE_IPV4) status = decodeIpv4(view, packet);
  else if (etherType === ETHERTYPE_IPV6) status = decodeIpv6(view, packet);
  else return etherType === ETHERTYPE_ARP ? STATUS_ARP : STATUS_NOT_IP;
  if (status !== STATUS_COUNTED) return status;
  const protocol = packet.protocol;
  if (protocol === PROTOCOL_TCP) return decodeTcp(view, packet);
  packet.tcpFlags = 0;
  packet.sequence = 0;
  packet.acknowledgement = 0;
  packet.window = 0;
  if (protocol === PROTOCOL_UDP) return decodeUdp(view, packet);
  return decodeOtherTransport(view, packet);
}

/** The frame inside a VXLAN datagram. A second encapsulation inside it counts as plain UDP. */
function decodeInner(view: DataView, packet: DecodedPacket): number {
  const status = enterVxlan(view, packet);
  if (status === STATUS_NOT_VXLAN) return STATUS_COUNTED;
  if (status !== STATUS_COUNTED) return status;
  const outerVlan = packet.vlan;
  const inner = decodeEthernet(view, packet);
  packet.vlan = outerVlan;
  return inner === STATUS_COUNTED ? decodeIp(view, packet) : inner;
}

function decodeOtherLink(view: DataView, packet: DecodedPacket, linkType: number): number {
  switch (linkType) {
    case LINKTYPE_RAW:
    case LINKTYPE_IPV4:
    case LINKTYPE_IPV6:
      return decodeRawIp(view, packet);
    case LINKTYPE_LINUX_SLL:
      return decodeLinuxCookedV1(view, packet);
    case LINKTYPE_LINUX_SLL2:
      return decodeLinuxCookedV2(view, packet);
    default:
      return STATUS_UNSUPPORTED_LINK_TYPE;
  }
}

/** No link-layer header: the IP version says which protocol it is. */
function decodeRawIp(view: DataView, packet: DecodedPacket): number {
  if (packet.offset >= packet.end) return STATUS_TRUNCATED_IPV4;
  const version = view.getUint8(packet.offset) >> 4;
  if (version !== 4 && version !== 6) return STATUS_BAD_IP_VERSION;
  packet.etherType = version === 4 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6;
  return STATUS_COUNTED;
}

function decodeOtherTransport(view: DataView, packet: DecodedPacket): number {
  switch (packet.protocol) {
    case PROTOCOL_ICMP:
      return decodeIcmp(view, packet);
    case PROTOCOL_ICMPV6:
      return decodeIcmpv6(view, packet);
    case PROTOCOL_SCTP:
      return decodeSctp(view, packet);
    default:
      packet.sourcePort = 0;
      packet.destinationPort = 0;
      packet.payloadBytes = packet.wireEnd - packet.offset;
      return STATUS_COUNTED;
  }
}
