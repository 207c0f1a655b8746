import type { Answer, ConnectionJudge, ConnectionQuestion } from "../policy/connection-judge.js";
import type { Judged } from "../policy/judged.js";
import type { NamedEnd } from "./address-book.js";
import type { Pending } from "./pending.js";

/** A row's connection, by the numbers of its addresses in the batch. Filled anew for each row. */
export interface RowConnection {
  client: NamedEnd;
  server: NamedEnd;
  /** The client's own address, before translation; -1 where another node told it, as `toldClientAddress`. */
  clientId: number;
  serverId: number;
  /** What was dialled; -1 as above. */
  dialledId: number;
  /** What the server sees as the client. */
  seenClientId: number;
  toldClientAddress: string;
  toldDialledAddress: string;
  protocol: number;
  clientPort: number;
  serverPort: number;
  isGuess: boolean;
}

interface Entry extends Answer {
  readonly client: NamedEnd;
  readonly server: NamedEnd;
  readonly dialledId: number;
  readonly seenClientId: number;
  /** Of a guess, the client's port counts as well. */
  readonly guessedPort: number;
}

/** Numbers of addresses in a batch are below this. */
const ADDRESSES = 2 ** 20;
const PORTS_AND_PROTOCOLS = 2 ** 24;
const NO_GUESS = -1;

/** The judge's answers while one batch is being named: one for all rows of connections that are alike. */
export class BatchVerdicts {
  readonly #judge: ConnectionJudge;
  readonly #textOf: (addressId: number) => string;
  readonly #pending: Pending;
  /** Pairs of client and server, numbered as they come. */
  readonly #pairs = new Map<number, number>();
  /** By pair, protocol and port. */
  readonly #entries = new Map<number, Entry[]>();

  constructor(judge: ConnectionJudge, textOf: (addressId: number) => string, pending: Pending) {
    this.#judge = judge;
    this.#textOf = textOf;
    this.#pending = pending;
  }

  /** @returns true in `isWaiting` where the answer may become better within seconds. */
  of(row: RowConnection, timeMs: number): { readonly judged: Judged; readonly isWaiting: boolean } {
    const isTold = row.clientId < 0;
    const entries = isTold ? undefined : this.#entriesOf(row);
    const known = entries?.find(
      (entry) => isAlike(entry, row) && timeMs >= entry.fromMs && timeMs < entry.toMs,
    );
    if (known !== undefined) return this.#taken(known);
    const answer = this.#judge.judge(this.#questionOf(row), timeMs);
    const { client, server, dialledId, seenClientId } = row;
    const entry = { ...answer, client, server, dialledId, seenClientId, guessedPort: guessedPortOf(row) };
    entries?.push(entry);
    return this.#taken(entry);
  }

  #entriesOf({ clientId, serverId, serverPort, protocol }: RowConnection): Entry[] {
    const pairKey = clientId * ADDRESSES + serverId;
    let pair = this.#pairs.get(pairKey);
    if (pair === undefined) {
      pair = this.#pairs.size;
      this.#pairs.set(pairKey, pair);
    }
    const key = pair * PORTS_AND_PROTOCOLS + serverPort * 256 + protocol;
    let entries = this.#entries.get(key);
    if (entries === undefined) {
      entries = [];
      this.#entries.set(key, entries);
    }
    return entries;
  }

  #taken(answer: Answer): { judged: Judged; isWaiting: boolean } {
    const { judged, askAgainAtMs, knownAtMs } = answer;
    const pending = this.#pending;
    if (askAgainAtMs !== undefined)
      pending.verdictsFinalAtMs = Math.max(pending.verdictsFinalAtMs, askAgainAtMs);
    if (knownAtMs !== undefined) pending.policiesKnownAtMs = Math.max(pending.policiesKnownAtMs, knownAtMs);
    return { judged, isWaiting: askAgainAtMs !== undefined || knownAtMs !== undefined };
  }

  #questionOf(row: RowConnection): ConnectionQuestion {
    const { clientId, serverId, dialledId, seenClientId } = row;
    const serverAddress = this.#textOf(serverId);
    const clientAddress = clientId < 0 ? row.toldClientAddress : this.#textOf(clientId);
    const dialledAddress = dialledId < 0 ? row.toldDialledAddress : this.#textOf(dialledId);
    const seenClientAddress = this.#textOf(seenClientId);
    return {
      client: row.client,
      clientAddress,
      server: row.server,
      serverAddress,
      protocol: row.protocol,
      clientPort: row.clientPort,
      serverPort: row.serverPort,
      dialledAddress: dialledAddress === serverAddress ? undefined : dialledAddress,
      seenClientAddress: seenClientAddress === clientAddress ? undefined : seenClientAddress,
      isGuess: row.isGuess,
    };
  }
}

function isAlike(entry: Entry, row: RowConnection): boolean {
  return (
    entry.client === row.client &&
    entry.server === row.server &&
    entry.dialledId === row.dialledId &&
    entry.seenClientId === row.seenClientId &&
    entry.guessedPort === guessedPortOf(row)
  );
}

function guessedPortOf({ isGuess, clientPort }: RowConnection): number {
  return isGuess ? clientPort : NO_GUESS;
}
