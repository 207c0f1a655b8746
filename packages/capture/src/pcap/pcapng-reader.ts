import type { Fault } from "@hopline/fault";
import type { FrameRows } from "../frame-rows.js";
import { type CapturedInterface, DIRECTION_EGRESS, DIRECTION_INGRESS } from "../frame-source.js";
import type { CaptureReader, Stop } from "./capture-reader.js";
import { cookedDirection } from "./cooked-direction.js";
import { damageAt } from "./damage.js";
import { type FileWindow, LONGEST_RECORD } from "./file-window.js";
import { LONGEST_FRAME } from "./pcap-reader.js";
import {
  BLOCK_ENHANCED_PACKET,
  BLOCK_FRAMING_BYTES,
  BLOCK_INTERFACE_DESCRIPTION,
  BLOCK_INTERFACE_STATISTICS,
  BLOCK_PACKET,
  BLOCK_SECTION_HEADER,
  BLOCK_SIMPLE_PACKET,
  BYTE_ORDER_MAGIC,
  FLAGS_INBOUND,
  FLAGS_OUTBOUND,
  PACKET_FLAGS,
  padded,
} from "./pcapng-format.js";
import { type InterfaceDescription, readInterface } from "./pcapng-interface.js";
import { findOption } from "./pcapng-options.js";
import { readReportedDrops } from "./pcapng-statistics.js";

const BLOCK_HEADER_BYTES = 8;
/** Enough of a section header to know its byte order. */
const SECTION_START_BYTES = 12;
/** A file of nothing but interface descriptions must not fill the memory. */
const MOST_INTERFACES = 65_536;

/** pcapng: sections of either byte order, many interfaces. Their numbers start again with each section, ours do not. */
export class PcapngReader implements CaptureReader {
  readonly interfaces: CapturedInterface[] = [];
  needed = 0;
  nextTimeUs = 0;
  damage: Fault | undefined;

  readonly #window: FileWindow;
  readonly #file: string;
  #littleEndian = true;
  /** All interfaces of the file; those of this section begin at `#sectionStart`. */
  readonly #described: InterfaceDescription[] = [];
  #sectionStart = 0;
  /** Bytes of a block that nobody needs and that have not come yet. */
  #toSkip = 0;
  /** Last reports of drops, by interface; and what single packet blocks told. */
  readonly #dropsByInterface = new Map<number, number>();
  #dropsBetweenPackets = 0;
  /** Simple packet blocks have no time of their own. */
  #lastTimeUs = 0;

  constructor(window: FileWindow, file: string) {
    this.#window = window;
    this.#file = file;
  }

