import { DIRECTION_UNKNOWN, type FrameBlock, LINKTYPE_ETHERNET } from "./frame-source.js";

/**
 * Rows in one hand-over. Columns of this many rows (31 bytes each) stay in a core's second-level cache
 * between being filled here and being read by the consumer.
 */
export const ROWS_PER_BLOCK = 2048;

/** Bytes of frames in one hand-over, where they are moved; room for the longest frame that anything captures. */
export const BYTES_PER_BLOCK = 1 << 20;

/**
 * The one {@link FrameBlock} that a source fills, hands over and fills again.
 *
 * Its arrays are its own, or those that a consumer gives it to fill ({@link FrameMemory}), in the consumer's memory, to which
 * nothing need be copied then.
 */
export class FrameRows implements FrameBlock {
  bytes: Uint8Array;
  view: DataView;
  count = 0;
  linkType = LINKTYPE_ETHERNET;
  readonly capacity: number;
  readonly offsets: Uint32Array;
  readonly capturedLengths: Uint32Array;
  readonly wireLengths: Uint32Array;
  readonly timesUs: Float64Array;
  readonly interfaceIndexes: Int32Array;
  readonly directions: Uint8Array;
  readonly vlanTags: Int32Array;
  readonly gsoSizes: Uint16Array;

  constructor(memory: FrameMemory = ownMemory()) {
    this.bytes = memory.bytes;
    this.view = new DataView(memory.bytes.buffer, memory.bytes.byteOffset, memory.bytes.byteLength);
    this.capacity = memory.offsets.length;
    this.offsets = memory.offsets;
    this.capturedLengths = memory.capturedLengths;
    this.wireLengths = memory.wireLengths;
    this.timesUs = memory.timesUs;
    this.interfaceIndexes = memory.interfaceIndexes;
    this.directions = memory.directions.fill(DIRECTION_UNKNOWN);
    this.vlanTags = memory.vlanTags.fill(-1);
    this.gsoSizes = memory.gsoSizes.fill(0);
  }
}

/** The arrays of a {@link FrameBlock} for a source to fill: {@link BYTES_PER_BLOCK} bytes, and columns of one length. */
export type FrameMemory = Pick<
  FrameBlock,
  | "bytes"
  | "offsets"
  | "capturedLengths"
  | "wireLengths"
  | "timesUs"
  | "interfaceIndexes"
  | "directions"
  | "vlanTags"
  | "gsoSizes"
>;

function ownMemory(): FrameMemory {
  const rows = ROWS_PER_BLOCK;
  return {
    bytes: new Uint8Array(BYTES_PER_BLOCK),
    offsets: new Uint32Array(rows),
    capturedLengths: new Uint32Array(rows),
    wireLengths: new Uint32Array(rows),
    timesUs: new Float64Array(rows),
    interfaceIndexes: new Int32Array(rows),
    directions: new Uint8Array(rows),
    vlanTags: new Int32Array(rows),
    gsoSizes: new Uint16Array(rows),
  };
}
