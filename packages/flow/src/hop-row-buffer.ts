import type { HopRows } from "./hop-rows.js";

const INITIAL_ROWS = 64;
const ADDRESS_BYTES = 16;
/**
 * Columns whose distance is a power of two share one set of the processor's cache, which holds fewer lines than a row
 * has columns: each write would push out another column's line.
 */
const STAGGER_BYTES = 5 * 64;

/**
 * Columns of rows that wait to be handed out; they double when full.
 *
 * A row is added by {@link add}, whose number is then used to write its columns. All columns of a new row are zero,
 * except `handshakeUs` and `vnis`, which are -1; who writes a row leaves those alone that have nothing to say.
 */
export class HopRowBuffer {
  columns: HopRows = allocateEmpty(INITIAL_ROWS);
  /** Big-endian writers over the address columns. */
  sourceView = viewOf(this.columns.sourceAddresses);
  destinationView = viewOf(this.columns.destinationAddresses);
  outerSourceView = viewOf(this.columns.outerSourceAddresses);
  outerDestinationView = viewOf(this.columns.outerDestinationAddresses);
  count = 0;
  #capacity = INITIAL_ROWS;

  /** Number of the new row. */
  add(): number {
    if (this.count === this.#capacity) this.#grow();
    return this.count++;
  }

  /**
   * All rows so far, or undefined where there are none; the buffer is empty afterwards.
   * The arrays are exactly `count` rows long, the caller's own, and all views of one ArrayBuffer: `transferable` of it
   * moves them to another thread without a copy.
   */
  take(): HopRows | undefined {
    const count = this.count;
    if (count === 0) return undefined;
    const rows = allocate(count, 0);
    const columns = this.columns;
    copyColumns(columns, rows, count);
    // Only what `add` promises to be zero and rows do not always write.
    clearSparse(columns, count);
    this.count = 0;
    return rows;
  }

  #grow(): void {
    const grown = allocateEmpty(this.#capacity * 2);
    copyColumns(this.columns, grown, this.count);
    this.columns = grown;
    this.sourceView = viewOf(grown.sourceAddresses);
    this.destinationView = viewOf(grown.destinationAddresses);
    this.outerSourceView = viewOf(grown.outerSourceAddresses);
    this.outerDestinationView = viewOf(grown.outerDestinationAddresses);
    this.#capacity *= 2;
  }
}

/** The buffer to name in a transfer list, so that `postMessage(rows, [transferable(rows)])` copies nothing. */
export function transferable(rows: HopRows): ArrayBuffer {
  return rows.windowStarts.buffer as ArrayBuffer;
}

type ColumnName = Exclude<keyof HopRows, "count">;

/** Array type and elements a row of each column, the widest elements first, so that each column is aligned. */
const COLUMNS = {
  firstUs: [Float64Array, 1],
  lastUs: [Float64Array, 1],
  packets: [Float64Array, 1],
  bytes: [Float64Array, 1],
  payloadBytes: [Float64Array, 1],
  payloadPackets: [Float64Array, 1],
  retransmittedBytes: [Float64Array, 1],
  retransmittedPackets: [Float64Array, 1],
  gapBytes: [Float64Array, 1],
  synPackets: [Float64Array, 1],
  synAckPackets: [Float64Array, 1],
  finPackets: [Float64Array, 1],
  rstPackets: [Float64Array, 1],
  zeroWindowPackets: [Float64Array, 1],
  handshakeUs: [Float64Array, 1],
  dataRoundTripSumUs: [Float64Array, 1],
  dataRoundTripCount: [Float64Array, 1],
  windowStarts: [Uint32Array, 1],
  interfaceIndexes: [Int32Array, 1],
  vnis: [Int32Array, 1],
  sourcePorts: [Uint16Array, 1],
  destinationPorts: [Uint16Array, 1],
  vlans: [Uint16Array, 1],
  sourceAddresses: [Uint8Array, ADDRESS_BYTES],
  destinationAddresses: [Uint8Array, ADDRESS_BYTES],
  outerSourceAddresses: [Uint8Array, ADDRESS_BYTES],
  outerDestinationAddresses: [Uint8Array, ADDRESS_BYTES],
  protocols: [Uint8Array, 1],
  directions: [Uint8Array, 1],
  initiators: [Uint8Array, 1],
  rowFlags: [Uint8Array, 1],
  tcpFlags: [Uint8Array, 1],
} as const satisfies { [Name in ColumnName]: readonly [ArrayConstructorOf<HopRows[Name]>, number] };

type ArrayConstructorOf<Column> = new (buffer: ArrayBuffer, offset: number, length: number) => Column;

const COLUMN_NAMES = Object.keys(COLUMNS) as ColumnName[];
const ROW_BYTES = COLUMN_NAMES.reduce(
  (sum, name) => sum + COLUMNS[name][0].BYTES_PER_ELEMENT * COLUMNS[name][1],
  0,
);

/** What a column of a new row holds where it is not 0. */
const SPARSE_COLUMNS: readonly (readonly [ColumnName, number])[] = [
  ["retransmittedBytes", 0],
  ["retransmittedPackets", 0],
  ["gapBytes", 0],
  ["synPackets", 0],
  ["synAckPackets", 0],
  ["finPackets", 0],
  ["rstPackets", 0],
  ["zeroWindowPackets", 0],
  ["handshakeUs", -1],
  ["dataRoundTripSumUs", 0],
  ["dataRoundTripCount", 0],
  ["outerSourceAddresses", 0],
  ["outerDestinationAddresses", 0],
  ["vnis", -1],
];

/** Zeroed columns of `rows` rows in one ArrayBuffer, each `staggerBytes` further on than it need be. */
function allocate(rows: number, staggerBytes: number): HopRows {
  const buffer = new ArrayBuffer(rows * ROW_BYTES + COLUMN_NAMES.length * staggerBytes);
  const columns: Partial<Record<ColumnName, HopRows[ColumnName]>> = {};
  let offset = 0;
  for (const name of COLUMN_NAMES) {
    const [Column, width] = COLUMNS[name];
    columns[name] = new Column(buffer, offset, rows * width);
    offset += columns[name].byteLength + staggerBytes;
  }
  return { count: rows, ...columns } as HopRows;
}

/** Columns to write rows into, as {@link HopRowBuffer.add} promises them. */
function allocateEmpty(rows: number): HopRows {
  const columns = allocate(rows, STAGGER_BYTES);
  clearSparse(columns, rows);
  return columns;
}

function clearSparse(columns: HopRows, count: number): void {
  for (const [name, value] of SPARSE_COLUMNS) columns[name].fill(value, 0, count * COLUMNS[name][1]);
}

function copyColumns(from: HopRows, to: HopRows, count: number): void {
  for (const name of COLUMN_NAMES) to[name].set(from[name].subarray(0, count * COLUMNS[name][1]));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
