import type { Fault } from "@hopline/fault";
import { type FocusTuple, MOST_FOCUS_TUPLES } from "../focus.js";
import type { CapturedInterface, CaptureStatistics, FrameBlock, FrameSource } from "../frame-source.js";
import { namedInterfaces, watchable } from "../kernel-interfaces.js";
import { MOST_SAMPLING_SHIFT } from "../sampling.js";
import { BlockWalker } from "./block-walker.js";
import { encode } from "./cbpf.js";
import { type FilterOrder, packetFilter } from "./packet-filter.js";
import { type RingAddon, type RingHandle, ringFault } from "./ring-addon.js";
import type { RingSettings } from "./ring-settings.js";

/** The kernel's packet ring as a source. Open from the start; see `openRing`. */
export class PacketRing implements FrameSource {
  readonly kind = "ring";
  readonly warnings: readonly Fault[] = [];
  interfaces: readonly CapturedInterface[] = [];

  readonly #addon: RingAddon;
  readonly #handle: RingHandle;
  readonly #settings: RingSettings;
  readonly #walker: BlockWalker;
  #order: FilterOrder;
  readonly #sinceLastRead = new Uint32Array(3);
  #delivered = 0;
  #dropped = 0;
  #freezes = 0;
  /** The block that the kernel hands over next: it fills them in order. */
  #cursor = 0;
  #closed = false;

  /** @param order what the filter was opened with */
  constructor(addon: RingAddon, handle: RingHandle, settings: RingSettings, order: FilterOrder) {
    this.#addon = addon;
    this.#handle = handle;
    this.#settings = settings;
    this.#walker = new BlockWalker(addon, handle, settings.memory);
    this.#order = order;
    this.interfaces = interfacesOf(order);
  }

  /** Hands over at most one turn round the ring, so that it returns even where packets come faster than they go. */
  poll(timeoutMs: number, consume: (block: FrameBlock) => void): number {
    if (this.#closed) return -1;
    if (!this.#addon.ready(this.#handle, this.#cursor)) this.#wait(timeoutMs);
    let frames = 0;
    for (let turn = 0; turn < this.#settings.blockCount; turn++) {
      if (this.#closed || !this.#addon.ready(this.#handle, this.#cursor)) break;
      frames += this.#handOver(this.#cursor, consume);
    }
    return frames;
  }

  statistics(): CaptureStatistics {
    if (!this.#closed) this.#readCounters();
    return {
      delivered: this.#delivered,
      dropped: this.#dropped,
      dropsKnown: true,
      freezes: this.#freezes,
      restarts: 0,
    };
  }

  watch(interfaceIndexes: readonly number[], newestKnown?: number): void {
    this.#attach({ ...this.#order, watched: watchable(interfaceIndexes), newestKnown });
  }

  sample(samplingShift: number): boolean {
    const most = MOST_SAMPLING_SHIFT;
    if (!Number.isInteger(samplingShift) || samplingShift < 0 || samplingShift > most)
      throw new RangeError(`a sampling shift of ${samplingShift}: it is a whole number from 0 to ${most}`);
    this.#attach({ ...this.#order, samplingShift });
    return true;
  }

  focus(tuples: readonly FocusTuple[], interfaceIndexes: readonly number[]): boolean {
    if (tuples.length > MOST_FOCUS_TUPLES)
      throw new RangeError(`a focus of ${tuples.length} connections: ${MOST_FOCUS_TUPLES} are the most`);
    this.#attach({ ...this.#order, focus: tuples, focusInterfaces: watchable(interfaceIndexes) });
    return true;
  }

  close(): void {
    if (this.#closed) return;
    this.#readCounters();
    this.#closed = true;
    this.#addon.close(this.#handle);
  }

  /** In one step: no frame meets half of a filter, or none. */
  #attach(order: FilterOrder): void {
    if (this.#closed) return;
    try {
      this.#addon.attachFilter(this.#handle, encode(packetFilter(order)));
    } catch (thrown) {
      throw ringFault(thrown, this.#settings);
    }
    this.#order = order;
    this.interfaces = interfacesOf(order);
  }

  #wait(timeoutMs: number): void {
    try {
      this.#addon.wait(this.#handle, Math.max(0, Math.ceil(timeoutMs)));
    } catch (thrown) {
      throw ringFault(thrown, this.#settings);
    }
  }

  /** The block goes back to the kernel whatever the consumer does, unless it closed the source. */
  #handOver(block: number, consume: (block: FrameBlock) => void): number {
    let frames = 0;
    try {
      frames = this.#walker.walk(
        block,
        (rows) => {
          this.#delivered += rows.count;
          consume(rows);
        },
        () => !this.#closed,
      );
    } finally {
      this.#cursor = (block + 1) % this.#settings.blockCount;
      if (!this.#closed) this.#addon.release(this.#handle, block);
    }
    return frames;
  }

  /** The kernel's counters start again from 0 at each read. */
  #readCounters(): void {
    this.#addon.statistics(this.#handle, this.#sinceLastRead);
    this.#dropped += this.#sinceLastRead[1]!;
    this.#freezes += this.#sinceLastRead[2]!;
  }
}

function interfacesOf({ watched, focus, focusInterfaces }: FilterOrder): CapturedInterface[] {
  return namedInterfaces(focus.length === 0 ? watched : watchable([...watched, ...focusInterfaces]));
}
