import { describe, Fault } from "@hopline/fault";
import type { Logger } from "@hopline/process";
import type { Store } from "@hopline/store";
import type { Clock } from "../clock.js";
import type { CollectorMetrics } from "../metrics.js";
import type { AddressBook } from "../naming/address-book.js";
import type { AgentPresence } from "../naming/agent-presence.js";
import type { BatchAddresses } from "../naming/batch-addresses.js";
import type { DnsNamer, NamedDns } from "../naming/dns-namer.js";
import type { DropNamer, NamedDrops } from "../naming/drop-namer.js";
import type { GivenUp } from "../naming/given-up.js";
import type { HopNamer, NamedHops } from "../naming/hop-namer.js";
import type { Pending } from "../naming/pending.js";
import type { TranslationMeeting } from "../naming/translation-meeting.js";
import type { ConnectionJudge } from "../policy/connection-judge.js";
import type { DnsTable } from "./dns-table.js";
import type { DropTable } from "./drop-table.js";
import type { HopTable } from "./hop-table.js";

export interface NameWaitOptions {
  readonly namer: HopNamer;
  readonly dnsNamer: DnsNamer;
  readonly dropNamer: DropNamer;
  readonly book: AddressBook;
  readonly judge: ConnectionJudge;
  readonly presence: AgentPresence;
  readonly meeting: TranslationMeeting;
  readonly givenUpAddresses: GivenUp<string>;
  readonly givenUpConnections: GivenUp<bigint>;
  /** What another collector heard of these connections. */
  readonly findTranslations: (connectionIds: readonly string[]) => ReturnType<Store["translations"]>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: CollectorMetrics;
  /** How long a batch waits for what is not known yet; then it is stored as far as it is named. */
  readonly waitMs: number;
}

const CHECK_EVERY_MS = 100;
const ASK_STORE_EVERY_MS = 1000;

/**
 * Names a batch, waiting where a name may be on its way: the watch tells of a new pod some milliseconds after its first
 * packet, the translating node's batch comes a moment after the server's. The whole batch waits, and is stored once.
 */
export class NameWait {
  readonly #options: NameWaitOptions;
  #waitingRows = 0;

  constructor(options: NameWaitOptions) {
    this.#options = options;
  }

  get waitingRows(): number {
    return this.#waitingRows;
  }

  /** @throws Fault `STOPPING` when the signal aborts while the batch waits: it was not stored. */
  name(table: HopTable, addresses: BatchAddresses, signal: AbortSignal): Promise<NamedHops> {
    return this.#untilKnown(() => this.#options.namer.name(table, addresses), signal);
  }

  /** @throws Fault `STOPPING` as above. */
  nameDns(table: DnsTable, signal: AbortSignal): Promise<NamedDns> {
    return this.#untilKnown(() => this.#options.dnsNamer.name(table), signal);
  }

  /** @throws Fault `STOPPING` as above. */
  nameDrops(table: DropTable, signal: AbortSignal): Promise<NamedDrops> {
    return this.#untilKnown(() => this.#options.dropNamer.name(table), signal);
  }

  async #untilKnown<Named extends { readonly pending: Pending }>(
    name: () => Named,
    signal: AbortSignal,
  ): Promise<Named> {
    const { clock, waitMs, metrics } = this.#options;
    const deadlineMs = clock.now() + waitMs;
    let named = this.#nameOnce(name);
    if (named.pending.isEmpty) return named;

    let askStoreAtMs = clock.now() + ASK_STORE_EVERY_MS;
    while (!named.pending.isEmpty && clock.now() < deadlineMs) {
      if (signal.aborted) throw stopping();
      await this.#sleep(named.pending.rows, Math.min(CHECK_EVERY_MS, deadlineMs - clock.now()), signal);
      if (clock.now() >= askStoreAtMs && named.pending.connections.size > 0) {
        askStoreAtMs = clock.now() + ASK_STORE_EVERY_MS;
        await this.#askStore(named.pending);
      }
      this.#removeKnown(named.pending);
      if (named.pending.isEmpty || clock.now() >= deadlineMs) named = this.#nameOnce(name);
    }
    metrics.waited.inc({ outcome: named.pending.isEmpty ? "named" : "gave_up" });
    this.#giveUp(named.pending);
    return named;
  }

  #nameOnce<Named>(name: () => Named): Named {
    const finish = this.#options.metrics.namingSeconds.startTimer();
    const named = name();
    finish();
    return named;
  }

  async #sleep(rows: number, ms: number, signal: AbortSignal): Promise<void> {
    this.#waitingRows += rows;
    await this.#options.clock.sleep(ms, signal);
    this.#waitingRows -= rows;
  }

  async #askStore(pending: Pending): Promise<void> {
    const { findTranslations, meeting, log } = this.#options;
    const ids = [...pending.connections].map((id) => id.toString(16).padStart(16, "0"));
    try {
      for (const [id, known] of await findTranslations(ids)) {
        meeting.tell(BigInt(`0x${id}`), {
          clientAddress: known.originalClientAddress,
          serverAddress: known.originalServerAddress,
          serverPort: known.originalServerPort,
        });
      }
    } catch (thrown) {
      log.debug(`the store's translations were not read: ${describe(thrown)}`);
    }
  }

  /** Naming again costs a pass over all rows: it is worth it when all that it waited for is known. */
  #removeKnown(pending: Pending): void {
    const { book, meeting, presence, judge, clock } = this.#options;
    if (clock.now() >= pending.verdictsFinalAtMs) pending.verdictsFinalAtMs = 0;
    if (judge.isKnown(pending.policiesKnownAtMs)) pending.policiesKnownAtMs = 0;
    for (const [address, timeMs] of pending.addresses) {
      if (!book.ownerAt(address, timeMs, 0, 0).pending) pending.addresses.delete(address);
    }
    for (const id of pending.connections) {
      if (meeting.find(id) !== undefined) pending.connections.delete(id);
    }
    for (const [node, window] of pending.nodes) {
      if (presence.ask(node, window) !== "undecided") pending.nodes.delete(node);
    }
  }

  #giveUp(pending: Pending): void {
    const { givenUpAddresses, givenUpConnections, metrics } = this.#options;
    for (const address of pending.addresses.keys()) givenUpAddresses.add(address);
    for (const id of pending.connections) givenUpConnections.add(id);
    metrics.gaveUp.inc({ what: "address" }, pending.addresses.size);
    metrics.gaveUp.inc({ what: "translation" }, pending.connections.size);
    metrics.gaveUp.inc({ what: "agent" }, pending.nodes.size);
    metrics.gaveUp.inc({ what: "policy" }, pending.policiesKnownAtMs === 0 ? 0 : 1);
  }
}

function stopping(): Fault {
  return new Fault({
    code: "STOPPING",
    message: "The collector is stopping and has not stored this batch.",
    hint: "Send it again.",
  });
}
