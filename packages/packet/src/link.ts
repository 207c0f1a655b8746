import type { DecodedPacket } from "./decoded-packet.js";
import * as etherTypes from "./ether-types.js";
import * as linkTypes from "./link-types.js";
import { decodeLinuxCookedV1, decodeLinuxCookedV2 } from "./linux-cooked.js";
import { decodeNflog } from "./nflog.js";
import * as statuses from "./status.js";

// Own copies: see status.ts.
const { ETHERTYPE_IPV4, ETHERTYPE_IPV6 } = etherTypes;
const {
  LINKTYPE_IPV4,
  LINKTYPE_IPV6,
  LINKTYPE_LINUX_SLL,
  LINKTYPE_LINUX_SLL2,
  LINKTYPE_NFLOG,
  LINKTYPE_RAW,
} = linkTypes;
const { STATUS_BAD_IP_VERSION, STATUS_COUNTED, STATUS_TRUNCATED_IPV4, STATUS_UNSUPPORTED_LINK_TYPE } =
  statuses;

/** Every link layer but Ethernet, by LINKTYPE_. */
export function decodeOtherLink(view: DataView, packet: DecodedPacket, linkType: number): number {
  switch (linkType) {
    case LINKTYPE_RAW:
    case LINKTYPE_IPV4:
    case LINKTYPE_IPV6:
      return decodeRawIp(view, packet);
    case LINKTYPE_LINUX_SLL:
      return decodeLinuxCookedV1(view, packet);
    case LINKTYPE_LINUX_SLL2:
      return decodeLinuxCookedV2(view, packet);
    case LINKTYPE_NFLOG:
      return decodeNflog(view, packet);
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
