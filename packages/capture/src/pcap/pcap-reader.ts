import type { Fault } from "@hopline/fault";
import type { FrameRows } from "../frame-rows.js";
import type { CapturedInterface } from "../frame-source.js";
import type { CaptureReader, Stop } from "./capture-reader.js";
import { cookedDirection } from "./cooked-direction.js";
import { damageAt } from "./damage.js";
import type { FileWindow } from "./file-window.js";

export const PCAP_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
/** libpcap's MAXIMUM_SNAPLEN: no record holds more of a frame. */
export const LONGEST_FRAME = 262_144;

export const PCAP_MAGIC_MICROSECONDS = 0xa1b2c3d4;
export const PCAP_MAGIC_NANOSECONDS = 0xa1b23c4d;

/** Classic pcap (draft-ietf-opsawg-pcap), both byte orders, microseconds and nanoseconds. One interface. */
export class PcapReader implements CaptureReader {
  readonly interfaces: readonly CapturedInterface[];
  readonly reportedDrops = undefined;
  readonly unfinished = false;
  needed = 0;
  nextTimeUs = 0;
  damage: Fault | undefined;

  readonly #window: FileWindow;
  readonly #file: string;
  readonly #littleEndian: boolean;
  readonly #fractionsPerUs: number;
  readonly #linkType: number;

  /** The window stands at the file's header, all 24 bytes of it available; the reader takes it. */
  constructor(window: FileWindow, file: string, interfaceName: string) {
    this.#window = window;
    this.#file = file;
    this.interfaces = [{ index: 0, name: interfaceName }];
    const { view, position } = window;
    this.#littleEndian = isPcapMagic(view.getUint32(position, true));
    const magic = view.getUint32(position, this.#littleEndian);
    this.#fractionsPerUs = magic === PCAP_MAGIC_NANOSECONDS ? 1000 : 1;
    const major = view.getUint16(position + 4, this.#littleEndian);
    const minor = view.getUint16(position + 6, this.#littleEndian);
    if (major !== 2 || minor !== 4) {
      this.damage = damageAt(
        file,
        window.fileOffset + 4,
        `it says pcap version ${major}.${minor}, only 2.4 is known`,
      );
    }
    // The upper half of the field tells about frame check sequences, which no decoder of ours looks at.
    this.#linkType = view.getUint32(position + 20, this.#littleEndian) & 0xffff;
    window.skip(PCAP_HEADER_BYTES);
  }

  fill(rows: FrameRows, untilUs: number): Stop {
    if (this.damage !== undefined) return "damaged";
    const window = this.#window;
    const { view, end } = window;
    const littleEndian = this.#littleEndian;
    const fractionsPerUs = this.#fractionsPerUs;
    const linkType = this.#linkType;
    const { capacity, offsets, capturedLengths, wireLengths, timesUs, interfaceIndexes, directions } = rows;
    rows.bytes = window.bytes;
    rows.view = view;
    rows.linkType = linkType;
    let row = rows.count;
    let position = window.position;
    let stop: Stop = "full";
    while (row < capacity) {
      if (position + RECORD_HEADER_BYTES > end) {
        this.needed = RECORD_HEADER_BYTES;
        stop = "more";
        break;
      }
      const captured = view.getUint32(position + 8, littleEndian);
      if (captured > LONGEST_FRAME) {
        window.position = position;
        this.damage = damageAt(
          this.#file,
          window.fileOffset,
          `the record claims a frame of ${captured} bytes, ${LONGEST_FRAME} is the most`,
        );
        stop = "damaged";
        break;
      }
      const timeUs =
        view.getUint32(position, littleEndian) * 1e6 +
        view.getUint32(position + 4, littleEndian) / fractionsPerUs;
      if (timeUs > untilUs) {
        this.nextTimeUs = timeUs;
        stop = "later";
        break;
      }
      const frame = position + RECORD_HEADER_BYTES;
      if (frame + captured > end) {
        this.needed = RECORD_HEADER_BYTES + captured;
        stop = "more";
        break;
      }
      offsets[row] = frame;
      capturedLengths[row] = captured;
      wireLengths[row] = Math.max(captured, view.getUint32(position + 12, littleEndian));
      timesUs[row] = timeUs;
      interfaceIndexes[row] = 0;
      directions[row] = cookedDirection(linkType, view, frame, captured);
      row++;
      position = frame + captured;
    }
    rows.count = row;
    window.position = position;
    return stop;
  }
}

export function isPcapMagic(magic: number): boolean {
  return magic === PCAP_MAGIC_MICROSECONDS || magic === PCAP_MAGIC_NANOSECONDS;
}
