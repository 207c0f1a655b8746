import { DIRECTION_EGRESS, DIRECTION_INGRESS, type FrameBlock, LINKTYPE_ETHERNET } from "../frame-source.js";
import {
  BLOCK_ENHANCED_PACKET,
  BLOCK_INTERFACE_DESCRIPTION,
  BLOCK_INTERFACE_STATISTICS,
  BLOCK_SECTION_HEADER,
  BYTE_ORDER_MAGIC,
  FLAGS_INBOUND,
  FLAGS_OUTBOUND,
  INTERFACE_NAME,
  INTERFACE_TIME_RESOLUTION,
  OPTION_END,
  PACKET_FLAGS,
  padded,
  SECTION_APPLICATION,
  STATISTICS_INTERFACE_DROPS,
  STATISTICS_RECEIVED,
} from "./pcapng-format.js";

export interface WrittenInterface {
  readonly name: string;
  /** Default: Ethernet. */
  readonly linkType?: number;
  /** Bytes kept of each frame; 0, the default, for all. */
  readonly snapLength?: number;
}

/** One frame to write. */
export interface WrittenFrame {
  /** As `addInterface` returned it. */
  readonly interfaceId: number;
  /** Microseconds since the Unix epoch; written in nanoseconds. */
  readonly timeUs: number;
  /** The captured bytes, from the link-layer header on. */
  readonly bytes: Uint8Array;
  /** Default: as many as were captured. */
  readonly wireLength?: number;
  /** DIRECTION_ constant. Default: unknown. */
  readonly direction?: number;
  /** A VLAN tag (TCI) that the kernel took off: put back into the frame. Default -1: none. */
  readonly vlanTag?: number;
}

const BUFFER_BYTES = 512 * 1024;
const NANOSECONDS = 9;
/** Destination and source address: a VLAN tag comes after them. */
const ETHERNET_ADDRESSES_BYTES = 12;
const VLAN_TAG_BYTES = 4;
const TPID_8021Q = 0x8100;
const TWO_32 = 2 ** 32;

/**
 * Writes one pcapng section, little-endian, with nanosecond timestamps, interface names and directions.
 * Bytes go to `sink` in large pieces, which it must have written when it returns: the buffer is used again.
 */
export class PcapngWriter {
  readonly #sink: (bytes: Uint8Array) => void;
  readonly #bytes = new Uint8Array(BUFFER_BYTES);
  readonly #view = new DataView(this.#bytes.buffer);
  readonly #linkTypes: number[] = [];
  #length = 0;

  /** @param application what to name as the program that wrote the file */
  constructor(sink: (bytes: Uint8Array) => void, application = "hopline") {
    this.#sink = sink;
    const name = new TextEncoder().encode(application);
    const total = 28 + 4 + padded(name.length) + 4;
    const at = this.#begin(BLOCK_SECTION_HEADER, total);
    this.#view.setUint32(at, BYTE_ORDER_MAGIC, true);
    this.#view.setUint16(at + 4, 1, true);
    this.#view.setUint16(at + 6, 0, true);
    this.#view.setBigInt64(at + 8, -1n, true); // section length: not known
    this.#option(at + 16, SECTION_APPLICATION, name);
    this.#finish(total);
  }

  /** Returns the number by which frames refer to it, counting from 0. */
  addInterface({ name, linkType = LINKTYPE_ETHERNET, snapLength = 0 }: WrittenInterface): number {
    const nameBytes = new TextEncoder().encode(name);
    const total = 20 + (4 + padded(nameBytes.length)) + 8 + 4;
    const at = this.#begin(BLOCK_INTERFACE_DESCRIPTION, total);
    this.#view.setUint16(at, linkType, true);
    this.#view.setUint16(at + 2, 0, true);
    this.#view.setUint32(at + 4, snapLength, true);
    const next = this.#option(at + 8, INTERFACE_NAME, nameBytes);
    this.#option(next, INTERFACE_TIME_RESOLUTION, Uint8Array.of(NANOSECONDS));
    this.#finish(total);
    return this.#linkTypes.push(linkType) - 1;
  }

