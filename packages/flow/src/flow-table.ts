import type { DecodedPacket } from "@hopline/packet";
import { type CompiledTable, instantiateTable, rowColumnAt } from "./compiled-table.js";
import type { FlowTableCounters } from "./flow-table-counters.js";
import type { FlowTableOptions } from "./flow-table-options.js";
import { columnsOf, HopRowBuffer } from "./hop-row-buffer.js";
import type { HopRows } from "./hop-rows.js";
import { PacketRecords } from "./packet-record.js";
import { WINDOW_SECONDS } from "./row-flags.js";
import { RowSampling } from "./row-sampling.js";

const WINDOW_MS = WINDOW_SECONDS * 1e3;
const DEFAULT_CAPACITY = 1 << 18;

/**
 * Counts packets into one entry for each connection at each interface, and exports what entries have counted as rows,
 * cut by windows of packet time. The entries, and all that is done for each packet, are compiled (packages/flow/assembly).
 *
 * Rows leave by {@link takeNew} (what has not been reported yet), {@link closeWindow} (each window, and what ended) and
 * {@link flush}. A row holds what was counted since the last row of that direction, never of two windows: a packet of
 * another window than its entry's moves the entry's counts to a row first. Rows add up to all that was counted.
 *
 * Ends: TCP closed by RST or FIN both ways; idle; a SYN that opens the same tuple again; eviction from a full table
 * (the longest closed one, or else the longest idle of a sample of 32).
 */
export class FlowTable {
  /** For {@link FrameCounter}, which has frames counted there. */
  readonly compiled: CompiledTable;
  readonly #records: PacketRecords;
  /** The columns in the compiled table's memory that its rows leave by. */
  readonly #exported: HopRows;
  readonly #rows = new HopRowBuffer();
  readonly #sampling: RowSampling;
  #decodeRare: (frame: number, address: number) => number = () => 0;
  #rowsTaken = 0;

  constructor(options: FlowTableOptions = {}) {
    this.#sampling = new RowSampling(options.isSampled);
    this.compiled = instantiateTable({
      takeRows: (count) => this.#append(count),
      decodeRare: (frame, address) => this.#decodeRare(frame, address),
    });
    this.compiled.reserveTable(
      options.capacity ?? DEFAULT_CAPACITY,
      (options.hashSeed ?? 0) | 0,
      (options.closedLingerMs ?? 5_000) * 1e3,
      Math.ceil((options.idleTimeoutMs ?? 60_000) / WINDOW_MS),
      Math.ceil((options.tcpIdleTimeoutMs ?? 600_000) / WINDOW_MS),
    );
    // From here on the memory does not grow, and views of it stay good.
    const { memory, ROW_CAPACITY } = this.compiled;
    this.#records = new PacketRecords(memory.buffer);
    this.#exported = columnsOf(ROW_CAPACITY.value, (name) => ({
      buffer: memory.buffer,
      offset: rowColumnAt(this.compiled, name),
    }));
  }

  /** Who decodes the frames that the compiled table leaves alone: {@link TableHost.decodeRare}. */
  decodeRareFramesBy(decode: (frame: number, address: number) => number): void {
    this.#decodeRare = decode;
  }

  /** Writes a packet that is to be counted to `address` of the compiled table's memory. */
  writePacket(address: number, packet: DecodedPacket): void {
    this.#records.write(address, packet);
  }

  /**
   * From now on the source captures one in 2^shift connections; 0: all. Rows of connections that are left out carry
   * ROW_SAMPLED, those too that were being counted when it changed.
   */
  setSampling(shift: number): void {
    this.compiled.handOverRows();
    this.#sampling.set(shift);
  }

  /** Counts one decoded packet, whose `timeUs`, `interfaceIndex` and `direction` are set. */
  count(packet: DecodedPacket): void {
    this.#records.write(this.compiled.batchPackets.value, packet);
    this.compiled.countPacket();
  }

  /**
   * Rows of all connections that have not been reported yet, and whatever else waits. To be called often (every
   * 500 ms), so that a connection is known within a second of its first packet.
   *
   * @param nowUs packet time, microseconds since the Unix epoch
   */
  takeNew(nowUs: number): HopRows | undefined {
    this.compiled.exportNew(nowUs);
    return this.#take();
  }

  /**
   * Rows of every window that is over at `nowUs`, of what has ended since, and whatever else waits. Cheap where no
   * window has ended since the last call.
   *
   * @param nowUs packet time, microseconds since the Unix epoch; live, a little less than the clock, so that frames that
   *   are still in the ring find their window open
   */
  closeWindow(nowUs: number): HopRows | undefined {
    if (this.compiled.exportWindows(nowUs) !== 0) {
      this.compiled.handOverRows();
      this.#sampling.windowClosed();
      this.compiled.expireIdle(nowUs);
    }
    return this.#take();
  }

  /** Rows of everything that has been counted and not reported: before the agent stops, or a file has ended. */
  flush(): HopRows | undefined {
    this.compiled.exportAll();
    return this.#take();
  }

  /** Gives rows back that this table handed out, and that nobody reads any more: their memory is used again. */
  recycle(rows: HopRows): void {
    this.#rows.recycle(rows);
  }

  counters(): FlowTableCounters {
    const { compiled, pendingRows } = this;
    return {
      entries: compiled.entriesInUse(),
      pendingRows,
      created: compiled.created.value,
      ended: {
        closed: compiled.endedClosed.value,
        idle: compiled.endedIdle.value,
        reopened: compiled.reopened.value,
      },
      evicted: { closed: compiled.evictedClosed.value, idle: compiled.evictedIdle.value },
      holesForgotten: compiled.forgottenHoles.value,
      icmpErrors: {
        matched: compiled.icmpErrorsMatched.value,
        unmatched: compiled.icmpErrorsUnmatched.value,
      },
      rows: this.#rowsTaken + pendingRows,
    };
  }

  /** Rows that wait to be taken: to be looked at where many end at once, so that they do not pile up. */
  get pendingRows(): number {
    return this.#rows.count + this.compiled.waitingRows();
  }

  #append(count: number): void {
    const first = this.#rows.count;
    this.#rows.append(this.#exported, count);
    this.#sampling.mark(this.#rows.columns, first, first + count);
  }

  #take(): HopRows | undefined {
    this.compiled.handOverRows();
    this.#rowsTaken += this.#rows.count;
    return this.#rows.take();
  }
}
