import { STATUS_COUNTED as COUNTED, DecodedPacket, type FrameDecoder, STATUS_NAMES } from "@hopline/packet";
import type { FlowTable } from "./flow-table.js";

// Own copy: see entry-layout.ts.
const STATUS_COUNTED = COUNTED;

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
  /** LINKTYPE_ of all frames of the block. */
  readonly linkType: number;
}

/** `seen` = `counted` + the sum of `notCounted` + `ignored`; all monotonic. */
export interface FrameCounters {
  readonly seen: number;
  /** Counted in a flow. */
  readonly counted: number;
  /** Frames of interfaces that are ignored. */
  readonly ignored: number;
  /** By the names of STATUS_NAMES; only reasons that occurred. */
  readonly notCounted: Readonly<Record<string, number>>;
}

export interface FrameCounterOptions {
  readonly decoder: FrameDecoder;
  readonly table: FlowTable;
}

const NONE_IGNORED = new Uint8Array(0);

/** The hot loop: decodes each frame of a block and counts it into the flow table, or by the reason why not. */
export class FrameCounter {
  readonly #decoder: FrameDecoder;
  readonly #table: FlowTable;
  readonly #packet = new DecodedPacket();
  /** By status. */
  readonly #frames = new Float64Array(STATUS_NAMES.length);
  #ignoredInterfaces: Uint8Array = NONE_IGNORED;
  #ignored = 0;
  #latestUs = Number.NEGATIVE_INFINITY;

  constructor({ decoder, table }: FrameCounterOptions) {
    this.#decoder = decoder;
    this.#table = table;
  }

  /** The latest time of any frame so far, in microseconds since the Unix epoch; -Infinity before the first. */
  get latestUs(): number {
    return this.#latestUs;
  }

  /** @param byIndex 1 at each interface index whose frames are not wanted; indexes beyond its end are wanted */
  ignoreInterfaces(byIndex: Uint8Array): void {
    this.#ignoredInterfaces = byIndex;
  }

  countBlock(block: FrameColumns): void {
    const {
      view,
      count,
      offsets,
      capturedLengths,
      wireLengths,
      timesUs,
      interfaceIndexes,
      directions,
      vlanTags,
    } = block;
    const linkType = block.linkType;
    const decoder = this.#decoder;
    const packet = this.#packet;
    const table = this.#table;
    const frames = this.#frames;
    const ignored = this.#ignoredInterfaces;
    const ignoredLength = ignored.length;
    let ignoredFrames = 0;
    let latestUs = this.#latestUs;
    for (let i = 0; i < count; i++) {
      const timeUs = timesUs[i];
      if (timeUs > latestUs) latestUs = timeUs;
      const interfaceIndex = interfaceIndexes[i];
      if (interfaceIndex < ignoredLength && interfaceIndex >= 0 && ignored[interfaceIndex] !== 0) {
        ignoredFrames++;
        continue;
      }
      packet.timeUs = timeUs;
      packet.interfaceIndex = interfaceIndex;
      packet.direction = directions[i];
      // `| 0`: a length of 2^31 and more is a lie, and taken for none beyond what was captured.
      const status = decoder.decode(
        packet,
        view,
        offsets[i] | 0,
        capturedLengths[i] | 0,
        wireLengths[i] | 0,
        linkType,
        vlanTags[i],
      );
      frames[status]++;
      if (status === STATUS_COUNTED) table.count(packet);
    }
    this.#latestUs = latestUs;
    this.#ignored += ignoredFrames;
  }

  counters(): FrameCounters {
    const notCounted: Record<string, number> = {};
    let seen = this.#ignored;
    for (const [status, frames] of this.#frames.entries()) {
      seen += frames;
      if (status !== STATUS_COUNTED && frames > 0) notCounted[STATUS_NAMES[status]] = frames;
    }
    return { seen, counted: this.#frames[STATUS_COUNTED], ignored: this.#ignored, notCounted };
  }
}
