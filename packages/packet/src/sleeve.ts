import type { DecodedPacket } from "./decoded-packet.js";

/** Weave Net's. */
export const DEFAULT_SLEEVE_PORTS: readonly number[] = [6783];

/** Names of the sending, the capturing and the destination peer (6 each) and the frame's length (2); sealed, it is longer. */
const SMALLEST_BYTES = 20;

/**
 * Whether a UDP payload can be of Weave Net's sleeve overlay. Its datagrams have nothing constant in them (names, and then what may be
 * encrypted), so that only the length can tell.
 */
export function isSleeve(packet: DecodedPacket): boolean {
  return packet.payloadBytes >= SMALLEST_BYTES;
}
