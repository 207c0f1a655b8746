import type { NodeState } from "@hopline/batch";

export interface NodeStateLogOptions {
  /** The state as it is now; undefined while nothing is known. */
  readonly read: () => Promise<NodeState | undefined>;
  readonly write: (readAtMs: number, state: NodeState) => void;
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: () => number;
}

const LOOK_EVERY_MS = 3000;
/** After so long it is sent whatever it is. */
const SEND_EVERY_MS = 60_000;
/** Counters that keep rising are sent this often; that they begin to, at once. */
const RISING_EVERY_MS = 15_000;

/**
 * Sends a node's state when something changed that decides where packets go, when counters of lost packets rise, and every
 * minute. Usable neighbours come and go with traffic, and bytes always rise: neither is a change.
 */
export class NodeStateLog {
  readonly #options: NodeStateLogOptions;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #lookAgain = false;
  #sent: { readonly settings: string; readonly lost: number; readonly atMs: number } | undefined;
  #roseAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: NodeStateLogOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => this.look(), LOOK_EVERY_MS);
    this.look();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#lookAgain = false;
    await this.#looking;
  }

  /** Something may have changed. */
  look(): void {
    if (this.#looking !== undefined) {
      this.#lookAgain = true;
      return;
    }
    this.#looking = this.#look()
      // What cannot be read now is read the next time.
      .catch(() => undefined)
      .finally(() => {
        this.#looking = undefined;
        if (!this.#lookAgain) return;
        this.#lookAgain = false;
        this.look();
      });
  }

  async #look(): Promise<void> {
    const { read, write, nowMs } = this.#options;
    const state = await read();
    if (state === undefined) return;
    const now = nowMs();
    const settings = settingsOf(state);
    const lost = lostOf(state);
    const sent = this.#sent;
    const isRising = sent !== undefined && lost > sent.lost;
    const isOnset = isRising && now - this.#roseAtMs >= SEND_EVERY_MS;
    const ageMs = sent === undefined ? Number.POSITIVE_INFINITY : now - sent.atMs;
    if (
      settings === sent?.settings &&
      !isOnset &&
      ageMs < (isRising ? RISING_EVERY_MS : SEND_EVERY_MS) &&
      ageMs >= 0
    ) {
      return;
    }
    if (isRising) this.#roseAtMs = now;
    this.#sent = { settings, lost, atMs: now };
    write(now, state);
  }
}

/** All that decides where packets go. */
function settingsOf({ interfaces, routes, rules, neighbours, forwarding, conntrack }: NodeState): string {
  return JSON.stringify([
    interfaces.map(({ name, role, mtu, up, addresses }) => [name, role, mtu, up, addresses]),
    routes,
    rules,
    neighbours.filter(({ state }) => state !== "usable"),
    forwarding,
    conntrack !== null && isFull(conntrack),
  ]);
}

function isFull({ entries, limit }: NonNullable<NodeState["conntrack"]>): boolean {
  return limit > 0 && entries >= limit;
}

/** Packets that this node's kernel has counted as lost. */
function lostOf({ interfaces, conntrack }: NodeState): number {
  return interfaces.reduce(
    (sum, one) => sum + one.receiveDropped + one.sendDropped + one.receiveErrors + one.sendErrors,
    conntrack === null ? 0 : conntrack.dropped + conntrack.insertFailed,
  );
}
