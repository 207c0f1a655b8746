import type { DecodedPacket } from "./decoded-packet.js";
import * as encapsulations from "./encapsulations.js";
import * as etherTypes from "./ether-types.js";
import * as statuses from "./status.js";
import { enterTunnel } from "./tunnel.js";

// Own copies: see status.ts.
const { ENCAPSULATION_VXLAN } = encapsulations;
const { ETHERTYPE_ETHERNET } = etherTypes;
const { STATUS_PLAIN, STATUS_TRUNCATED_VXLAN } = statuses;

/** IANA's port; the one that Linux used before, Flannel's and Cilium's default; Weave's fast datapath. */
export const DEFAULT_VXLAN_PORTS: readonly number[] = [4789, 8472, 6784];

const HEADER_BYTES = 8;
const SMALLEST_INNER_FRAME_BYTES = 14;
const VNI_IS_VALID = 0x08;

/**
 * RFC 7348 section 5: flags (1), reserved (3), VNI (3), reserved (1), then the inner Ethernet frame.
 * `packet` stands at the UDP payload; afterwards it stands at the inner frame.
 */
export function enterVxlan(view: DataView, packet: DecodedPacket): number {
  const at = packet.offset;
  if (packet.payloadBytes < HEADER_BYTES + SMALLEST_INNER_FRAME_BYTES) return STATUS_PLAIN;
  if (at + HEADER_BYTES > packet.end) return STATUS_TRUNCATED_VXLAN;
  if ((view.getUint8(at) & VNI_IS_VALID) === 0) return STATUS_PLAIN;
  const vni = view.getInt32(at + 4, false) >>> 8;
  return enterTunnel(packet, ENCAPSULATION_VXLAN, vni, HEADER_BYTES, ETHERTYPE_ETHERNET);
}
