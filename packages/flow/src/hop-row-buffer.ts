import type { HopRows } from "./hop-rows.js";
import { RowSampling } from "./row-sampling.js";

const INITIAL_ROWS = 64;
const MOST_SPARE = 2;
/** Rows that fill no more than one part in so many of the buffer are copied out of it. */
const FEW_SHARE = 4;
const ADDRESS_BYTES = 16;
/**
 * Columns whose distance is a power of two share one set of the processor's cache, which holds fewer lines than a row
 * has columns: each write would push out another column's line.
 */
const STAGGER_BYTES = 5 * 64;

/**
 * Columns of rows that wait to be handed out; they double when full.
 *
 * A row is added by {@link add}, whose number is then used to write its columns. The columns of SPARSE_COLUMNS are zero
 * in a new row, so that who writes one leaves those alone that have nothing to say; all others must be written.
 */
export class HopRowBuffer {
  columns: HopRows = allocate(INITIAL_ROWS, STAGGER_BYTES);
  /** Big-endian writers over the address columns. */
  sourceView = viewOf(this.columns.sourceAddresses);
  destinationView = viewOf(this.columns.destinationAddresses);
  outerSourceView = viewOf(this.columns.outerSourceAddresses);
  outerDestinationView = viewOf(this.columns.outerDestinationAddresses);
  icmpErrorSourceView = viewOf(this.columns.icmpErrorSources);
  count = 0;
  readonly sampling: RowSampling;
  #capacity = INITIAL_ROWS;
  /** Given back, cleared, each of the present capacity. */
  readonly #spare: HopRows[] = [];

  constructor(sampling = new RowSampling()) {
    this.sampling = sampling;
  }

  /** Number of the new row. */
  add(): number {
    if (this.count === this.#capacity) this.#grow();
    return this.count++;
  }

  /**
   * All rows so far, or undefined where there are none; the buffer is empty afterwards.
   * The arrays are the caller's own, at least `count` rows long, and all views of one ArrayBuffer: `transferable` of it
   * moves them to another thread without a copy. Who is done with them may give them back by {@link recycle}.
   */
  take(): HopRows | undefined {
    const count = this.count;
    if (count === 0) return undefined;
    this.count = 0;
    const columns = this.columns;
    if (count * FEW_SHARE <= this.#capacity) {
      const rows = allocate(count, 0);
      copyColumns(columns, rows, count);
      clearSparse(columns, count);
      return rows;
    }
    columns.count = count;
    this.#use(this.#spare.pop() ?? allocate(this.#capacity, STAGGER_BYTES));
    return columns;
  }

  /** Rows that {@link take} gave, to be written again: new memory would have to be had from the kernel page by page. */
  recycle(rows: HopRows): void {
    const capacity = rows.protocols.length;
    if (capacity !== this.#capacity || this.#spare.length === MOST_SPARE) return;
    clearSparse(rows, Math.min(rows.count, capacity));
    this.#spare.push(rows);
  }

  #grow(): void {
    const grown = allocate(this.#capacity * 2, STAGGER_BYTES);
    copyColumns(this.columns, grown, this.count);
    this.#capacity *= 2;
    this.#spare.length = 0;
    this.#use(grown);
  }

  #use(columns: HopRows): void {
    this.columns = columns;
    this.sourceView = viewOf(columns.sourceAddresses);
    this.destinationView = viewOf(columns.destinationAddresses);
    this.outerSourceView = viewOf(columns.outerSourceAddresses);
    this.outerDestinationView = viewOf(columns.outerDestinationAddresses);
    this.icmpErrorSourceView = viewOf(columns.icmpErrorSources);
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
  outOfOrderBytes: [Float64Array, 1],
  outOfOrderPackets: [Float64Array, 1],
  gapBytes: [Float64Array, 1],
  synPackets: [Float64Array, 1],
  synAckPackets: [Float64Array, 1],
  finPackets: [Float64Array, 1],
  rstPackets: [Float64Array, 1],
  zeroWindowPackets: [Float64Array, 1],
  handshakeUs: [Float64Array, 1],
  dataRoundTripSumUs: [Float64Array, 1],
  dataRoundTripCount: [Float64Array, 1],
  timestampRoundTripCount: [Float64Array, 1],
  superFrames: [Float64Array, 1],
  superFrameSegments: [Float64Array, 1],
  fragments: [Float64Array, 1],
  icmpErrors: [Float64Array, 1],
  windowStarts: [Uint32Array, 1],
  interfaceIndexes: [Int32Array, 1],
  vnis: [Int32Array, 1],
  icmpErrorMtus: [Uint32Array, 1],
  sourcePorts: [Uint16Array, 1],
  destinationPorts: [Uint16Array, 1],
  vlans: [Uint16Array, 1],
  maximumSegmentSizes: [Uint16Array, 1],
  sourceAddresses: [Uint8Array, ADDRESS_BYTES],
  destinationAddresses: [Uint8Array, ADDRESS_BYTES],
  outerSourceAddresses: [Uint8Array, ADDRESS_BYTES],
  outerDestinationAddresses: [Uint8Array, ADDRESS_BYTES],
  icmpErrorSources: [Uint8Array, ADDRESS_BYTES],
  protocols: [Uint8Array, 1],
  directions: [Uint8Array, 1],
  initiators: [Uint8Array, 1],
  rowFlags: [Uint8Array, 1],
  tcpFlags: [Uint8Array, 1],
  tcpOptions: [Uint8Array, 1],
  windowScales: [Int8Array, 1],
  closings: [Uint8Array, 1],
  encapsulations: [Uint8Array, 1],
  icmpErrorTypes: [Uint8Array, 1],
  icmpErrorCodes: [Uint8Array, 1],
} as const satisfies { [Name in ColumnName]: readonly [ArrayConstructorOf<HopRows[Name]>, number] };

type ArrayConstructorOf<Column> = new (buffer: ArrayBuffer, offset: number, length: number) => Column;

const COLUMN_NAMES = Object.keys(COLUMNS) as ColumnName[];
const ROW_BYTES = COLUMN_NAMES.reduce(
  (sum, name) => sum + COLUMNS[name][0].BYTES_PER_ELEMENT * COLUMNS[name][1],
  0,
);

/** Columns that most rows have nothing for. */
const SPARSE_COLUMNS: readonly ColumnName[] = [
  "retransmittedBytes",
  "retransmittedPackets",
  "outOfOrderBytes",
  "outOfOrderPackets",
  "gapBytes",
  "synPackets",
  "synAckPackets",
  "finPackets",
  "rstPackets",
  "zeroWindowPackets",
  "dataRoundTripSumUs",
  "dataRoundTripCount",
  "timestampRoundTripCount",
  "superFrames",
  "superFrameSegments",
  "fragments",
  "icmpErrors",
  "icmpErrorTypes",
  "icmpErrorCodes",
  "icmpErrorSources",
  "icmpErrorMtus",
  "tcpOptions",
  "maximumSegmentSizes",
  "closings",
  "encapsulations",
  "outerSourceAddresses",
  "outerDestinationAddresses",
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

function clearSparse(columns: HopRows, count: number): void {
  for (const name of SPARSE_COLUMNS) columns[name].fill(0, 0, count * COLUMNS[name][1]);
}

function copyColumns(from: HopRows, to: HopRows, count: number): void {
  for (const name of COLUMN_NAMES) to[name].set(from[name].subarray(0, count * COLUMNS[name][1]));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
