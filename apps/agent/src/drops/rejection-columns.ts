import { type DropColumns, type HopColumns, StringColumnBuilder } from "@hopline/batch";
import { WINDOW_SECONDS } from "@hopline/flow";
import { ADDRESS_BYTES } from "@hopline/packet";

const WINDOW_US = WINDOW_SECONDS * 1e6;

/** Packets that somebody refused to pass on, as the hop saw it by which they came into the node. */
export interface Rejection {
  readonly source: "icmp" | "rst";
  /** The ICMP message in words; empty for an RST. */
  readonly reason: string;
  readonly packets: number;
  /** Where the packets left the node, if they did; else empty. */
  readonly outInterface: string;
  /** Of the hop's row: one batch's columns, and which row. */
  readonly columns: HopColumns;
  readonly row: number;
}

/** Rejections as rows of drop evidence. */
export function rejectionColumns(rejections: readonly Rejection[]): DropColumns {
  const count = rejections.length;
  const numbers = <Column extends Uint8Array | Uint16Array | Uint32Array | Float64Array>(
    column: Column,
    of: (rejection: Rejection) => number,
  ): Column => {
    for (const [at, rejection] of rejections.entries()) column[at] = of(rejection);
    return column;
  };
  const texts = (of: (rejection: Rejection) => string) => {
    const builder = new StringColumnBuilder(count);
    for (const [at, rejection] of rejections.entries()) builder.set(at, of(rejection));
    return builder.finish();
  };
  const addresses = (of: (columns: HopColumns) => Uint8Array) => {
    const column = new Uint8Array(count * ADDRESS_BYTES);
    for (const [at, { columns, row }] of rejections.entries())
      column.set(of(columns).subarray(row * ADDRESS_BYTES, (row + 1) * ADDRESS_BYTES), at * ADDRESS_BYTES);
    return column;
  };
  const ids = new Uint32Array(count * 2);
  for (const [at, { columns, row }] of rejections.entries())
    ids.set(columns.connection_id.subarray(row * 2, row * 2 + 2), at * 2);
  return {
    count,
    window_start: numbers(new Uint32Array(count), ({ columns, row }) => columns.window_start[row]!),
    dropped_us: numbers(new Float64Array(count), droppedUs),
    source: texts(({ source }) => source),
    group: new Uint16Array(count),
    prefix: texts(() => ""),
    reason: texts(({ reason }) => reason),
    in_interface: texts(({ columns, row }) => textAt(columns.interface, row)),
    out_interface: texts(({ outInterface }) => outInterface),
    is_reply: numbers(new Uint8Array(count), ({ columns, row }) => columns.is_reply[row]!),
    protocol: numbers(new Uint8Array(count), ({ columns, row }) => columns.protocol[row]!),
    connection_id: ids,
    client_address: addresses((columns) => columns.client_address),
    client_port: numbers(new Uint16Array(count), ({ columns, row }) => columns.client_port[row]!),
    server_address: addresses((columns) => columns.server_address),
    server_port: numbers(new Uint16Array(count), ({ columns, row }) => columns.server_port[row]!),
    original_client_address: addresses((columns) => columns.original_client_address),
    original_client_port: numbers(
      new Uint16Array(count),
      ({ columns, row }) => columns.original_client_port[row]!,
    ),
    original_server_address: addresses((columns) => columns.original_server_address),
    original_server_port: numbers(
      new Uint16Array(count),
      ({ columns, row }) => columns.original_server_port[row]!,
    ),
    translation: texts(({ columns, row }) => textAt(columns.translation, row)),
    initiator_by: texts(({ columns, row }) => textAt(columns.initiator_by, row)),
    packets: numbers(new Float64Array(count), ({ packets }) => packets),
    bytes: numbers(new Float64Array(count), bytesOf),
    packet: texts(() => ""),
  };
}

export function textAt({ values, indexes }: HopColumns["role"], row: number): string {
  return values[indexes[row]!]!;
}

/** The row's first packet; its window's beginning where that was counted in an earlier one. */
function droppedUs({ columns, row }: Rejection): number {
  const windowUs = columns.window_start[row]! * 1e6;
  return Math.min(Math.max(columns.first_seen_us[row]!, windowUs), windowUs + WINDOW_US - 1);
}

/** 0 where some of the row's packets got through: nobody knows how large the others were. */
function bytesOf({ columns, row, packets }: Rejection): number {
  return columns.packets[row] === packets ? columns.bytes[row]! : 0;
}
