import { type DropColumns, StringColumnBuilder } from "@hopline/batch";
import { WINDOW_SECONDS } from "@hopline/flow";
import { ADDRESS_BYTES } from "@hopline/packet";
import type { KernelDropSum } from "./kernel-drops.js";

/** What the kernel dropped, by reason, as rows: nobody knows whose packets they were. */
export function kernelDropColumns(sums: readonly KernelDropSum[]): DropColumns {
  const count = sums.length;
  const addresses = () => new Uint8Array(count * ADDRESS_BYTES);
  const same = (text: string) => {
    const builder = new StringColumnBuilder(count);
    for (let row = 0; row < count; row++) builder.set(row, text);
    return builder.finish();
  };
  const reasons = new StringColumnBuilder(count);
  for (const [row, { reason }] of sums.entries()) reasons.set(row, reason);
  const windowUs = WINDOW_SECONDS * 1e6;
  return {
    count,
    window_start: Uint32Array.from(sums, ({ firstUs }) => Math.floor(firstUs / windowUs) * WINDOW_SECONDS),
    dropped_us: Float64Array.from(sums, ({ firstUs }) => firstUs),
    source: same("kernel"),
    group: new Uint16Array(count),
    prefix: same(""),
    reason: reasons.finish(),
    in_interface: same(""),
    out_interface: same(""),
    is_reply: new Uint8Array(count),
    protocol: new Uint8Array(count),
    connection_id: new Uint32Array(count * 2),
    client_address: addresses(),
    client_port: new Uint16Array(count),
    server_address: addresses(),
    server_port: new Uint16Array(count),
    original_client_address: addresses(),
    original_client_port: new Uint16Array(count),
    original_server_address: addresses(),
    original_server_port: new Uint16Array(count),
    translation: same("untracked"),
    initiator_by: same("ports"),
    packets: Float64Array.from(sums, ({ packets }) => packets),
    bytes: new Float64Array(count),
    packet: same(""),
  };
}
