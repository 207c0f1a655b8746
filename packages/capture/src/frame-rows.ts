import { DIRECTION_UNKNOWN, type FrameBlock, LINKTYPE_ETHERNET } from "./frame-source.js";

/**
 * Rows in one hand-over. Columns of this many rows (31 bytes each) stay in a core's second-level cache
 * between being filled here and being read by the consumer.
 */
export const ROWS_PER_BLOCK = 2048;

/** The one {@link FrameBlock} that a source fills, hands over and fills again. */
export class FrameRows implements FrameBlock {
  bytes: Uint8Array = new Uint8Array(0);
  view: DataView = new DataView(new ArrayBuffer(0));
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

  constructor(capacity: number = ROWS_PER_BLOCK) {
    this.capacity = capacity;
    this.offsets = new Uint32Array(capacity);
    this.capturedLengths = new Uint32Array(capacity);
    this.wireLengths = new Uint32Array(capacity);
    this.timesUs = new Float64Array(capacity);
    this.interfaceIndexes = new Int32Array(capacity);
    this.directions = new Uint8Array(capacity).fill(DIRECTION_UNKNOWN);
    this.vlanTags = new Int32Array(capacity).fill(-1);
    this.gsoSizes = new Uint16Array(capacity);
  }
}
