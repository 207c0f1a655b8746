import { LONGEST_FRAME_BYTES } from "../../packet/src/longest-frame";
import { decodeCommon } from "./common-frame";
import { touchEntries } from "./flow-index";
import { setFlowKey } from "./flow-key";
import { countKeyed } from "./flow-table";
import { Packet } from "./packet";

/** Frames that one call may count. */
export const FRAME_CAPACITY: i32 = 2048;
/** Bytes for all of them together. */
export const FRAME_BYTES: i32 = 1 << 20;

/** Frames that are decoded before they are counted: enough to be worth it, few enough to stay in the cache. */
const BATCH_FRAMES: i32 = 64;
/** Interfaces above this one are never ignored. */
export const IGNORABLE_INTERFACES: i32 = 1 << 20;

/** The frames' bytes, and columns as those of FrameColumns (src/frame-columns.ts), which the host writes. */
export const frameBytes: usize = memory.data(FRAME_BYTES, 64);
export const frameOffsets: usize = memory.data(4 * FRAME_CAPACITY, 64);
export const frameCapturedLengths: usize = memory.data(4 * FRAME_CAPACITY, 64);
export const frameWireLengths: usize = memory.data(4 * FRAME_CAPACITY, 64);
export const frameTimesUs: usize = memory.data(8 * FRAME_CAPACITY, 64);
export const frameInterfaceIndexes: usize = memory.data(4 * FRAME_CAPACITY, 64);
export const frameDirections: usize = memory.data(FRAME_CAPACITY, 64);
export const frameVlanTags: usize = memory.data(4 * FRAME_CAPACITY, 64);
export const frameGsoSizes: usize = memory.data(2 * FRAME_CAPACITY, 64);
/** 1 at each interface index whose frames are not wanted. */
export const ignoredInterfaces: usize = memory.data(IGNORABLE_INTERFACES, 64);

export const PACKET_BYTES: i32 = <i32>offsetof<Packet>();
/** The packets of a batch; the host writes those that it decodes. */
export const batchPackets: usize = memory.data(BATCH_FRAMES * PACKET_BYTES, 64);

/** Frames that decodeCommon has taken, and of interfaces that are ignored. */
export let commonFrames: f64 = 0;
export let ignoredFrames: f64 = 0;
/** The latest time of any frame so far, in microseconds since the Unix epoch. */
export let latestUs: f64 = -Infinity;

/** Has the host decode a frame that is none of decodeCommon's, into the packet at `address`. @returns whether it is to be counted */
declare function decodeRare(frame: i32, address: usize): bool;

/** Address that offsets are counted from. */
let base: usize = frameBytes;

/**
 * Decodes and counts the first `count` frames.
 *
 * @param isEthernet whether they are; what is not is all the host's to decode
 * @param firstOffset what is to be taken off the offsets for them to be counted from the area's beginning
 */
export function countFrames(count: i32, isEthernet: bool, firstOffset: usize): void {
  base = frameBytes - firstOffset;
  for (let start = 0; start < count; start += BATCH_FRAMES) {
    const end = decodeBatch(start, min(start + BATCH_FRAMES, count), isEthernet);
    touchEntries(batchPackets, end);
    for (let at = batchPackets; at < end; at += offsetof<Packet>()) countKeyed(changetype<Packet>(at));
  }
}

/** Counts the first packet, which the host has written. */
export function countPacket(): void {
  const packet = changetype<Packet>(batchPackets);
  setFlowKey(packet);
  countKeyed(packet);
}

/** Decodes frames `from` to `to` - 1. @returns where the packets that are to be counted end */
function decodeBatch(from: i32, to: i32, isEthernet: bool): usize {
  let at = batchPackets;
  for (let i = from; i < to; i++) {
    const frame = <usize>i;
    const timeUs = load<f64>(frameTimesUs + (frame << 3));
    if (timeUs > latestUs) latestUs = timeUs;
    const interfaceIndex = load<i32>(frameInterfaceIndexes + (frame << 2));
    if (isIgnored(interfaceIndex)) {
      ignoredFrames++;
      continue;
    }
    const packet = changetype<Packet>(at);
    if (isEthernet && decodeFrame(packet, frame)) {
      packet.timeUs = timeUs;
      packet.interfaceIndex = interfaceIndex;
      packet.captureDirection = load<u8>(frameDirections + frame);
      packet.segmentBytes = load<u16>(frameGsoSizes + (frame << 1));
      commonFrames++;
    } else if (!decodeRare(i, at)) continue;
    setFlowKey(packet);
    at += offsetof<Packet>();
  }
  return at;
}

function decodeFrame(packet: Packet, frame: usize): bool {
  const start = base + load<u32>(frameOffsets + (frame << 2));
  const captured = load<i32>(frameCapturedLengths + (frame << 2));
  const wire = load<i32>(frameWireLengths + (frame << 2));
  // Fewer than captured, or more than any frame has, is not believed.
  const isCut = wire > captured && wire <= LONGEST_FRAME_BYTES;
  const vlanTag = load<i32>(frameVlanTags + (frame << 2));
  return decodeCommon(packet, start, start + captured, start + (isCut ? wire : captured), vlanTag);
}

function isIgnored(interfaceIndex: i32): bool {
  return (
    <u32>interfaceIndex < <u32>IGNORABLE_INTERFACES && load<u8>(ignoredInterfaces + interfaceIndex) !== 0
  );
}
