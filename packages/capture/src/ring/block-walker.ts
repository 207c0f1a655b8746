import { type FrameMemory, FrameRows } from "../frame-rows.js";
import type { FrameBlock } from "../frame-source.js";
import { deviceLinkType } from "./device-link-type.js";
import type { RingAddon, RingHandle } from "./ring-addon.js";

/** Of the cursor, as native/ring.c has it: offset of the next packet, packets left, and the device type of the rows just filled. */
const PACKETS_LEFT = 1;
const DEVICE_TYPE = 2;
const CURSOR_WORDS = 3;

/**
 * Walks ring blocks: has their frames moved into rows, as many as there is room for at a time, and hands these over. Frames are moved, a
 * cache line or three each, because who decodes them has a memory of its own; the headers between them stay behind.
 */
export class BlockWalker {
  readonly #addon: RingAddon;
  readonly #handle: RingHandle;
  readonly #rows: FrameRows;
  readonly #cursor = new Uint32Array(CURSOR_WORDS);

  constructor(addon: RingAddon, handle: RingHandle, memory: FrameMemory | undefined) {
    this.#addon = addon;
    this.#handle = handle;
    this.#rows = new FrameRows(memory);
  }

  /**
   * Hands over the frames of one block that the kernel has given over, in as many calls as rows, bytes and link types need.
   *
   * @param proceed asked after each hand-over: false ends the walk, as when the consumer closed the source
   * @returns frames handed over
   */
  walk(index: number, consume: (block: FrameBlock) => void, proceed: () => boolean): number {
    const rows = this.#rows;
    const cursor = this.#cursor;
    let handedOver = 0;
    this.#addon.begin(this.#handle, index, cursor);
    while (cursor[PACKETS_LEFT]! > 0 && (handedOver === 0 || proceed())) {
      rows.count = this.#addon.fill(
        this.#handle,
        index,
        cursor,
        rows.bytes,
        rows.offsets,
        rows.capturedLengths,
        rows.wireLengths,
        rows.timesUs,
        rows.interfaceIndexes,
        rows.directions,
        rows.vlanTags,
        rows.gsoSizes,
      );
      rows.linkType = deviceLinkType(cursor[DEVICE_TYPE]!);
      if (rows.count > 0) consume(rows);
      handedOver += rows.count;
    }
    return handedOver;
  }
}
