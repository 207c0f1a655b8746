import type { DecodedPacket } from "./decoded-packet.js";
import * as statuses from "./status.js";

// Own copies: see status.ts.
const { STATUS_COUNTED, STATUS_NOT_VXLAN, STATUS_TRUNCATED_VXLAN } = statuses;

/** IANA's port, and the one that Linux used before: Flannel's and Cilium's default. */
export const DEFAULT_VXLAN_PORTS: readonly number[] = [4789, 8472];

const HEADER_BYTES = 8;
const SMALLEST_INNER_FRAME_BYTES = 14;
const VNI_IS_VALID = 0x08;
/** Fragmented outer packet: the inner one goes on in later frames, up to the longest datagram. */
const LONGEST_DATAGRAM_BYTES = 0xffff;

/**
 * RFC 7348 section 5: flags (1), reserved (3), VNI (3), reserved (1), then the inner Ethernet frame.
 * `packet` stands at the UDP payload; afterwards it stands at the inner frame and keeps the outer addresses and the VNI.
 */
export function enterVxlan(view: DataView, packet: DecodedPacket): number {
  const at = packet.offset;
  if (packet.payloadBytes < HEADER_BYTES + SMALLEST_INNER_FRAME_BYTES) return STATUS_NOT_VXLAN;
  if (at + HEADER_BYTES > packet.end) return STATUS_TRUNCATED_VXLAN;
  if ((view.getUint8(at) & VNI_IS_VALID) === 0) return STATUS_NOT_VXLAN;
  packet.vni = view.getInt32(at + 4, false) >>> 8;
  packet.outerSource0 = packet.source0;
  packet.outerSource1 = packet.source1;
  packet.outerSource2 = packet.source2;
  packet.outerSource3 = packet.source3;
  packet.outerDestination0 = packet.destination0;
  packet.outerDestination1 = packet.destination1;
  packet.outerDestination2 = packet.destination2;
  packet.outerDestination3 = packet.destination3;
  packet.wireEnd = at + (packet.isFirstFragment === 0 ? packet.payloadBytes : LONGEST_DATAGRAM_BYTES);
  if (packet.wireEnd < packet.end) packet.end = packet.wireEnd;
  packet.offset = at + HEADER_BYTES;
  return STATUS_COUNTED;
}
