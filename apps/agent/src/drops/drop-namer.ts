import { type DropColumns, StringColumnBuilder } from "@hopline/batch";
import { copyAddress, copyReversed, copyTuple, emptyFound, type TranslationTable } from "@hopline/conntrack";
import { WINDOW_SECONDS, writeConnectionId } from "@hopline/flow";
import { ADDRESS_BYTES } from "@hopline/packet";
import { isSourceInitiator } from "../naming/initiator.js";
import type { InterfaceDirectory } from "../naming/interface-directory.js";
import type { DropSum } from "./drop-sums.js";

export interface DropNamerOptions {
  readonly translations: TranslationTable;
  readonly interfaces: InterfaceDirectory;
}

/** Turns what rules have dropped into what batches hold: by the connection that it belongs to, as hop rows are named. */
export class DropNamer {
  readonly #options: DropNamerOptions;
  readonly #found = emptyFound();

  constructor(options: DropNamerOptions) {
    this.#options = options;
  }

  /** @param sums at most 65,536. */
  name(sums: readonly DropSum[]): DropColumns {
    const count = sums.length;
    const addresses = () => new Uint8Array(count * ADDRESS_BYTES);
    const strings = () => new StringColumnBuilder(count);
    const columns = {
      window_start: new Uint32Array(count),
      dropped_us: new Float64Array(count),
      group: new Uint16Array(count),
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
      packets: new Float64Array(count),
      bytes: new Float64Array(count),
    };
    const [source, prefix, reason, translation, initiatorBy, packet] = [
      ...[strings(), strings(), strings()],
      ...[strings(), strings(), strings()],
    ] as const;
    const [inInterface, outInterface] = [strings(), strings()];
    for (const [row, sum] of sums.entries()) {
      const tracked = this.#find(sum);
      const { serverSeen, original, isReply } = this.#found;
      columns.window_start[row] = Math.floor(sum.firstUs / (WINDOW_SECONDS * 1e6)) * WINDOW_SECONDS;
      columns.dropped_us[row] = sum.firstUs;
      columns.group[row] = sum.group;
      columns.is_reply[row] = isReply ? 1 : 0;
      columns.protocol[row] = sum.tuple.protocol;
      columns.packets[row] = sum.packets;
      columns.bytes[row] = sum.bytes;
      writeConnectionId(
        columns.connection_id,
        row,
        sum.tuple.protocol,
        serverSeen.source,
        0,
        serverSeen.sourcePort,
        serverSeen.destination,
        0,
        serverSeen.destinationPort,
      );
      const at = row * ADDRESS_BYTES;
      copyAddress(serverSeen.source, 0, columns.client_address, at);
      copyAddress(serverSeen.destination, 0, columns.server_address, at);
      copyAddress(original.source, 0, columns.original_client_address, at);
      copyAddress(original.destination, 0, columns.original_server_address, at);
      columns.client_port[row] = serverSeen.sourcePort;
      columns.server_port[row] = serverSeen.destinationPort;
      columns.original_client_port[row] = original.sourcePort;
      columns.original_server_port[row] = original.destinationPort;
      source.set(row, "nflog");
      prefix.set(row, sum.prefix);
      reason.set(row, "");
      inInterface.set(row, this.#interfaceName(sum.inInterface));
      outInterface.set(row, this.#interfaceName(sum.outInterface));
      translation.set(row, tracked ? this.#found.translation : "untracked");
      initiatorBy.set(row, tracked ? "conntrack" : sum.opens ? "handshake" : "ports");
      packet.set(row, Buffer.from(sum.packet).toString("hex"));
    }
    return {
      count,
      ...columns,
      source: source.finish(),
      prefix: prefix.finish(),
      reason: reason.finish(),
      in_interface: inInterface.finish(),
      out_interface: outInterface.finish(),
      translation: translation.finish(),
      initiator_by: initiatorBy.finish(),
      packet: packet.finish(),
    };
  }

  /** Leaves in `#found` the connection as its initiator began it. @returns whether the translation table has it. */
  #find({ tuple, firstUs, opens }: DropSum): boolean {
    const found = this.#found;
    if (this.#options.translations.find(tuple, firstUs, firstUs, found)) return true;
    found.isReply = !(opens || isSourceInitiator(tuple));
    if (found.isReply) copyReversed(tuple, found.serverSeen);
    else copyTuple(tuple, found.serverSeen);
    copyTuple(found.serverSeen, found.original);
    return false;
  }

  #interfaceName(index: number): string {
    return index === 0 ? "" : this.#options.interfaces.labelOf(index).name;
  }
}
