/** What the hot loop takes of a block of frames; the FrameBlock of packages/capture is one. */
export interface FrameColumns {
  /** A view over the bytes of all frames. */
  readonly view: DataView;
  readonly count: number;
  /** Offset of each frame's first byte in `view`. */
  readonly offsets: Uint32Array;
  readonly capturedLengths: Uint32Array;
  readonly wireLengths: Uint32Array;
  /** Microseconds since the Unix epoch. */
  readonly timesUs: Float64Array;
  readonly interfaceIndexes: Int32Array;
  /** DIRECTION_ constants. */
  readonly directions: Uint8Array;
  /** VLAN tag control information that the kernel took off the frame, or -1. */
  readonly vlanTags: Int32Array;
  /** Payload bytes of one segment of a GSO or GRO super-frame, or 0. */
  readonly gsoSizes: Uint16Array;
  /** LINKTYPE_ of all frames of the block. */
  readonly linkType: number;
}
