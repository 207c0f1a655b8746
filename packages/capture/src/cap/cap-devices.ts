import {
  type CapturedInterface,
  DIRECTION_EGRESS,
  DIRECTION_INGRESS,
  LINKTYPE_ETHERNET,
  LINKTYPE_LINUX_SLL,
  LINKTYPE_RAW,
  LINKTYPE_UNKNOWN,
} from "../frame-source.js";
import { FULL_BYTES, MessageRows } from "./cap-message.js";
import type { CapDevice, CapPackage } from "./cap-package.js";
import { EpochClock } from "./epoch-clock.js";

/** Room for cap's snap length of 65,535 and a VLAN tag that libpcap puts back. */
const FRAME_BYTES = 65_536;
/** Kernel memory for all handles together, and the least that one gets. */
const BUFFERS_BYTES = 64 * 2 ** 20;
const LEAST_BUFFER_BYTES = 256 * 1024;

/**
 * libpcap tells the direction of no frame, but its filter knows it: two handles a device, one for each direction.
 * Its price: libpcap runs the filter itself on the first frame of a handle, knows no direction there, and refuses it.
 */
const SIDES = [
  { filter: "inbound", direction: DIRECTION_INGRESS },
  { filter: "outbound", direction: DIRECTION_EGRESS },
] as const;

const LINK_TYPES: Readonly<Record<string, number>> = {
  ETHERNET: LINKTYPE_ETHERNET,
  RAW: LINKTYPE_RAW,
  LINKTYPE_LINUX_SLL: LINKTYPE_LINUX_SLL,
};

export interface CapDevicesOptions {
  readonly cap: CapPackage;
  readonly snapLength: number;
  /** Where frames are written. */
  readonly output: number;
  readonly warn: (device: CapturedInterface, thrown: unknown) => void;
  /** Called after each hand-over. */
  readonly onFlush: () => void;
}

/** The devices that cap captures from, and the frames that they gave since the last hand-over. */
export class CapDevices {
  readonly #options: CapDevicesOptions;
  readonly #open = new Map<number, CapDevice[]>();
  readonly #frame = Buffer.alloc(FRAME_BYTES);
  readonly #rows = new MessageRows();
  readonly #clock = new EpochClock();

  constructor(options: CapDevicesOptions) {
    this.#options = options;
  }

  watch(wanted: readonly CapturedInterface[]): void {
    const indexes = new Set(wanted.map(({ index }) => index));
    for (const [index, handles] of this.#open) {
      if (indexes.has(index)) continue;
      for (const handle of handles) handle.close();
      this.#open.delete(index);
    }
    const share = Math.floor(BUFFERS_BYTES / Math.max(1, wanted.length * SIDES.length));
    for (const device of wanted) {
      if (!this.#open.has(device.index)) this.#start(device, Math.max(LEAST_BUFFER_BYTES, share));
    }
  }

  /** Hands over what there is, be it nothing. */
  flush(): void {
    this.#clock.follow();
    this.#rows.write(this.#options.output);
    this.#rows.clear();
    this.#options.onFlush();
  }

  #start(device: CapturedInterface, bufferBytes: number): void {
    const handles: CapDevice[] = [];
    try {
      for (const { filter, direction } of SIDES) {
        const handle = new this.#options.cap.Cap();
        const linkType =
          LINK_TYPES[handle.open(device.name, filter, bufferBytes, this.#frame)] ?? LINKTYPE_UNKNOWN;
        handles.push(handle);
        handle.on("packet", (bytes) => this.#add(bytes, device.index, direction, linkType));
      }
      this.#open.set(device.index, handles);
    } catch (thrown) {
      for (const handle of handles) handle.close();
      this.#options.warn(device, thrown);
    }
  }

  #add(length: number, interfaceIndex: number, direction: number, linkType: number): void {
    const rows = this.#rows;
    if (rows.count > 0 && rows.linkType !== linkType) this.flush();
    const captured = Math.min(length, this.#options.snapLength);
    const row = rows.count++;
    rows.linkType = linkType;
    rows.bytes.set(this.#frame.subarray(0, captured), rows.length);
    rows.offsets[row] = rows.length;
    rows.capturedLengths[row] = captured;
    rows.wireLengths[row] = length;
    rows.timesUs[row] = this.#clock.nowUs();
    rows.interfaceIndexes[row] = interfaceIndex;
    rows.directions[row] = direction;
    rows.length += captured;
    if (rows.count === rows.capacity || rows.length >= FULL_BYTES) this.flush();
  }
}
