import type { EndpointHistory, EndpointInterval as KubeInterval } from "@hopline/kube";
import type { Logger } from "@hopline/process";
import type { EndpointInterval, Store } from "@hopline/store";
import type { Clock } from "../clock.js";
import { HistoryUpkeep } from "../history-upkeep.js";
import type { CollectorMetrics } from "../metrics.js";
import type { NamedEnd } from "../naming/address-book.js";
import type { StoreKeeper } from "../store-keeper.js";
import { UnstoredRows } from "../unstored-rows.js";
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

/** Intervals that wait for a store which is away; beyond it the oldest are left out. */
const MAX_UNSTORED = 200_000;
const MAX_INSERTED = 20_000;

/** Stores who had which address when, as it changes, and reads at the start what held when the last collector stopped. */
export class EndpointKeeper {
  readonly #options: EndpointKeeperOptions;
  readonly #upkeep: HistoryUpkeep;
  readonly #unstored: UnstoredRows<EndpointInterval>;
  #restored = false;
  #settled = false;

  constructor(options: EndpointKeeperOptions) {
    this.#options = options;
    this.#unstored = new UnstoredRows({
      ...options,
      operation: "insert_endpoints",
      what: "endpoints",
      capacity: MAX_UNSTORED,
      insertedAtOnce: MAX_INSERTED,
      insert: (store, intervals) => store.insertEndpoints(intervals),
      onResult: (result, rows) => options.metrics.endpointsStored.inc({ result }, rows),
    });
    this.#upkeep = new HistoryUpkeep({ ...options, store: () => this.#store() });
  }

  /** Before anything is named. */
  async restore(store: Store): Promise<void> {
    this.#options.earlier.restore(await store.openEndpoints());
    this.#restored = true;
  }

  start(): void {
    this.#upkeep.start();
  }

  /** Stores what changed last, if the store is there. */
  async stop(): Promise<void> {
    await this.#upkeep.stop();
  }

  async #store(): Promise<void> {
    this.#note(this.#options.history.takeChanges());
    if (!this.#settled && this.#restored && this.#options.isSettled()) this.#settle();
    await this.#unstored.store();
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
      this.#unstored.put(storeKey(ended.address, ended.fromMs, endOfInterval(ended)), ended);
  }

  #note(changes: readonly KubeInterval[]): void {
    // Two objects may be one end to the store (a StatefulSet's pod and its successor): what was taken back of one must
    // not wipe out what is true of the other.
    const takenBackFirst = [...changes].sort((a, b) => Number(isEmpty(b)) - Number(isEmpty(a)));
    for (const change of takenBackFirst) {
      const interval = toStored(change);
      if (interval === undefined) continue;
      this.#unstored.put(storeKey(interval.address, interval.fromMs, endOfInterval(interval)), interval);
    }
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
