import { FLOW_TABLE_MODULE } from "./generated/flow-table-module.js";
import type { ColumnName } from "./hop-row-buffer.js";

/** What is used of the engine's interface to WebAssembly: its types come with the browser's otherwise. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

/** A number that the module exports: an address of its memory, or a counter. */
export interface ExportedNumber {
  readonly value: number;
}

/** What assembly/index.ts exports; {@link rowColumnAt} finds the columns of rows. */
export interface CompiledTable {
  readonly memory: { readonly buffer: ArrayBuffer };
  reserveTable(
    capacity: number,
    hashSeed: number,
    closedLingerUs: number,
    idleWindows: number,
    tcpIdleWindows: number,
  ): void;
  countFrames(count: number, isEthernet: number, firstOffset: number): void;
  countPacket(): void;
  exportNew(nowUs: number): void;
  /** @returns 1 where a window has ended since the last call, else 0 */
  exportWindows(nowUs: number): number;
  exportAll(): void;
  expireIdle(nowUs: number): void;
  handOverRows(): void;
  waitingRows(): number;
  entriesInUse(): number;

  readonly created: ExportedNumber;
  readonly endedClosed: ExportedNumber;
  readonly endedIdle: ExportedNumber;
  readonly reopened: ExportedNumber;
  readonly evictedClosed: ExportedNumber;
  readonly evictedIdle: ExportedNumber;
  readonly icmpErrorsMatched: ExportedNumber;
  readonly icmpErrorsUnmatched: ExportedNumber;
  readonly forgottenHoles: ExportedNumber;
  readonly commonFrames: ExportedNumber;
  readonly ignoredFrames: ExportedNumber;
  readonly latestUs: ExportedNumber;

  readonly encapsulationsByPort: ExportedNumber;
  readonly frameBytes: ExportedNumber;
  readonly frameOffsets: ExportedNumber;
  readonly frameCapturedLengths: ExportedNumber;
  readonly frameWireLengths: ExportedNumber;
  readonly frameTimesUs: ExportedNumber;
  readonly frameInterfaceIndexes: ExportedNumber;
  readonly frameDirections: ExportedNumber;
  readonly frameVlanTags: ExportedNumber;
  readonly frameGsoSizes: ExportedNumber;
  readonly ignoredInterfaces: ExportedNumber;
  readonly batchPackets: ExportedNumber;
  readonly FRAME_BYTES: ExportedNumber;
  readonly FRAME_CAPACITY: ExportedNumber;
  readonly IGNORABLE_INTERFACES: ExportedNumber;
  readonly ROW_CAPACITY: ExportedNumber;
}

/** What the module asks of its host. */
export interface TableHost {
  /** Copies the first `count` rows of the module's columns: they are cleared afterwards. */
  takeRows(count: number): void;
  /**
   * Decodes the frame that decodeCommon left alone.
   *
   * @param address of the packet to fill, where the frame is to be counted
   * @returns 1 where it is, else 0
   */
  decodeRare(frame: number, address: number): number;
}

let compiled: object | undefined;

/** A new instance of what packages/flow/assembly is compiled to, with a memory of its own. */
export function instantiateTable(host: TableHost): CompiledTable {
  compiled ??= new WebAssembly.Module(Buffer.from(FLOW_TABLE_MODULE, "base64"));
  const { exports } = new WebAssembly.Instance(compiled, {
    "row-export": { takeRows: (count: number) => host.takeRows(count) },
    frames: { decodeRare: (frame: number, address: number) => host.decodeRare(frame, address) },
    env: {
      abort: () => {
        throw new RangeError("There is no memory for a flow table of this capacity.");
      },
    },
  });
  // The compiler of assembly/ and this interface are kept together by hand; a missing name fails in the first test.
  return exports as CompiledTable;
}

/** Where a column of the rows that are exported begins in the memory. */
export function rowColumnAt(table: CompiledTable, name: ColumnName): number {
  const columns = table as CompiledTable & Readonly<Partial<Record<ColumnName, ExportedNumber>>>;
  const column = columns[name];
  if (column === undefined) throw new TypeError(`the compiled flow table has no column ${name}`);
  return column.value;
}
