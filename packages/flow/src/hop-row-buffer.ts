import type { HopRows } from "./hop-rows.js";

const INITIAL_ROWS = 64;
const MOST_SPARE = 2;
/** Rows that fill no more than one part in so many of the buffer are copied out of it. */
const FEW_SHARE = 4;
const ADDRESS_BYTES = 16;

/** Columns of rows that wait to be handed out; they double when full. */
export class HopRowBuffer {
  columns: HopRows = allocate(INITIAL_ROWS);
  count = 0;
  #capacity = INITIAL_ROWS;
  /** Given back, each of the present capacity. */
  readonly #spare: HopRows[] = [];

  /** Copies the first `count` rows of `rows` behind those that wait. */
  append(rows: HopRows, count: number): void {
    while (this.count + count > this.#capacity) this.#grow();
    copyColumns(rows, this.columns, count, this.count);
    this.count += count;
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
      const rows = allocate(count);
      copyColumns(columns, rows, count, 0);
      return rows;
    }
    columns.count = count;
    this.columns = this.#spare.pop() ?? allocate(this.#capacity);
    return columns;
  }

  /** Rows that {@link take} gave, to be written again: new memory would have to be had from the kernel page by page. */
  recycle(rows: HopRows): void {
    if (rows.protocols.length !== this.#capacity || this.#spare.length === MOST_SPARE) return;
    this.#spare.push(rows);
  }

  #grow(): void {
    const grown = allocate(this.#capacity * 2);
    copyColumns(this.columns, grown, this.count, 0);
    this.#capacity *= 2;
    this.#spare.length = 0;
    this.columns = grown;
  }
}

/** The buffer to name in a transfer list, so that `postMessage(rows, [transferable(rows)])` copies nothing. */
export function transferable(rows: HopRows): ArrayBuffer {
  return rows.windowStarts.buffer as ArrayBuffer;
}

export type ColumnName = Exclude<keyof HopRows, "count">;

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

/** Columns of `rows` rows in one ArrayBuffer, zeroed. */
function allocate(rows: number): HopRows {
  let end = 0;
  const buffer = new ArrayBuffer(rows * ROW_BYTES);
  return columnsOf(rows, (name) => {
    const offset = end;
    end += rows * COLUMNS[name][0].BYTES_PER_ELEMENT * COLUMNS[name][1];
    return { buffer, offset };
  });
}

/** Columns of `rows` rows, each where `placeOf` says. */
export function columnsOf(
  rows: number,
  placeOf: (name: ColumnName) => { buffer: ArrayBuffer; offset: number },
): HopRows {
  const columns: Partial<Record<ColumnName, HopRows[ColumnName]>> = {};
  for (const name of COLUMN_NAMES) {
    const [Column, width] = COLUMNS[name];
    const { buffer, offset } = placeOf(name);
    columns[name] = new Column(buffer, offset, rows * width);
  }
  return { count: rows, ...columns } as HopRows;
}

/** Copies `count` rows, from the first on, to row `at` and after. */
function copyColumns(from: HopRows, to: HopRows, count: number, at: number): void {
  for (const name of COLUMN_NAMES) {
    const width = COLUMNS[name][1];
    to[name].set(from[name].subarray(0, count * width), at * width);
  }
}
