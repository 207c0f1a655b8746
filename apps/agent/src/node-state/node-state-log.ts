import {
  type NodeState,
  type NodeStateDifference,
  nodeStateDifference,
  type SentNodeState,
} from "@hopline/batch";

export interface NodeStateLogOptions {
  /** The state as it is now; undefined while nothing is known. */
  readonly read: () => Promise<NodeState | undefined>;
  /** Whole, or as the difference to one that was written whole before. */
  readonly write: (readAtMs: number, state: SentNodeState) => void;
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: () => number;
}

const LOOK_EVERY_MS = 3000;
/** After so long it is sent whatever it is. */
const SEND_EVERY_MS = 60_000;
/** After so long it is sent whole: who reads a difference need not look back further for what it is to. */
const WHOLE_EVERY_MS = 3_600_000;
/** Where so large a share of the entries has changed, little is saved. */
const MOST_CHANGED = 0.25;
/** Counters that keep rising are sent this often; that they begin to, at once. */
const RISING_EVERY_MS = 15_000;

/**
 * Sends a node's state when something changed that decides where packets go, when counters of lost packets rise, and every
 * minute. Usable neighbours come and go with traffic, and bytes always rise: neither is a change. It is sent whole at the start
 * and once an hour; else as what differs from that, so that a reading needs one other to be understood, whichever comes first.
 */
export class NodeStateLog {
  readonly #options: NodeStateLogOptions;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #lookAgain = false;
  #sent:
    | { readonly settings: string; readonly lost: ReadonlyMap<string, number>; readonly atMs: number }
    | undefined;
  #whole: { readonly state: NodeState; readonly atMs: number } | undefined;
  /** When each counter was seen to have risen last. */
  readonly #roseAtMs = new Map<string, number>();

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
    const now = Math.floor(nowMs());
    const settings = settingsOf(state);
    const lost = lostOf(state);
    const sent = this.#sent;
    const rising = sent === undefined ? [] : namesOfRisen(sent.lost, lost);
    const isRising = rising.length > 0;
    const isOnset = rising.some((name) => now - (this.#roseAtMs.get(name) ?? -Infinity) >= SEND_EVERY_MS);
    const ageMs = sent === undefined ? Number.POSITIVE_INFINITY : now - sent.atMs;
    if (
      settings === sent?.settings &&
      !isOnset &&
      ageMs < (isRising ? RISING_EVERY_MS : SEND_EVERY_MS) &&
      ageMs >= 0
    ) {
      return;
    }
    for (const name of rising) this.#roseAtMs.set(name, now);
    for (const name of this.#roseAtMs.keys()) if (!lost.has(name)) this.#roseAtMs.delete(name);
    this.#sent = { settings, lost, atMs: now };
    write(now, this.#toSend(now, state));
  }

  #toSend(now: number, state: NodeState): SentNodeState {
    const whole = this.#whole;
    if (whole !== undefined && now >= whole.atMs && now - whole.atMs < WHOLE_EVERY_MS) {
      const difference = nodeStateDifference(whole.state, whole.atMs, state);
      if (changedOf(difference) <= MOST_CHANGED * entriesOf(state)) return difference;
    }
    this.#whole = { state, atMs: now };
    return state;
  }
}

const LISTS = ["interfaces", "routes", "rules", "neighbours", "forwarding"] as const;

function entriesOf(state: NodeState): number {
  return LISTS.reduce((sum, list) => sum + state[list].length, 0);
}

function changedOf(difference: NodeStateDifference): number {
  return LISTS.reduce(
    (sum, list) => sum + difference[list].added.length + difference[list].removed.length,
    0,
  );
}

/** All that decides where packets go. */
function settingsOf({ interfaces, routes, rules, neighbours, forwarding, conntrack }: NodeState): string {
  return JSON.stringify([
    interfaces.map(({ name, role, mtu, up, addresses }) => [name, role, mtu, up, addresses]),
    textOf(routes),
    textOf(rules),
    textOf(neighbours, () => neighbours.filter(({ state }) => state !== "usable")),
    textOf(forwarding),
    conntrack !== null && isFull(conntrack),
  ]);
}

const texts = new WeakMap<object, string>();

/** A list that nobody has read again has the text that it had. @param part that matters of it; all where not given */
function textOf(list: readonly unknown[], part = () => list): string {
  const before = texts.get(list);
  if (before !== undefined) return before;
  const text = JSON.stringify(part());
  texts.set(list, text);
  return text;
}

function isFull({ entries, limit }: NonNullable<NodeState["conntrack"]>): boolean {
  return limit > 0 && entries >= limit;
}

/** Packets that this node's kernel has counted as lost, by where: an interface's name, or conntrack. */
function lostOf({ interfaces, conntrack }: NodeState): Map<string, number> {
  const lost = new Map(
    interfaces.map((one) => [
      `interface ${one.name}`,
      one.receiveDropped + one.sendDropped + one.receiveErrors + one.sendErrors,
    ]),
  );
  if (conntrack !== null) lost.set("conntrack", conntrack.dropped + conntrack.insertFailed);
  return lost;
}

function namesOfRisen(before: ReadonlyMap<string, number>, now: ReadonlyMap<string, number>): string[] {
  return [...now].flatMap(([name, count]) => (count > (before.get(name) ?? 0) ? [name] : []));
}
