import type { DecodedPacket } from "./decoded-packet.js";

/** The customary port; Calico's and Flannel's for IPv6; Cilium's. */
export const DEFAULT_WIREGUARD_PORTS: readonly number[] = [51820, 51821, 51871];

const TYPE_BYTES = 4;
const HANDSHAKE_INITIATION_BYTES = 148;
const HANDSHAKE_RESPONSE_BYTES = 92;
const COOKIE_REPLY_BYTES = 64;
/** A keepalive: an empty packet, sealed. */
const SMALLEST_TRANSPORT_BYTES = 32;

/**
 * Whether a UDP payload looks like WireGuard's (whitepaper, section 5.4): type (1), reserved zeros (3), and a length that fits the type.
 * False where these were not captured.
 */
export function isWireGuard(view: DataView, packet: DecodedPacket): boolean {
  if (packet.offset + TYPE_BYTES > packet.end) return false;
  const bytes = packet.payloadBytes;
  switch (view.getInt32(packet.offset, true)) {
    case 1:
      return bytes === HANDSHAKE_INITIATION_BYTES;
    case 2:
      return bytes === HANDSHAKE_RESPONSE_BYTES;
    case 3:
      return bytes === COOKIE_REPLY_BYTES;
    case 4:
      return bytes >= SMALLEST_TRANSPORT_BYTES;
    default:
      return false;
  }
}