  get reportedDrops(): number | undefined {
    let drops = this.#dropsBetweenPackets;
    for (const reported of this.#dropsByInterface.values()) drops += reported;
    const complete = this.#described.length > 0 && this.#dropsByInterface.size === this.#described.length;
    return complete || drops > 0 ? drops : undefined;
  }

  get unfinished(): boolean {
    return this.#toSkip > 0;
  }

  fill(rows: FrameRows, untilUs: number): Stop {
    rows.bytes = this.#window.bytes;
    rows.view = this.#window.view;
    for (;;) {
      if (this.damage !== undefined) return "damaged";
      const stop = this.#block(rows, untilUs);
      if (stop !== undefined) return stop;
    }
  }

  /** Parses one block, or tells why not. */
  #block(rows: FrameRows, untilUs: number): Stop | undefined {
    const window = this.#window;
    if (this.#toSkip > 0) {
      this.#toSkip -= window.skip(this.#toSkip);
      if (this.#toSkip > 0) return this.#more(1);
    }
    if (window.available < BLOCK_HEADER_BYTES) return this.#more(BLOCK_HEADER_BYTES);
    const { view } = window;
    const start = window.position;
    if (view.getUint32(start, true) === BLOCK_SECTION_HEADER) {
      if (window.available < SECTION_START_BYTES) return this.#more(SECTION_START_BYTES);
      if (!this.#byteOrder(view, start)) return "damaged";
    }
    const type = view.getUint32(start, this.#littleEndian);
    const length = view.getUint32(start + 4, this.#littleEndian);
    if (length < BLOCK_FRAMING_BYTES || length % 4 !== 0)
      return this.#damaged(`a block claims ${length} bytes`);
    if (!isRead(type)) {
      this.#toSkip = length;
      return undefined;
    }
    if (length > LONGEST_RECORD) {
      return this.#damaged(`a block of type ${type} claims ${length} bytes, ${LONGEST_RECORD} is the most`);
    }
    if (window.available < length) return this.#more(length);
    if (view.getUint32(start + length - 4, this.#littleEndian) !== length) {
      return this.#damaged(`a block's length at its end is not ${length} as at its start`);
    }
    const stop = this.#parse(type, start, length, rows, untilUs);
    if (stop === undefined) window.position = start + length;
    return stop;
  }

  #parse(type: number, start: number, length: number, rows: FrameRows, untilUs: number): Stop | undefined {
    switch (type) {
      case BLOCK_SECTION_HEADER:
        this.#sectionStart = this.#described.length;
        return undefined;
      case BLOCK_INTERFACE_DESCRIPTION:
        return this.#interface(start, length);
      case BLOCK_INTERFACE_STATISTICS:
        return this.#statistics(start, length);
      case BLOCK_SIMPLE_PACKET:
        return this.#simplePacket(start, length, rows, untilUs);
      default:
        return this.#packet(type, start, length, rows, untilUs);
    }
  }

  #byteOrder(view: DataView, start: number): boolean {
    if (view.getUint32(start + 8, true) === BYTE_ORDER_MAGIC) this.#littleEndian = true;
    else if (view.getUint32(start + 8, false) === BYTE_ORDER_MAGIC) this.#littleEndian = false;
    else this.#damaged("a section header has no byte order mark");
    return this.damage === undefined;
  }

  #interface(start: number, length: number): Stop | undefined {
    if (length < 20) return this.#damaged(`an interface description of ${length} bytes`);
    if (this.#described.length === MOST_INTERFACES)
      return this.#damaged(`more than ${MOST_INTERFACES} interfaces`);
    const index = this.#described.length;
    const described = readInterface(this.#window.view, start, length, this.#littleEndian, index);
    this.#described.push(described);
    this.interfaces.push({ index, name: described.name });
    return undefined;
  }

  #statistics(start: number, length: number): Stop | undefined {
    if (length < 24) return this.#damaged(`interface statistics of ${length} bytes`);
    const index = this.#sectionStart + this.#window.view.getUint32(start + 8, this.#littleEndian);
    if (index >= this.#described.length)
      return this.#damaged("statistics of an interface that is not described");
    const drops = readReportedDrops(this.#window.view, start, length, this.#littleEndian);
    if (drops !== undefined) this.#dropsByInterface.set(index, drops);
    return undefined;
  }

  /** Enhanced packet block, and the obsolete packet block, which differs in its first word. */
  #packet(type: number, start: number, length: number, rows: FrameRows, untilUs: number): Stop | undefined {
    const { view } = this.#window;
    const littleEndian = this.#littleEndian;
    if (length < 32) return this.#damaged(`a packet block of ${length} bytes`);
    const enhanced = type === BLOCK_ENHANCED_PACKET;
    const number = enhanced
      ? view.getUint32(start + 8, littleEndian)
      : view.getUint16(start + 8, littleEndian);
    const described = this.#described[this.#sectionStart + number];
    if (described === undefined)
      return this.#damaged(`a packet of interface ${number}, which is not described`);
    const captured = view.getUint32(start + 20, littleEndian);
    if (captured > length - 32 || captured > LONGEST_FRAME) {
      return this.#damaged(`a packet block of ${length} bytes claims a frame of ${captured} bytes`);
    }
    const timeUs = described.time.toUs(
      view.getUint32(start + 12, littleEndian),
      view.getUint32(start + 16, littleEndian),
    );
    const stop = this.#refuse(rows, described.linkType, timeUs, untilUs);
    if (stop !== undefined) return stop;

    const frame = start + 28;
    let direction = cookedDirection(described.linkType, view, frame, captured);
    const options = frame + padded(captured);
    const flags = findOption(view, options, start + length - 4, PACKET_FLAGS, 4, littleEndian);
    if (flags >= 0) {
      const side = view.getUint32(flags, littleEndian) & 3;
      if (side === FLAGS_INBOUND) direction = DIRECTION_INGRESS;
      else if (side === FLAGS_OUTBOUND) direction = DIRECTION_EGRESS;
    }
    if (!enhanced) {
      const lost = view.getUint16(start + 10, littleEndian);
      if (lost !== 0xffff) this.#dropsBetweenPackets += lost;
    }
    const wire = view.getUint32(start + 24, littleEndian);
    this.#add(rows, frame, captured, wire, timeUs, described, direction);
    return undefined;
  }

  /** No time, no options, and always the section's first interface, whose snap length tells how much is there. */
  #simplePacket(start: number, length: number, rows: FrameRows, untilUs: number): Stop | undefined {
    const { view } = this.#window;
    const described = this.#described[this.#sectionStart];
    if (described === undefined) return this.#damaged("a packet before any interface is described");
    if (length < 16) return this.#damaged(`a simple packet block of ${length} bytes`);
    const wire = view.getUint32(start + 8, this.#littleEndian);
    const captured = described.snapLength === 0 ? wire : Math.min(wire, described.snapLength);
    if (captured > length - 16 || captured > LONGEST_FRAME) {
      return this.#damaged(
        `a simple packet block of ${length} bytes has to hold a frame of ${captured} bytes`,
      );
    }
    const stop = this.#refuse(rows, described.linkType, this.#lastTimeUs, untilUs);
    if (stop !== undefined) return stop;
    const direction = cookedDirection(described.linkType, view, start + 12, captured);
    this.#add(rows, start + 12, captured, wire, this.#lastTimeUs, described, direction);
    return undefined;
  }

  /** Whether this frame must wait for another hand-over. */
  #refuse(rows: FrameRows, linkType: number, timeUs: number, untilUs: number): Stop | undefined {
    if (timeUs > untilUs) {
      this.nextTimeUs = timeUs;
      return "later";
    }
    if (rows.count === rows.capacity || (rows.count > 0 && rows.linkType !== linkType)) return "full";
    return undefined;
  }

  #add(
    rows: FrameRows,
    offset: number,
    captured: number,
    wire: number,
    timeUs: number,
    described: InterfaceDescription,
    direction: number,
  ): void {
    const row = rows.count++;
    rows.linkType = described.linkType;
    rows.offsets[row] = offset;
    rows.capturedLengths[row] = captured;
    rows.wireLengths[row] = Math.max(captured, wire);
    rows.timesUs[row] = timeUs;
    rows.interfaceIndexes[row] = described.index;
    rows.directions[row] = direction;
    this.#lastTimeUs = timeUs;
  }

  #more(needed: number): Stop {
    this.needed = needed;
    return "more";
  }

  #damaged(what: string): Stop {
    this.damage = damageAt(this.#file, this.#window.fileOffset, what);
    return "damaged";
  }
}

function isRead(type: number): boolean {
  switch (type) {
    case BLOCK_SECTION_HEADER:
    case BLOCK_INTERFACE_DESCRIPTION:
    case BLOCK_INTERFACE_STATISTICS:
    case BLOCK_SIMPLE_PACKET:
    case BLOCK_ENHANCED_PACKET:
    case BLOCK_PACKET:
      return true;
    default:
      return false;
  }
}
