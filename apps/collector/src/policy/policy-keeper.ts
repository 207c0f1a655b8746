import type { Logger } from "@hopline/process";
import type { Store } from "@hopline/store";
import type { Clock } from "../clock.js";
import { HistoryUpkeep, REMEMBER_MS } from "../history-upkeep.js";
import type { CollectorMetrics } from "../metrics.js";
import type { StoreKeeper } from "../store-keeper.js";
import { UnstoredRows } from "../unstored-rows.js";
import { objectKey } from "./cluster-object.js";
import type { KeptVersion, PolicyHistory } from "./policy-history.js";
import type { PolicyKnowledge } from "./policy-knowledge.js";

export interface PolicyKeeperOptions {
  readonly keeper: StoreKeeper;
  readonly history: PolicyHistory;
  readonly knowledge: () => PolicyKnowledge;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: CollectorMetrics;
}

/** How often it is noted that all is known: a collector that is killed leaves so much unknown. */
const NOTE_EVERY_MS = 30_000;
/** Versions that wait for a store which is away; beyond it the oldest are left out. */
const MAX_UNSTORED = 200_000;
const MAX_INSERTED = 5000;

/** Under which it is kept until when all was known. */
const NOTE = { kind: "Watch", namespace: "", name: "policies", version: "", body: "" };

/** Stores what policies and labels were when, as it changes, and reads at the start what the last collector knew. */
export class PolicyKeeper {
  readonly #options: PolicyKeeperOptions;
  readonly #upkeep: HistoryUpkeep;
  readonly #unstored: UnstoredRows<KeptVersion>;
  #noteAtMs = 0;

  constructor(options: PolicyKeeperOptions) {
    this.#options = options;
    this.#unstored = new UnstoredRows({
      ...options,
      operation: "insert_cluster_objects",
      what: "versions of policies",
      capacity: MAX_UNSTORED,
      insertedAtOnce: MAX_INSERTED,
      insert: (store, versions) => store.insertClusterObjects(versions),
      onResult: (result, rows) => options.metrics.policyVersionsStored.inc({ result }, rows),
    });
    this.#upkeep = new HistoryUpkeep({ ...options, store: () => this.#store() });
  }

  /** Before anything is judged. */
  async restore(store: Store): Promise<void> {
    const { history, clock, knowledge } = this.#options;
    // A dump holds all there is to know.
    if (!knowledge().isLive) {
      history.restore([], 0);
      return;
    }
    const kept = await store.clusterObjects({ sinceMs: clock.now() - REMEMBER_MS });
    const note = kept.find(({ kind }) => kind === NOTE.kind);
    history.restore(
      kept.filter(({ kind }) => kind !== NOTE.kind),
      note?.toMs ?? 0,
    );
  }

  start(): void {
    this.#upkeep.start();
  }

  /** Stores what changed last, if the store is there. */
  async stop(): Promise<void> {
    this.#noteAtMs = 0;
    await this.#upkeep.stop();
  }

  async #store(): Promise<void> {
    const { history, clock } = this.#options;
    for (const change of history.takeChanges()) this.#unstored.put(keyOf(change), change);
    if (clock.now() >= this.#noteAtMs) this.#note();
    await this.#unstored.store();
  }

  /** Until when all is known, for the collector after this one. */
  #note(): void {
    const { knowledge, clock } = this.#options;
    const { untilMs, isLive, missing } = knowledge();
    if (!isLive || missing !== undefined || untilMs === 0) return;
    this.#noteAtMs = clock.now() + NOTE_EVERY_MS;
    const note = { ...NOTE, earliestMs: 0, fromMs: 0, toMs: Math.min(untilMs, clock.now()) };
    this.#unstored.put(keyOf(note), note);
  }
}

function keyOf(version: KeptVersion): string {
  return [objectKey(version), version.fromMs, version.version].join(" ");
}
