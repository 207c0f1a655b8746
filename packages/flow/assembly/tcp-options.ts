import {
  TCP_OPTION_MSS,
  TCP_OPTION_SACK,
  TCP_OPTION_SACK_PERMITTED,
  TCP_OPTION_TIMESTAMPS,
  TCP_OPTION_WINDOW_SCALE,
} from "../../packet/src/tcp-option-bits";
import { word16, word32 } from "./bytes";
import { Packet } from "./packet";

const ALIGNED_TIMESTAMPS: i32 = 0x0101080a;
const ALIGNED_TIMESTAMPS_BYTES: usize = 12;
const END_OF_OPTIONS: i32 = 0;
const NO_OPERATION: i32 = 1;
const MSS: i32 = 2;
const WINDOW_SCALE: i32 = 3;
const SACK_PERMITTED: i32 = 4;
const SACK: i32 = 5;
const TIMESTAMPS: i32 = 8;

/** RFC 7323 section 2.3: a larger shift count is taken for this one. */
const LARGEST_WINDOW_SCALE: i32 = 14;

/**
 * The TCP options from `at` to before `end`, which is where the header ends, or what was captured of it. Reading stops at the first
 * option that is cut or whose length is none; what was read before it stays.
 */
export function decodeTcpOptions(packet: Packet, at: usize, end: usize): void {
  packet.mss = 0;
  packet.windowScale = -1;
  // What nearly all segments of nearly all connections carry (RFC 7323 appendix A).
  if (at + ALIGNED_TIMESTAMPS_BYTES === end && word32(at) === ALIGNED_TIMESTAMPS) {
    packet.tcpOptions = TCP_OPTION_TIMESTAMPS;
    packet.timestampValue = word32(at + 4);
    packet.timestampEcho = word32(at + 8);
    return;
  }
  let options = 0;
  for (let next = at; next < end; ) {
    const kind: i32 = load<u8>(next);
    if (kind === END_OF_OPTIONS) break;
    if (kind === NO_OPERATION) {
      next++;
      continue;
    }
    if (next + 2 > end) break;
    const length: i32 = load<u8>(next, 1);
    if (length < 2 || next + length > end) break;
    if (kind === TIMESTAMPS && length === 10) {
      options |= TCP_OPTION_TIMESTAMPS;
      packet.timestampValue = word32(next + 2);
      packet.timestampEcho = word32(next + 6);
    } else if (kind === MSS && length === 4) {
      options |= TCP_OPTION_MSS;
      packet.mss = word16(next + 2);
    } else if (kind === WINDOW_SCALE && length === 3) {
      options |= TCP_OPTION_WINDOW_SCALE;
      packet.windowScale = min(<i32>load<u8>(next, 2), LARGEST_WINDOW_SCALE);
    } else if (kind === SACK_PERMITTED && length === 2) options |= TCP_OPTION_SACK_PERMITTED;
    else if (kind === SACK && length >= 10) options |= TCP_OPTION_SACK;
    next += length;
  }
  packet.tcpOptions = options;
}
