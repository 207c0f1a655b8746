import type { DropIdentityColumns } from "@hopline/store";
import type { DropTable } from "../ingest/drop-table.js";
import { type Judged, notJudged } from "../policy/judged.js";
import type { DialledService, NamedEnd } from "./address-book.js";
import { AddressIds } from "./address-ids.js";
import { BatchVerdicts } from "./batch-verdicts.js";
import type { HopNamerOptions } from "./hop-namer.js";
import { endColumns, serviceColumns } from "./identity-columns.js";
import { NameCache } from "./name-cache.js";
import { Pending } from "./pending.js";
import { constantColumn, RowPicks } from "./row-picks.js";

export type DropNamerOptions = Pick<HopNamerOptions, "book" | "judge" | "givenUpAddresses">;

export interface NamedDrops {
  readonly identity: DropIdentityColumns;
  /** What may still become known; the batch is named once more then. */
  readonly pending: Pending;
  /** Rows with an end that nobody could name. */
  readonly unnamedRows: number;
}

const NO_SERVICE: DialledService = { namespace: "", name: "", portName: "" };

/** What `initiator_by` says where the client is a guess. */
const GUESSED = "ports";
/** The kernel's counts are nobody's. */
const NOBODY: NamedEnd = { kind: "unknown", namespace: "", workloadKind: "", name: "", pod: "", node: "" };
const NO_CONNECTION = notJudged("The evidence names no connection.");

/** Names both ends of what was dropped, and judges the connection, as of its time. */
export class DropNamer {
  readonly #options: DropNamerOptions;

  constructor(options: DropNamerOptions) {
    this.#options = options;
  }

  name(table: DropTable): NamedDrops {
    const { count, header } = table;
    const ids = new AddressIds();
    const names = new NameCache(this.#options.book, ids);
    const pending = new Pending();
    const clients = new RowPicks<NamedEnd>(count);
    const servers = new RowPicks<NamedEnd>(count);
    const services = new RowPicks<DialledService>(count);
    const verdicts = new BatchVerdicts(this.#options.judge, (id) => names.text(id), pending);
    const judged = new RowPicks<Judged>(count);
    let unnamedRows = 0;
    for (let row = 0; row < count; row++) {
      const timeMs = (table.droppedUs[row] as number) / 1000;
      const protocol = table.protocols[row] as number;
      if (protocol === 0) {
        clients.set(row, NOBODY);
        servers.set(row, NOBODY);
        services.set(row, NO_SERVICE);
        judged.set(row, NO_CONNECTION);
        continue;
      }
      const clientId = ids.idOf(table.originalClientAddresses, row);
      const serverId = ids.idOf(table.serverAddresses, row);
      const client = names.owner(clientId, timeMs);
      const server = names.listener(serverId, table.serverPorts[row] as number, protocol, timeMs);
      const dialledId = ids.idOf(table.originalServerAddresses, row);
      const port = table.originalServerPorts[row] as number;
      const service = port === 0 ? undefined : names.service(dialledId, port, protocol, timeMs);
      clients.set(row, client.end);
      servers.set(row, server.end);
      services.set(row, service ?? NO_SERVICE);
      if (client.end.kind === "unknown" || server.end.kind === "unknown") unnamedRows++;
      for (const [owner, id] of [
        [client, clientId],
        [server, serverId],
      ] as const) {
        const address = names.text(id);
        if (!owner.pending || this.#options.givenUpAddresses.has(address)) continue;
        pending.addAddress(address, timeMs);
        pending.rows++;
      }
      const verdict = verdicts.of(
        {
          client: client.end,
          server: server.end,
          ...{ clientId, serverId, dialledId },
          seenClientId: ids.idOf(table.clientAddresses, row),
          toldClientAddress: "",
          toldDialledAddress: "",
          protocol,
          clientPort: table.originalClientPorts[row] as number,
          serverPort: table.serverPorts[row] as number,
          isGuess: table.initiatorsBy.values[table.initiatorsBy.indexes[row] as number] === GUESSED,
        },
        timeMs,
      );
      judged.set(row, verdict.judged);
      if (verdict.isWaiting) pending.rows++;
    }
    const policies = new RowPicks<NonNullable<DropTable["prefixes"][number]>["policy"]>(count);
    const directions = new RowPicks<string>(count);
    for (const [row, prefix] of table.prefixes.entries()) {
      policies.set(row, prefix?.policy ?? null);
      directions.set(row, prefix?.policy == null ? "" : (prefix.direction ?? ""));
    }
    return {
      identity: {
        count,
        node: constantColumn(header.node, count),
        ...endColumns(clients, servers),
        ...serviceColumns(services),
        policy_kind: policies.column((policy) => policy?.kind ?? ""),
        policy_namespace: policies.column((policy) => policy?.namespace ?? ""),
        policy_name: policies.column((policy) => policy?.name ?? ""),
        policy_direction: directions.column((direction) => direction),
        verdict: judged.column(({ verdict }) => verdict),
        verdict_reason: judged.column(({ reason }) => reason),
      },
      pending,
      unnamedRows,
    };
  }
}
