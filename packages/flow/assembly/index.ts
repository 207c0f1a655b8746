/*
 * What the host (src/compiled-table.ts) sees of the hot path: from frames to rows, in one linear memory. WebAssembly because V8 compiles
 * it once and for all: no warm-up, no type feedback, no checks of what the types say already (docs/hot-path.md has the figures).
 */
export { encapsulationsByPort } from "./common-frame";
export { entriesInUse } from "./entry";
export {
  created,
  endedClosed,
  endedIdle,
  evictedClosed,
  evictedIdle,
  expireIdle,
  exportAll,
  exportNew,
  exportWindows,
  icmpErrorsMatched,
  icmpErrorsUnmatched,
  reopened,
  reserveTable,
} from "./flow-table";
export {
  batchPackets,
  commonFrames,
  countFrames,
  countPacket,
  FRAME_BYTES,
  FRAME_CAPACITY,
  frameBytes,
  frameCapturedLengths,
  frameDirections,
  frameGsoSizes,
  frameInterfaceIndexes,
  frameOffsets,
  frameTimesUs,
  frameVlanTags,
  frameWireLengths,
  IGNORABLE_INTERFACES,
  ignoredFrames,
  ignoredInterfaces,
  latestUs,
  PACKET_BYTES,
} from "./frames";
export * from "./row-columns";
export { handOverRows, waitingRows } from "./row-export";
export { forgottenHoles } from "./sequence-holes";
