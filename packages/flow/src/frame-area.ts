import type { CompiledTable } from "./compiled-table.js";
import type { FrameColumns } from "./frame-columns.js";

/** The part of the compiled table's memory that frames are copied into, to be counted there. */
export class FrameArea {
  readonly #bytes: Uint8Array;
  readonly #capacity: number;
  readonly #offsets: Uint32Array;
  readonly #capturedLengths: Uint32Array;
  readonly #wireLengths: Uint32Array;
  readonly #timesUs: Float64Array;
  readonly #interfaceIndexes: Int32Array;
  readonly #directions: Uint8Array;
  readonly #vlanTags: Int32Array;
  readonly #gsoSizes: Uint16Array;
  readonly #ignored: Uint8Array;

  /** @param encapsulationsByPort ENCAPSULATION_ constant by UDP destination port */
  constructor(table: CompiledTable, encapsulationsByPort: Uint8Array) {
    const { buffer } = table.memory;
    const capacity = table.FRAME_CAPACITY.value;
    this.#capacity = capacity;
    this.#bytes = new Uint8Array(buffer, table.frameBytes.value, table.FRAME_BYTES.value);
    this.#offsets = new Uint32Array(buffer, table.frameOffsets.value, capacity);
    this.#capturedLengths = new Uint32Array(buffer, table.frameCapturedLengths.value, capacity);
    this.#wireLengths = new Uint32Array(buffer, table.frameWireLengths.value, capacity);
    this.#timesUs = new Float64Array(buffer, table.frameTimesUs.value, capacity);
    this.#interfaceIndexes = new Int32Array(buffer, table.frameInterfaceIndexes.value, capacity);
    this.#directions = new Uint8Array(buffer, table.frameDirections.value, capacity);
    this.#vlanTags = new Int32Array(buffer, table.frameVlanTags.value, capacity);
    this.#gsoSizes = new Uint16Array(buffer, table.frameGsoSizes.value, capacity);
    this.#ignored = new Uint8Array(buffer, table.ignoredInterfaces.value, table.IGNORABLE_INTERFACES.value);
    const ports = new Uint8Array(buffer, table.encapsulationsByPort.value, encapsulationsByPort.length);
    ports.set(encapsulationsByPort);
  }

  ignoreInterfaces(byIndex: Uint8Array): void {
    const indexes = Math.min(byIndex.length, this.#ignored.length);
    this.#ignored.set(byIndex.subarray(0, indexes));
    this.#ignored.fill(0, indexes);
  }

  /** Copies frames of the block, from frame `first` on, as many as there is room for. @returns how many, at least one */
  load(block: FrameColumns, first: number): number {
    const { view, offsets, capturedLengths, wireLengths, timesUs, interfaceIndexes } = block;
    const { directions, vlanTags, gsoSizes } = block;
    const room = this.#bytes.length;
    const start = offsets[first];
    const most = Math.min(block.count - first, this.#capacity);
    let bytes = Math.min(capturedLengths[first], room);
    let count = 0;
    // Column by column, `set` would be a little faster, but it takes a view of each: nothing is allocated here but one.
    for (; count < most; count++) {
      const frame = first + count;
      const offset = offsets[frame] - start;
      const end = offset + capturedLengths[frame];
      if (count > 0 && (end > room || offset < 0)) break;
      if (end > bytes && end <= room) bytes = end;
      this.#offsets[count] = offset;
      this.#capturedLengths[count] = capturedLengths[frame];
      this.#wireLengths[count] = wireLengths[frame];
      this.#timesUs[count] = timesUs[frame];
      this.#interfaceIndexes[count] = interfaceIndexes[frame];
      this.#directions[count] = directions[frame];
      this.#vlanTags[count] = vlanTags[frame];
      this.#gsoSizes[count] = gsoSizes[frame];
    }
    this.#bytes.set(new Uint8Array(view.buffer, view.byteOffset + start, bytes));
    return count;
  }
}
