import { describe } from "@hopline/fault";
import type { EndpointHistory, EndpointInterval as KubeInterval } from "@hopline/kube";
import type { Logger } from "@hopline/process";
import type { EndpointInterval, Store } from "@hopline/store";
import type { Clock } from "../clock.js";
import type { CollectorMetrics } from "../metrics.js";
import type { NamedEnd } from "../naming/address-book.js";
import type { StoreKeeper } from "../store-keeper.js";
import { endOf } from "./cluster-address-book.js";
import type { EarlierEndpoints } from "./earlier-endpoints.js";

export interface EndpointKeeperOptions {
  readonly keeper: StoreKeeper;
  readonly history: EndpointHistory;
  readonly earlier: EarlierEndpoints;
  readonly isSettled: () => boolean;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: CollectorMetrics;
}

const STORE_EVERY_MS = 1000;
const FORGET_EVERY_MS = 3_600_000;
/** How late a batch may be and still be named by pods that are gone. */
const REMEMBER_MS = 24 * 3_600_000;
/** Intervals that wait for a store which is away; beyond it the oldest are left out. */
const MAX_UNSTORED = 200_000;
const MAX_INSERTED = 20_000;

/** Stores who had which address when, as it changes, and reads at the start what held when the last collector stopped. */
export class EndpointKeeper {
  readonly #options: EndpointKeeperOptions;
  readonly #stopping = new AbortController();
  /** By the key under which the store keeps one row. */
  readonly #unstored = new Map<string, EndpointInterval>();
  #running: Promise<void> | undefined;
  #restored = false;
  #settled = false;
  #forgetAtMs = 0;

  constructor(options: EndpointKeeperOptions) {
    this.#options = options;
  }

  /** Before anything is named. */
  async restore(store: Store): Promise<void> {
    this.#options.earlier.restore(await store.openEndpoints());
    this.#restored = true;
  }

  start(): void {
    this.#forgetAtMs = this.#options.clock.now() + FORGET_EVERY_MS;
    this.#running = this.#run();
  }

  /** Stores what changed last, if the store is there. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await this.#step();
  }

  async #run(): Promise<void> {
    const { clock } = this.#options;
    while (!this.#stopping.signal.aborted) {
      await this.#step();
      await clock.sleep(STORE_EVERY_MS, this.#stopping.signal);
    }
  }

  async #step(): Promise<void> {
    const { history, clock } = this.#options;
    this.#note(history.takeChanges());
    if (!this.#settled && this.#restored && this.#options.isSettled()) this.#settle();
    if (clock.now() >= this.#forgetAtMs) {
      this.#forgetAtMs = clock.now() + FORGET_EVERY_MS;
      history.dropEndedBefore(clock.now() - REMEMBER_MS);
    }
    await this.#store();
  }

  #settle(): void {
    const { history, earlier, clock } = this.#options;
    this.#settled = true;
    const nowMs = clock.now();
    const isTrue = (address: string, end: NamedEnd): boolean => {
      const endpoint = history.endpointAt(address, nowMs);
      return (
        endpoint.kind !== "external" && storeKey(address, 0, endOf(endpoint)) === storeKey(address, 0, end)
      );
    };
    for (const ended of earlier.settle(isTrue, nowMs))
      this.#unstored.set(storeKey(ended.address, ended.fromMs, endOfInterval(ended)), ended);
  }

  #note(changes: readonly KubeInterval[]): void {
    // Two objects may be one end to the store (a StatefulSet's pod and its successor): what was taken back of one must
    // not wipe out what is true of the other.
    const takenBackFirst = [...changes].sort((a, b) => Number(isEmpty(b)) - Number(isEmpty(a)));
    for (const change of takenBackFirst) {
      const interval = toStored(change);
      if (interval === undefined) continue;
      const key = storeKey(interval.address, interval.fromMs, endOfInterval(interval));
      this.#unstored.delete(key);
      this.#unstored.set(key, interval);
    }
    const { endpointsStored } = this.#options.metrics;
    for (const oldest of this.#unstored.keys()) {
      if (this.#unstored.size <= MAX_UNSTORED) break;
      this.#unstored.delete(oldest);
      endpointsStored.inc({ result: "left_out" });
    }
  }

  async #store(): Promise<void> {
    const { keeper, log, metrics } = this.#options;
    const entries = [...this.#unstored].slice(0, MAX_INSERTED);
    if (entries.length === 0 || keeper.state.state === "unavailable") return;
    try {
      await keeper.use("insert_endpoints", (store) =>
        store.insertEndpoints(entries.map(([, interval]) => interval)),
      );
    } catch (thrown) {
      log.warn(`endpoints are not stored yet: ${describe(thrown)}`);
      return;
    }
    metrics.endpointsStored.inc({ result: "stored" }, entries.length);
    for (const [key, interval] of entries)
      if (this.#unstored.get(key) === interval) this.#unstored.delete(key);
  }
}

function isEmpty({ fromMs, toMs }: KubeInterval): boolean {
  return fromMs === toMs;
}

/** undefined for what is no end of its own: a port of a Service or of a node's. */
function toStored({ address, port, owner, fromMs, toMs }: KubeInterval): EndpointInterval | undefined {
  if (port !== 0 || (owner.kind === "pod" && owner.hostNetwork)) return undefined;
  const { kind, namespace, workloadKind, name, pod, node } = endOf(owner);
  return { address, entity: { kind, namespace, workloadKind, name }, pod, node, fromMs, toMs };
}

function endOfInterval({ entity, pod, node }: EndpointInterval): NamedEnd {
  return { ...entity, pod, node };
}

function storeKey(address: string, fromMs: number, { kind, namespace, name, pod }: NamedEnd): string {
  return [address, fromMs, kind, namespace, name, pod].join(" ");
}
