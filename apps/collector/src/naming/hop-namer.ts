import type { HopIdentityColumns } from "@hopline/store";
import { DIRECTION_UNKNOWN } from "../hop-direction.js";
import type { HopTable } from "../ingest/hop-table.js";
import type { ConnectionJudge } from "../policy/connection-judge.js";
import type { Judged } from "../policy/judged.js";
import type { AddressBook, AddressOwner, DialledService, NamedEnd } from "./address-book.js";
import type { AgentPresence } from "./agent-presence.js";
import type { BatchAddresses } from "./batch-addresses.js";
import { BatchVerdicts, type RowConnection } from "./batch-verdicts.js";
import type { GivenUp } from "./given-up.js";
import { endColumns, serviceColumns } from "./identity-columns.js";
import { NameCache } from "./name-cache.js";
import { Pending } from "./pending.js";
import { isReporter, type Observation } from "./reporter-rule.js";
import { constantColumn, RowPicks } from "./row-picks.js";
import type { TranslationMeeting } from "./translation-meeting.js";

export interface HopNamerOptions {
  readonly book: AddressBook;
  readonly judge: ConnectionJudge;
  readonly presence: AgentPresence;
  readonly meeting: TranslationMeeting;
  readonly givenUpAddresses: GivenUp<string>;
  readonly givenUpConnections: GivenUp<bigint>;
}

export interface NamedHops {
  readonly identity: HopIdentityColumns;
  /** What may still become known; the batch is named once more then. */
  readonly pending: Pending;
  /** Nodes and windows that were taken to have no agent: binding once the batch is stored. */
  readonly absences: ReadonlyMap<string, ReadonlySet<number>>;
  /** Rows with an end that nobody could name. */
  readonly unnamedRows: number;
}

const NO_SERVICE = { namespace: "", name: "", portName: "" };

/** IANA protocol numbers that have ports. */
const TCP = 6;
const UDP = 17;
const SCTP = 132;

/** What `initiator_by` says where the client is a guess. */
const GUESSED = "ports";
const NOBODY: NamedEnd = { kind: "unknown", namespace: "", workloadKind: "", name: "", pod: "", node: "" };

/**
 * Names both ends of every row as of the row's time, column by column, judges their connections by the policies of that
 * time, and chooses the rows that speak for their connections. Synchronous: what is not known yet is said in `pending`.
 */
export class HopNamer {
  readonly #options: HopNamerOptions;

  constructor(options: HopNamerOptions) {
    this.#options = options;
  }

