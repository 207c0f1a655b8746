import { closeSync, openSync, readSync } from "node:fs";

const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
const CHUNK_BYTES = 256 << 10;
const MAXIMUM_FRAMES = CHUNK_BYTES / 64;

/**
 * Hands the frames of a little-endian microsecond pcap file to `consume`, in blocks as a capture source gives them.
 * Only what the benchmark's generator writes; the product's reader is packages/capture.
 */
export function readPcapBlocks(path, consume) {
  const bytes = new Uint8Array(new ArrayBuffer(CHUNK_BYTES));
  const view = new DataView(bytes.buffer);
  const block = {
    view,
    count: 0,
    offsets: new Uint32Array(MAXIMUM_FRAMES),
    capturedLengths: new Uint32Array(MAXIMUM_FRAMES),
    wireLengths: new Uint32Array(MAXIMUM_FRAMES),
    timesUs: new Float64Array(MAXIMUM_FRAMES),
    interfaceIndexes: new Int32Array(MAXIMUM_FRAMES),
    directions: new Uint8Array(MAXIMUM_FRAMES).fill(2),
    vlanTags: new Int32Array(MAXIMUM_FRAMES).fill(-1),
    gsoSizes: new Uint16Array(MAXIMUM_FRAMES),
    linkType: 1,
  };
  const file = openSync(path, "r");
  readSync(file, bytes, 0, FILE_HEADER_BYTES, null);
  let kept = 0;
  for (;;) {
    const read = readSync(file, bytes, kept, CHUNK_BYTES - kept, null);
    if (read === 0) break;
    const used = fillBlock(block, kept + read);
    consume(block);
    bytes.copyWithin(0, used, kept + read);
    kept = kept + read - used;
  }
  closeSync(file);
}

/** Fills the columns from whole records in the first `end` bytes; returns where the first incomplete one begins. */
function fillBlock(block, end) {
  const { view, offsets, capturedLengths, wireLengths, timesUs } = block;
  let at = 0;
  let count = 0;
  while (at + RECORD_HEADER_BYTES <= end && count < MAXIMUM_FRAMES) {
    const capturedLength = view.getUint32(at + 8, true);
    const next = at + RECORD_HEADER_BYTES + capturedLength;
    if (next > end) break;
    offsets[count] = at + RECORD_HEADER_BYTES;
    capturedLengths[count] = capturedLength;
    wireLengths[count] = view.getUint32(at + 12, true);
    timesUs[count] = view.getUint32(at, true) * 1e6 + view.getUint32(at + 4, true);
    count++;
    at = next;
  }
  block.count = count;
  return at;
}
