import { FrameRows } from "../frame-rows.js";
import { DIRECTION_EGRESS, DIRECTION_INGRESS, type FrameBlock } from "../frame-source.js";
import { deviceLinkType } from "./device-link-type.js";
import {
  ADDRESS_DEVICE_TYPE,
  ADDRESS_INTERFACE,
  ADDRESS_PACKET_TYPE,
  BLOCK_FIRST_PACKET,
  BLOCK_PACKETS,
  PACKET_CAPTURED,
  PACKET_FRAME,
  PACKET_NANOSECONDS,
  PACKET_NEXT,
  PACKET_SECONDS,
  PACKET_STATUS,
  PACKET_TYPE_OUTGOING,
  PACKET_VLAN_TCI,
  PACKET_WIRE,
  SEGMENT_SIZE_BEFORE_FRAME,
  STATUS_VLAN_VALID,
} from "./ring-layout.js";

/**
 * Walks the packets of ring blocks in place and hands them over as rows. No frame is copied and nothing is allocated.
 * Once the memory is detached, every view here has length 0.
 */
export class BlockWalker {
  readonly #blockBytes: number;
  readonly #segmentSizes: boolean;
  readonly #blocks: readonly { readonly bytes: Uint8Array; readonly view: DataView }[];
  readonly #bytes: Uint8Array;
  readonly #words16: Uint16Array;
  readonly #words32: Uint32Array;
  readonly #rows = new FrameRows();
  #lastDeviceType = -1;
  #lastLinkType = 0;

  /**
   * @param memory the whole ring, a multiple of `blockBytes`
   * @param segmentSizes whether the kernel was asked to put them before the frames
   */
  constructor(memory: ArrayBuffer, blockBytes: number, segmentSizes: boolean) {
    this.#blockBytes = blockBytes;
    this.#segmentSizes = segmentSizes;
    this.#blocks = Array.from({ length: memory.byteLength / blockBytes }, (_, i) => ({
      bytes: new Uint8Array(memory, i * blockBytes, blockBytes),
      view: new DataView(memory, i * blockBytes, blockBytes),
    }));
    this.#bytes = new Uint8Array(memory);
    this.#words16 = new Uint16Array(memory);
    this.#words32 = new Uint32Array(memory);
  }

  /**
   * Hands over the frames of one block that the kernel has given over, in as many calls as rows and link types need.
   *
   * @param proceed asked after each hand-over: false ends the walk, as when the consumer closed the source
   * @returns frames handed over
   */
  walk(index: number, consume: (block: FrameBlock) => void, proceed: () => boolean): number {
    const { bytes, view } = this.#blocks[index]!;
    const all = this.#bytes;
    const words16 = this.#words16;
    const words32 = this.#words32;
    const rows = this.#rows;
    const segmentSizes = this.#segmentSizes;
    const {
      offsets,
      capturedLengths,
      wireLengths,
      timesUs,
      interfaceIndexes,
      directions,
      vlanTags,
      gsoSizes,
      capacity,
    } = rows;
    rows.bytes = bytes;
    rows.view = view;

    const start = index * this.#blockBytes;
    const packets = words32[(start + BLOCK_PACKETS) >>> 2]!;
    let packet = start + words32[(start + BLOCK_FIRST_PACKET) >>> 2]!;
    let handedOver = 0;
    let row = 0;
    for (let i = 0; i < packets; i++) {
      const word = packet >>> 2;
      const deviceType = words16[(packet + ADDRESS_DEVICE_TYPE) >>> 1]!;
      if (deviceType !== this.#lastDeviceType || row === capacity) {
        if (row > 0) {
          rows.count = row;
          rows.linkType = this.#lastLinkType;
          consume(rows);
          handedOver += row;
          row = 0;
          if (!proceed()) return handedOver;
        }
        this.#lastDeviceType = deviceType;
        this.#lastLinkType = deviceLinkType(deviceType);
      }
      const frame = packet + words16[(packet + PACKET_FRAME) >>> 1]!;
      offsets[row] = frame - start;
      // The kernel places the network header at an even address, and link layers before it are even.
      if (segmentSizes) gsoSizes[row] = words16[(frame - SEGMENT_SIZE_BEFORE_FRAME) >>> 1]!;
      capturedLengths[row] = words32[word + (PACKET_CAPTURED >>> 2)]!;
      wireLengths[row] = words32[word + (PACKET_WIRE >>> 2)]!;
      timesUs[row] =
        words32[word + (PACKET_SECONDS >>> 2)]! * 1e6 + words32[word + (PACKET_NANOSECONDS >>> 2)]! / 1e3;
      interfaceIndexes[row] = words32[word + (ADDRESS_INTERFACE >>> 2)]!;
      directions[row] =
        all[packet + ADDRESS_PACKET_TYPE] === PACKET_TYPE_OUTGOING ? DIRECTION_EGRESS : DIRECTION_INGRESS;
      const status = words32[word + (PACKET_STATUS >>> 2)]!;
      vlanTags[row] = (status & STATUS_VLAN_VALID) === 0 ? -1 : words32[word + (PACKET_VLAN_TCI >>> 2)]!;
      row++;
      packet += words32[word + (PACKET_NEXT >>> 2)]!;
    }
    if (row > 0) {
      rows.count = row;
      rows.linkType = this.#lastLinkType;
      consume(rows);
      handedOver += row;
    }
    return handedOver;
  }
}
