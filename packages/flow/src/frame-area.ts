import type { CompiledTable } from "./compiled-table.js";
import type { FrameColumns } from "./frame-columns.js";

/** Arrays for a source of frames to fill: the bytes, and columns of one length. */
export type FrameMemory = { readonly bytes: Uint8Array } & Omit<FrameColumns, "view" | "count" | "linkType">;

/** The part of the compiled table's memory in which frames lie to be counted: put there by their source, or copied there. */
export class FrameArea {
  readonly memory: FrameMemory;
  /** Offset in the block's bytes of what lies at the area's beginning. */
  firstOffset = 0;
  readonly #capacity: number;
  readonly #ignored: Uint8Array;

  /** @param encapsulationsByPort ENCAPSULATION_ constant by UDP destination port */
  constructor(table: CompiledTable, encapsulationsByPort: Uint8Array) {
    const { buffer } = table.memory;
    const capacity = table.FRAME_CAPACITY.value;
    this.#capacity = capacity;
    this.memory = {
      bytes: new Uint8Array(buffer, table.frameBytes.value, table.FRAME_BYTES.value),
      offsets: new Uint32Array(buffer, table.frameOffsets.value, capacity),
      capturedLengths: new Uint32Array(buffer, table.frameCapturedLengths.value, capacity),
      wireLengths: new Uint32Array(buffer, table.frameWireLengths.value, capacity),
      timesUs: new Float64Array(buffer, table.frameTimesUs.value, capacity),
      interfaceIndexes: new Int32Array(buffer, table.frameInterfaceIndexes.value, capacity),
      directions: new Uint8Array(buffer, table.frameDirections.value, capacity),
      vlanTags: new Int32Array(buffer, table.frameVlanTags.value, capacity),
      gsoSizes: new Uint16Array(buffer, table.frameGsoSizes.value, capacity),
    };
    this.#ignored = new Uint8Array(buffer, table.ignoredInterfaces.value, table.IGNORABLE_INTERFACES.value);
    const ports = new Uint8Array(buffer, table.encapsulationsByPort.value, encapsulationsByPort.length);
    ports.set(encapsulationsByPort);
  }

  ignoreInterfaces(byIndex: Uint8Array): void {
    const indexes = Math.min(byIndex.length, this.#ignored.length);
    this.#ignored.set(byIndex.subarray(0, indexes));
    this.#ignored.fill(0, indexes);
  }

  /**
   * Sees to it that frames of the block, from frame `first` on, lie in the area, as many as there is room for.
   *
   * @returns how many, at least one
   */
  load(block: FrameColumns, first: number): number {
    const { memory } = this;
    const isOurs = block.offsets === memory.offsets;
    if (isOurs && block.view.buffer === memory.bytes.buffer) {
      this.firstOffset = memory.bytes.byteOffset - block.view.byteOffset;
      return block.count;
    }
    this.firstOffset = block.offsets[first];
    const count = this.#countFitting(block, first);
    this.#copyBytes(block, first, count);
    if (!isOurs) this.#copyColumns(block, first, count);
    return count;
  }

  /** How many frames from `first` on there is room for. Of one that is longer than all the room, the beginning is enough. */
  #countFitting({ count, offsets, capturedLengths }: FrameColumns, first: number): number {
    const room = this.memory.bytes.length;
    const start = offsets[first];
    const end = Math.min(count, first + this.#capacity);
    let next = first + 1;
    while (next < end && offsets[next] >= start && offsets[next] + capturedLengths[next] - start <= room)
      next++;
    return next - first;
  }

  #copyBytes({ view, offsets, capturedLengths }: FrameColumns, first: number, count: number): void {
    const start = offsets[first];
    let end = start;
    for (let frame = first; frame < first + count; frame++)
      end = Math.max(end, offsets[frame] + capturedLengths[frame]);
    const bytes = Math.min(end - start, this.memory.bytes.length);
    this.memory.bytes.set(new Uint8Array(view.buffer, view.byteOffset + start, bytes));
  }

  /** One by one: `set` takes a view of each column, and nothing is to be allocated. */
  #copyColumns(block: FrameColumns, first: number, count: number): void {
    const { memory } = this;
    for (let i = 0; i < count; i++) {
      memory.offsets[i] = block.offsets[first + i];
      memory.capturedLengths[i] = block.capturedLengths[first + i];
      memory.wireLengths[i] = block.wireLengths[first + i];
      memory.timesUs[i] = block.timesUs[first + i];
      memory.interfaceIndexes[i] = block.interfaceIndexes[first + i];
      memory.directions[i] = block.directions[first + i];
      memory.vlanTags[i] = block.vlanTags[first + i];
      memory.gsoSizes[i] = block.gsoSizes[first + i];
    }
  }
}
