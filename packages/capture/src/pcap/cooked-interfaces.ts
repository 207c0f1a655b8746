import type { FrameRows } from "../frame-rows.js";
import { type CapturedInterface, LINKTYPE_LINUX_SLL2 } from "../frame-source.js";

const INTERFACE_INDEX_OFFSET = 4;
const INTERFACE_INDEX_END = 8;
/** A file of nothing but interfaces must not fill the memory; further ones count as the first. */
const MOST_INTERFACES = 65_536;

/**
 * The interfaces of a `tcpdump -i any` file: its header knows one, each frame's Linux cooked header (version 2,
 * tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html) the kernel's index of the true one. They are named `if3` by that index.
 */
export class CookedInterfaces {
  readonly list: CapturedInterface[] = [];
  readonly #byKernelIndex = new Map<number, number>();

  /** Gives every frame of the block its own interface. Does nothing to blocks of other link types. */
  assign(rows: FrameRows): void {
    if (rows.linkType !== LINKTYPE_LINUX_SLL2) return;
    const { view, offsets, capturedLengths, interfaceIndexes, count } = rows;
    for (let row = 0; row < count; row++) {
      if (capturedLengths[row]! < INTERFACE_INDEX_END) continue;
      interfaceIndexes[row] = this.#indexOf(view.getUint32(offsets[row]! + INTERFACE_INDEX_OFFSET, false));
    }
  }

  #indexOf(kernelIndex: number): number {
    const known = this.#byKernelIndex.get(kernelIndex);
    if (known !== undefined) return known;
    const index = this.list.length;
    if (index === MOST_INTERFACES) return 0;
    this.#byKernelIndex.set(kernelIndex, index);
    this.list.push({ index, name: `if${kernelIndex}` });
    return index;
  }
}