  writeFrame(frame: WrittenFrame): void {
    const { bytes, interfaceId, timeUs, vlanTag = -1 } = frame;
    const linkType = this.#linkTypes[interfaceId];
    if (linkType === undefined) throw new RangeError(`no interface ${interfaceId} was added`);
    const tagged = vlanTag >= 0 && linkType === LINKTYPE_ETHERNET && bytes.length >= ETHERNET_ADDRESSES_BYTES;
    const tagBytes = tagged ? VLAN_TAG_BYTES : 0;
    const captured = bytes.length + tagBytes;
    const flags = flagsOf(frame.direction);
    const total = 32 + padded(captured) + (flags === 0 ? 0 : 12);
    const at = this.#begin(BLOCK_ENHANCED_PACKET, total);
    const view = this.#view;
    view.setUint32(at, interfaceId, true);
    this.#time(at + 4, timeUs);
    view.setUint32(at + 12, captured, true);
    view.setUint32(at + 16, Math.max(frame.wireLength ?? 0, bytes.length) + tagBytes, true);
    const start = at + 20;
    if (tagged) {
      this.#bytes.set(bytes.subarray(0, ETHERNET_ADDRESSES_BYTES), start);
      view.setUint16(start + ETHERNET_ADDRESSES_BYTES, TPID_8021Q, false);
      view.setUint16(start + ETHERNET_ADDRESSES_BYTES + 2, vlanTag, false);
      this.#bytes.set(
        bytes.subarray(ETHERNET_ADDRESSES_BYTES),
        start + ETHERNET_ADDRESSES_BYTES + VLAN_TAG_BYTES,
      );
    } else {
      this.#bytes.set(bytes, start);
    }
    this.#bytes.fill(0, start + captured, start + padded(captured));
    if (flags !== 0) this.#option(start + padded(captured), PACKET_FLAGS, Uint8Array.of(flags, 0, 0, 0));
    this.#finish(total);
  }

  /** Writes all frames of a block. @param interfaceIdOf the number here of an interface index there; -1 leaves it out */
  writeBlock(block: FrameBlock, interfaceIdOf: (interfaceIndex: number) => number): void {
    for (let i = 0; i < block.count; i++) {
      const interfaceId = interfaceIdOf(block.interfaceIndexes[i]!);
      if (interfaceId < 0) continue;
      const offset = block.offsets[i]!;
      this.writeFrame({
        interfaceId,
        timeUs: block.timesUs[i]!,
        bytes: block.bytes.subarray(offset, offset + block.capturedLengths[i]!),
        wireLength: block.wireLengths[i],
        direction: block.directions[i],
        vlanTag: block.vlanTags[i],
      });
    }
  }

  /** What was received on an interface and what was dropped there, since the capture began. */
  writeStatistics(
    interfaceId: number,
    timeUs: number,
    counters: { received: number; dropped: number },
  ): void {
    const total = 24 + 12 + 12 + 4;
    const at = this.#begin(BLOCK_INTERFACE_STATISTICS, total);
    this.#view.setUint32(at, interfaceId, true);
    this.#time(at + 4, timeUs);
    const next = this.#option(at + 12, STATISTICS_RECEIVED, counterBytes(counters.received));
    this.#option(next, STATISTICS_INTERFACE_DROPS, counterBytes(counters.dropped));
    this.#finish(total);
  }

  /** Hands over to the sink what is still held here. Call it at the end. */
  flush(): void {
    if (this.#length > 0) this.#sink(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
  }

  /** Type and length of a block; returns where its body begins. */
  #begin(type: number, total: number): number {
    if (total > BUFFER_BYTES) throw new RangeError(`a block of ${total} bytes, ${BUFFER_BYTES} is the most`);
    if (this.#length + total > BUFFER_BYTES) this.flush();
    this.#view.setUint32(this.#length, type, true);
    this.#view.setUint32(this.#length + 4, total, true);
    return this.#length + 8;
  }

  #finish(total: number): void {
    this.#view.setUint32(this.#length + total - 4, total, true);
    this.#length += total;
  }

  /** An option and, in the room after it, the end of options, which the next one overwrites. */
  #option(at: number, code: number, value: Uint8Array): number {
    this.#view.setUint16(at, code, true);
    this.#view.setUint16(at + 2, value.length, true);
    this.#bytes.fill(0, at + 4, at + 4 + padded(value.length));
    this.#bytes.set(value, at + 4);
    const next = at + 4 + padded(value.length);
    this.#view.setUint32(next, OPTION_END, true);
    return next;
  }

  /** Nanoseconds have 61 bits, doubles 53: multiplied half by half. */
  #time(at: number, timeUs: number): void {
    const wholeUs = Math.floor(timeUs);
    const highUs = Math.floor(wholeUs / TWO_32);
    const low = (wholeUs - highUs * TWO_32) * 1000 + Math.round((timeUs - wholeUs) * 1000);
    this.#view.setUint32(at, highUs * 1000 + Math.floor(low / TWO_32), true);
    this.#view.setUint32(at + 4, low >>> 0, true);
  }
}

function flagsOf(direction: number | undefined): number {
  if (direction === DIRECTION_INGRESS) return FLAGS_INBOUND;
  if (direction === DIRECTION_EGRESS) return FLAGS_OUTBOUND;
  return 0;
}

function counterBytes(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
  return bytes;
}