  /** Tells the meeting as well what other nodes' batches may be waiting for. */
  name(table: HopTable, addresses: BatchAddresses): NamedHops {
    return new Naming(this.#options, table, addresses).run();
  }
}

/** One pass over one batch. */
class Naming {
  readonly #options: HopNamerOptions;
  readonly #table: HopTable;
  readonly #addresses: BatchAddresses;
  readonly #names: NameCache;
  readonly #clients: RowPicks<NamedEnd>;
  readonly #servers: RowPicks<NamedEnd>;
  readonly #services: RowPicks<DialledService>;
  readonly #judged: RowPicks<Judged>;
  readonly #pending = new Pending();
  readonly #verdicts: BatchVerdicts;
  /** Filled anew for each row. */
  readonly #connection: RowConnection = {
    client: NOBODY,
    server: NOBODY,
    clientId: 0,
    serverId: 0,
    dialledId: 0,
    seenClientId: 0,
    toldClientAddress: "",
    toldDialledAddress: "",
    protocol: 0,
    clientPort: 0,
    serverPort: 0,
    isGuess: false,
  };
  readonly #absences = new Map<string, Set<number>>();
  /** Filled anew for each row. */
  readonly #observation: Observation = {
    isReply: false,
    direction: DIRECTION_UNKNOWN,
    role: "",
    attached: "unknown",
    clientHere: false,
    serverHere: false,
    clientNodeReports: false,
    serverNodeReports: false,
    clientPodHere: false,
    serverPodHere: false,
  };
  readonly #told = new Set<bigint>();
  #rowWaits = false;

  constructor(options: HopNamerOptions, table: HopTable, addresses: BatchAddresses) {
    this.#options = options;
    this.#table = table;
    this.#addresses = addresses;
    this.#names = new NameCache(options.book, addresses.ids);
    this.#clients = new RowPicks(table.count);
    this.#servers = new RowPicks(table.count);
    this.#services = new RowPicks(table.count);
    this.#judged = new RowPicks(table.count);
    this.#verdicts = new BatchVerdicts(options.judge, (id) => this.#names.text(id), this.#pending);
  }

  run(): NamedHops {
    const { count } = this.#table;
    const reporter = new Uint8Array(count);
    let unnamedRows = 0;
    for (let row = 0; row < count; row++) {
      this.#rowWaits = false;
      const timeMs = (this.#table.firstSeenUs[row] as number) / 1000;
      const seenClient = this.#names.owner(this.#addresses.client[row] as number, timeMs);
      const server = this.#names.listener(
        this.#addresses.server[row] as number,
        this.#table.serverPorts[row] as number,
        this.#table.protocols[row] as number,
        timeMs,
      );
      const client = this.#nameClientAndService(row, timeMs, seenClient, server);
      this.#tellMeeting(row, seenClient.end, server.end);
      this.#clients.set(row, client.end);
      this.#servers.set(row, server.end);
      this.#waitForOwner(client, this.#addresses.originalClient[row] as number, timeMs);
      this.#waitForOwner(server, this.#addresses.server[row] as number, timeMs);
      if (client.end.kind === "unknown" || server.end.kind === "unknown") unnamedRows++;
      this.#judgeRow(row, timeMs, client.end, server.end);
      reporter[row] = this.#speaks(row, seenClient, client, server) ? 1 : 0;
      if (this.#rowWaits) this.#pending.rows++;
    }
    return {
      identity: this.#columns(reporter),
      pending: this.#pending,
      absences: this.#absences,
      unnamedRows,
    };
  }

  /** `#connection` holds the addresses by now. */
  #judgeRow(row: number, timeMs: number, client: NamedEnd, server: NamedEnd): void {
    const table = this.#table;
    const connection = this.#connection;
    connection.client = client;
    connection.server = server;
    connection.serverId = this.#addresses.server[row] as number;
    connection.seenClientId = this.#addresses.client[row] as number;
    connection.protocol = table.protocols[row] as number;
    connection.clientPort = table.clientPorts[row] as number;
    connection.serverPort = table.serverPorts[row] as number;
    connection.isGuess = table.initiatorsBy.values[table.initiatorsBy.indexes[row] as number] === GUESSED;
    const { judged, isWaiting } = this.#verdicts.of(connection, timeMs);
    this.#judged.set(row, judged);
    if (isWaiting) this.#rowWaits = true;
  }

  /** What this node knows of a connection that leaves it under its own address: another node's rows may wait for it. */
  #tellMeeting(row: number, seenClient: NamedEnd, server: NamedEnd): void {
    const table = this.#table;
    const here = table.header.node;
    if (seenClient.node !== here || server.node === here || server.node === "") return;
    const connectionId = table.connectionIds[row] as bigint;
    if (this.#told.has(connectionId)) return;
    this.#told.add(connectionId);
    this.#options.meeting.tell(connectionId, {
      clientAddress: this.#names.text(this.#addresses.originalClient[row] as number),
      serverAddress: this.#names.text(this.#addresses.originalServer[row] as number),
      serverPort: table.originalServerPorts[row] as number,
    });
  }

  /** The client by its original address, and the Service by the address and port that it dialled. */
  #nameClientAndService(
    row: number,
    timeMs: number,
    seenClient: AddressOwner,
    server: AddressOwner,
  ): AddressOwner {
    const table = this.#table;
    const originalClient = this.#addresses.originalClient[row] as number;
    const protocol = table.protocols[row] as number;
    const hasPorts = protocol === TCP || protocol === UDP || protocol === SCTP;
    const isOwnClient = originalClient === (this.#addresses.client[row] as number);
    const connection = this.#connection;
    connection.clientId = originalClient;
    connection.dialledId = this.#addresses.originalServer[row] as number;
    if (isOwnClient && this.#mayBeTranslatedElsewhere(row, seenClient.end, server.end)) {
      const tuple = this.#options.meeting.find(table.connectionIds[row] as bigint);
      if (tuple !== undefined) {
        const { book } = this.#options;
        const dialled = hasPorts
          ? book.serviceAt(tuple.serverAddress, tuple.serverPort, protocol, timeMs)
          : undefined;
        this.#services.set(row, dialled ?? NO_SERVICE);
        connection.clientId = -1;
        connection.dialledId = -1;
        connection.toldClientAddress = tuple.clientAddress;
        connection.toldDialledAddress = tuple.serverAddress;
        return book.ownerAt(tuple.clientAddress, timeMs, 0, 0);
      }
      this.#waitForTranslation(table.connectionIds[row] as bigint);
    }
    const dialledAddress = this.#addresses.originalServer[row] as number;
    // A pod's own address is no Service's.
    const isPod = server.ownsInterface && dialledAddress === (this.#addresses.server[row] as number);
    const dialled =
      hasPorts && !isPod
        ? this.#names.service(dialledAddress, table.originalServerPorts[row] as number, protocol, timeMs)
        : undefined;
    this.#services.set(row, dialled ?? NO_SERVICE);
    return isOwnClient ? seenClient : this.#names.owner(originalClient, timeMs);
  }

  /** The client is another node, which has an agent to tell whose connection it really is. */
  #mayBeTranslatedElsewhere(row: number, client: NamedEnd, server: NamedEnd): boolean {
    if (client.kind !== "node" || client.node === this.#table.header.node || client.node === "") return false;
    if (server.node === "" || server.node === client.node) return false;
    return this.#options.presence.ask(client.node, this.#table.windowStarts[row] as number) !== "absent";
  }

  #waitForTranslation(connectionId: bigint): void {
    if (this.#options.givenUpConnections.has(connectionId)) return;
    this.#pending.addConnection(connectionId);
    this.#rowWaits = true;
  }

  #waitForOwner(owner: AddressOwner, addressId: number, timeMs: number): void {
    if (!owner.pending) return;
    const address = this.#names.text(addressId);
    if (this.#options.givenUpAddresses.has(address)) return;
    this.#pending.addAddress(address, timeMs);
    this.#rowWaits = true;
  }

  #speaks(row: number, seenClient: AddressOwner, client: AddressOwner, server: AddressOwner): boolean {
    const table = this.#table;
    const here = table.header.node;
    const window = table.windowStarts[row] as number;
    const observation = this.#observation;
    observation.isReply = table.isReply[row] === 1;
    observation.direction = table.directions[row] as number;
    observation.role = table.roles.values[table.roles.indexes[row] as number] as string;
    observation.clientHere = seenClient.end.node === here;
    observation.serverHere = server.end.node === here;
    observation.clientPodHere = client.ownsInterface && client.end.node === here;
    observation.serverPodHere = server.ownsInterface && server.end.node === here;
    observation.clientNodeReports = this.#reports(seenClient.end.node, window);
    observation.serverNodeReports = !observation.clientNodeReports && this.#reports(server.end.node, window);
    observation.attached = "unknown";
    if (observation.direction === DIRECTION_UNKNOWN) {
      const attached = this.#addresses.attached[row] as number;
      if (attached === (this.#addresses.originalClient[row] as number)) observation.attached = "client";
      else if (attached === (this.#addresses.server[row] as number)) observation.attached = "server";
    }
    return isReporter(observation);
  }

  /** Whether a node speaks in a window. One that nobody has heard of yet does until the wait for it is over. */
  #reports(node: string, window: number): boolean {
    if (node === "") return false;
    switch (this.#options.presence.ask(node, window)) {
      case "present":
        return true;
      case "absent": {
        let windows = this.#absences.get(node);
        if (windows === undefined) {
          windows = new Set();
          this.#absences.set(node, windows);
        }
        windows.add(window);
        return false;
      }
      case "undecided":
        this.#pending.addNode(node, window);
        this.#rowWaits = true;
        return false;
    }
  }

  #columns(reporter: Uint8Array): HopIdentityColumns {
    const { count, header } = this.#table;
    return {
      count,
      node: constantColumn(header.node, count),
      ...endColumns(this.#clients, this.#servers),
      ...serviceColumns(this.#services),
      reporter,
      verdict: this.#judged.column(({ verdict }) => verdict),
      verdict_reason: this.#judged.column(({ reason }) => reason),
    };
  }
}
