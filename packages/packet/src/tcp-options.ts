import type { DecodedPacket } from "./decoded-packet.js";
import {
  TCP_OPTION_MSS,
  TCP_OPTION_SACK,
  TCP_OPTION_SACK_PERMITTED,
  TCP_OPTION_TIMESTAMPS,
  TCP_OPTION_WINDOW_SCALE,
} from "./tcp-option-bits.js";

const OPTIONS_OFFSET = 20;
const END_OF_OPTIONS = 0;
const NO_OPERATION = 1;
const FOUR_NO_OPERATIONS = 0x01010101;
const MSS = 2;
const WINDOW_SCALE = 3;
const SACK_PERMITTED = 4;
const SACK = 5;
const TIMESTAMPS = 8;

/** RFC 7323 section 2.3: a larger shift count is taken for this one. */
const LARGEST_WINDOW_SCALE = 14;

/**
 * Options of the TCP header at `header`, as far as captured. Reading stops at the first option that is cut or
 * whose length is none; what was read before it stays.
 */
export function decodeTcpOptions(
  view: DataView,
  packet: DecodedPacket,
  header: number,
  headerBytes: number,
): void {
  const end = Math.min(header + headerBytes, packet.end);
  let options = 0;
  let next = header + OPTIONS_OFFSET;
  // Words of nothing but padding.
  while (next + 4 <= end && view.getInt32(next, false) === FOUR_NO_OPERATIONS) next += 4;
  while (next < end) {
    const kind = view.getUint8(next);
    if (kind === END_OF_OPTIONS) break;
    if (kind === NO_OPERATION) {
      next++;
      continue;
    }
    if (next + 2 > end) break;
    const length = view.getUint8(next + 1);
    if (length < 2 || next + length > end) break;
    if (kind === TIMESTAMPS && length === 10) {
      options |= TCP_OPTION_TIMESTAMPS;
      packet.timestampValue = view.getInt32(next + 2, false);
      packet.timestampEcho = view.getInt32(next + 6, false);
    } else if (kind === MSS && length === 4) {
      options |= TCP_OPTION_MSS;
      packet.mss = view.getUint16(next + 2, false);
    } else if (kind === WINDOW_SCALE && length === 3) {
      options |= TCP_OPTION_WINDOW_SCALE;
      const shift = view.getUint8(next + 2);
      packet.windowScale = Math.min(shift, LARGEST_WINDOW_SCALE);
    } else if (kind === SACK_PERMITTED && length === 2) options |= TCP_OPTION_SACK_PERMITTED;
    else if (kind === SACK && length >= 10) options |= TCP_OPTION_SACK;
    next += length;
  }
  if ((options & (TCP_OPTION_MSS | TCP_OPTION_WINDOW_SCALE)) !== 0) packet.hasRareFields = 1;
  packet.tcpOptions = options;
}
