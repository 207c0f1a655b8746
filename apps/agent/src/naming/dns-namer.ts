import { type DnsColumns, StringColumnBuilder } from "@hopline/batch";
import type { DnsRows } from "@hopline/flow";
import { ADDRESS_BYTES, isIpv4 } from "@hopline/packet";
import type { Topology } from "@hopline/topology";
import type { InterfaceDirectory } from "./interface-directory.js";

export interface DnsNamerOptions {
  readonly topology: Topology;
  readonly interfaces: InterfaceDirectory;
}

/** What a dictionary column's 16-bit indexes hold, were every row's name another. */
const MAX_ROWS = 65_536;

/** Turns DNS questions as they were counted into what batches hold: with the interface's name and role. */
export class DnsNamer {
  readonly #options: DnsNamerOptions;

  constructor(options: DnsNamerOptions) {
    this.#options = options;
  }

  /** One batch's columns each. */
  name(rows: DnsRows): DnsColumns[] {
    const batches: DnsColumns[] = [];
    for (let start = 0; start < rows.count; start += MAX_ROWS)
      batches.push(this.#columns(rows, start, Math.min(start + MAX_ROWS, rows.count)));
    return batches;
  }

  #columns(rows: DnsRows, start: number, end: number): DnsColumns {
    const count = end - start;
    const interfaces = new StringColumnBuilder(count);
    const roles = new StringColumnBuilder(count);
    const names = new StringColumnBuilder(count);
    const attached = new Uint8Array(count * ADDRESS_BYTES);
    const { topology } = this.#options;
    for (let row = start; row < end; row++) {
      const to = row - start;
      const label = this.#options.interfaces.labelOf(rows.interfaceIndexes[row]!);
      interfaces.set(to, label.name);
      roles.set(to, label.role);
      names.set(to, rows.names[row]!);
      if (label.role !== "pod") continue;
      const address = topology.attachedAddress(label.name, isIpv4(rows.clientAddresses, row * ADDRESS_BYTES));
      if (address !== undefined) attached.set(address, to * ADDRESS_BYTES);
    }
    return {
      count,
      window_start: rows.windowStarts.subarray(start, end),
      interface_index: rows.interfaceIndexes.subarray(start, end),
      interface: interfaces.finish(),
      role: roles.finish(),
      direction: rows.directions.subarray(start, end),
      attached_address: attached,
      protocol: rows.protocols.subarray(start, end),
      client_address: rows.clientAddresses.subarray(start * ADDRESS_BYTES, end * ADDRESS_BYTES),
      server_address: rows.serverAddresses.subarray(start * ADDRESS_BYTES, end * ADDRESS_BYTES),
      server_port: rows.serverPorts.subarray(start, end),
      name: names.finish(),
      type: rows.types.subarray(start, end),
      code: rows.codes.subarray(start, end),
      questions: rows.questions.subarray(start, end),
      latency_sum_us: rows.latencySumUs.subarray(start, end),
      latency_max_us: rows.latencyMaxUs.subarray(start, end),
    };
  }
}
