import type { DnsIdentityColumns } from "@hopline/store";
import { DIRECTION_UNKNOWN } from "../hop-direction.js";
import type { DnsTable } from "../ingest/dns-table.js";
import type { AddressOwner, NamedEnd } from "./address-book.js";
import { AddressIds } from "./address-ids.js";
import type { HopNamerOptions } from "./hop-namer.js";
import { endColumns } from "./identity-columns.js";
import { NameCache } from "./name-cache.js";
import { Pending } from "./pending.js";
import { isReporter, type Observation } from "./reporter-rule.js";
import { constantColumn, RowPicks } from "./row-picks.js";

export type DnsNamerOptions = Pick<HopNamerOptions, "book" | "presence" | "givenUpAddresses">;

export interface NamedDns {
  readonly identity: DnsIdentityColumns;
  /** What may still become known; the batch is named once more then. */
  readonly pending: Pending;
  /** Rows with an end that nobody could name. */
  readonly unnamedRows: number;
}

/** A row tells its window, not the moment: a pod may have had its address at the end of it only, or at its start only. */
const MOMENTS_MS = [9_999, 5_000, 0];

/** Names both ends of DNS questions as of their windows, and chooses the rows that speak for them. */
export class DnsNamer {
  readonly #options: DnsNamerOptions;

  constructor(options: DnsNamerOptions) {
    this.#options = options;
  }

  name(table: DnsTable): NamedDns {
    return new Naming(this.#options, table).run();
  }
}

/** One pass over one batch. */
class Naming {
  readonly #options: DnsNamerOptions;
  readonly #table: DnsTable;
  readonly #ids = new AddressIds();
  readonly #names: NameCache;
  readonly #pending = new Pending();
  /** Questions that a pod asked through its own interface here: {@link questionOf}. */
  readonly #askedByPods = new Set<string>();

  constructor(options: DnsNamerOptions, table: DnsTable) {
    this.#options = options;
    this.#table = table;
    this.#names = new NameCache(options.book, this.#ids);
  }

  run(): NamedDns {
    const { count, header } = this.#table;
    const clients = new RowPicks<NamedEnd>(count);
    const servers = new RowPicks<NamedEnd>(count);
    const reporter = new Uint8Array(count);
    /** Rows of the node's own address: a pod's questions pass once more under it, where they are masqueraded. */
    const ofNode: number[] = [];
    let unnamedRows = 0;
    for (let row = 0; row < count; row++) {
      const client = this.#owner(row, this.#ids.idOf(this.#table.clientAddresses, row), 0);
      const server = this.#owner(
        row,
        this.#ids.idOf(this.#table.serverAddresses, row),
        this.#table.serverPorts[row] as number,
      );
      clients.set(row, client.end);
      servers.set(row, server.end);
      if (client.pending || server.pending) this.#pending.rows++;
      if (client.end.kind === "unknown" || server.end.kind === "unknown") unnamedRows++;
      if (!this.#speaks(row, client, server)) continue;
      reporter[row] = 1;
      if (client.ownsInterface) this.#askedByPods.add(this.#questionOf(row));
      else if (client.end.node === header.node) ofNode.push(row);
    }
    for (const row of ofNode) if (this.#askedByPods.has(this.#questionOf(row))) reporter[row] = 0;
    return { identity: this.#columns(clients, servers, reporter), pending: this.#pending, unnamedRows };
  }

  /** Who had an address within the row's window; a name that may be on its way is waited for. */
  #owner(row: number, id: number, port: number): AddressOwner {
    const startMs = (this.#table.windowStarts[row] as number) * 1000;
    const protocol = this.#table.protocols[row] as number;
    let best: AddressOwner | undefined;
    for (const momentMs of MOMENTS_MS) {
      const owner = this.#names.listener(id, port, protocol, startMs + momentMs);
      if (owner.end.kind !== "unknown" && owner.end.kind !== "external") return owner;
      if (best === undefined || best.pending) best = owner;
    }
    const owner = best as AddressOwner;
    const address = this.#names.text(id);
    if (!owner.pending || this.#options.givenUpAddresses.has(address)) return { ...owner, pending: false };
    this.#pending.addAddress(address, startMs + (MOMENTS_MS[0] as number));
    return owner;
  }

  #speaks(row: number, client: AddressOwner, server: AddressOwner): boolean {
    const { header, roles, directions } = this.#table;
    const here = header.node;
    const clientNodeReports = this.#reports(client.end.node, row);
    const observation: Observation = {
      isReply: false,
      direction: directions[row] as number,
      role: roles.values[roles.indexes[row] as number] as string,
      attached: "unknown",
      clientHere: client.end.node === here,
      serverHere: server.end.node === here,
      clientNodeReports,
      serverNodeReports: !clientNodeReports && this.#reports(server.end.node, row),
      clientPodHere: client.ownsInterface && client.end.node === here,
      serverPodHere: server.ownsInterface && server.end.node === here,
    };
    if (observation.direction === DIRECTION_UNKNOWN) observation.attached = this.#attached(row);
    return isReporter(observation);
  }

  #attached(row: number): Observation["attached"] {
    const { attachedAddresses, clientAddresses, serverAddresses } = this.#table;
    const attached = this.#ids.idOf(attachedAddresses, row);
    if (attached === this.#ids.idOf(clientAddresses, row)) return "client";
    return attached === this.#ids.idOf(serverAddresses, row) ? "server" : "unknown";
  }

  /** Hop rows decide which nodes have an agent; questions go by it. */
  #reports(node: string, row: number): boolean {
    if (node === "") return false;
    const window = this.#table.windowStarts[row] as number;
    const presence = this.#options.presence.ask(node, window);
    if (presence === "undecided") this.#pending.addNode(node, window);
    return presence === "present";
  }

  #questionOf(row: number): string {
    const { windowStarts, names, types, serverAddresses } = this.#table;
    return [windowStarts[row], this.#ids.idOf(serverAddresses, row), types[row], names.indexes[row]].join(
      " ",
    );
  }

  #columns(
    clients: RowPicks<NamedEnd>,
    servers: RowPicks<NamedEnd>,
    reporter: Uint8Array,
  ): DnsIdentityColumns {
    const { count, header } = this.#table;
    return {
      count,
      node: constantColumn(header.node, count),
      ...endColumns(clients, servers),
      reporter,
    };
  }
}
