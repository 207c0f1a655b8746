import { INTERFACE_NAME, INTERFACE_TIME_OFFSET, INTERFACE_TIME_RESOLUTION } from "./pcapng-format.js";
import { findOption } from "./pcapng-options.js";
import { type TimeScale, timeScale } from "./pcapng-time.js";

/** What a pcapng file says of one interface. */
export interface InterfaceDescription {
  /** In the whole file, over all sections. */
  readonly index: number;
  /** if_name, or `if<index>` where the file has none. */
  readonly name: string;
  readonly linkType: number;
  /** Bytes kept of each frame; 0 for all. */
  readonly snapLength: number;
  readonly time: TimeScale;
}

/** Microseconds, where if_tsresol is missing. */
const DEFAULT_RESOLUTION = 6;
const LONGEST_NAME_BYTES = 256;

/** Reads an interface description block of at least 20 bytes that lies whole in the view. */
export function readInterface(
  view: DataView,
  start: number,
  length: number,
  littleEndian: boolean,
  index: number,
): InterfaceDescription {
  const option = (code: number, bytes: number): number =>
    findOption(view, start + 16, start + length - 4, code, bytes, littleEndian);
  const name = option(INTERFACE_NAME, 1);
  const resolution = option(INTERFACE_TIME_RESOLUTION, 1);
  const offset = option(INTERFACE_TIME_OFFSET, 8);
  return {
    index,
    name: name < 0 ? `if${index}` : readName(view, name, view.getUint16(name - 2, littleEndian)),
    linkType: view.getUint16(start + 8, littleEndian),
    snapLength: view.getUint32(start + 12, littleEndian),
    time: timeScale(
      resolution < 0 ? DEFAULT_RESOLUTION : view.getUint8(resolution),
      offset < 0 ? 0 : Number(view.getBigInt64(offset, littleEndian)),
    ),
  };
}

function readName(view: DataView, start: number, length: number): string {
  const bytes = new Uint8Array(view.buffer, view.byteOffset + start, Math.min(length, LONGEST_NAME_BYTES));
  return new TextDecoder().decode(bytes).replace(/\0+$/, "");
}
