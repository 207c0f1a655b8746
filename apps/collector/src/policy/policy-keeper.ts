import { describe } from "@hopline/fault";
import type { Logger } from "@hopline/process";
import type { Store } from "@hopline/store";
import type { Clock } from "../clock.js";
import type { CollectorMetrics } from "../metrics.js";
import type { StoreKeeper } from "../store-keeper.js";
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

const STORE_EVERY_MS = 1000;
/** How often it is noted that all is known: a collector that is killed leaves so much unknown. */
const NOTE_EVERY_MS = 30_000;
const FORGET_EVERY_MS = 3_600_000;
/** How late a row may be and still be judged by the policies of its time. */
const REMEMBER_MS = 24 * 3_600_000;
/** Versions that wait for a store which is away; beyond it the oldest are left out. */
const MAX_UNSTORED = 200_000;
const MAX_INSERTED = 5000;

/** Under which it is kept until when all was known. */
const NOTE = { kind: "Watch", namespace: "", name: "policies", version: "", body: "" };

/** Stores what policies and labels were when, as it changes, and reads at the start what the last collector knew. */
export class PolicyKeeper {
  readonly #options: PolicyKeeperOptions;
  readonly #stopping = new AbortController();
  /** By the key under which the store keeps one row. */
  readonly #unstored = new Map<string, KeptVersion>();
  #running: Promise<void> | undefined;
  #noteAtMs = 0;
  #forgetAtMs = 0;

  constructor(options: PolicyKeeperOptions) {
    this.#options = options;
  }

  /** Before anything is judged. */
  async restore(store: Store): Promise<void> {
    const { history, clock, knowledge } = this.#options;
    // A dump holds all there is to know.
    if (!knowledge().isLive) {
      history.restore([], 0);
      return;
    }
    const kept = await store.clusterObjects(clock.now() - REMEMBER_MS);
    const note = kept.find(({ kind }) => kind === NOTE.kind);
    history.restore(
      kept.filter(({ kind }) => kind !== NOTE.kind),
      note?.toMs ?? 0,
    );
  }

  start(): void {
    this.#forgetAtMs = this.#options.clock.now() + FORGET_EVERY_MS;
    this.#running = this.#run();
  }

  /** Stores what changed last, if the store is there. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    this.#noteAtMs = 0;
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
    for (const change of history.takeChanges()) this.#unstored.set(keyOf(change), change);
    this.#leaveOut();
    if (clock.now() >= this.#forgetAtMs) {
      this.#forgetAtMs = clock.now() + FORGET_EVERY_MS;
      history.dropEndedBefore(clock.now() - REMEMBER_MS);
    }
    if (clock.now() >= this.#noteAtMs) this.#note();
    await this.#store();
  }

  /** Until when all is known, for the collector after this one. */
  #note(): void {
    const { knowledge, clock } = this.#options;
    const { untilMs, isLive, missing } = knowledge();
    if (!isLive || missing !== undefined || untilMs === 0) return;
    this.#noteAtMs = clock.now() + NOTE_EVERY_MS;
    const note = { ...NOTE, earliestMs: 0, fromMs: 0, toMs: Math.min(untilMs, clock.now()) };
    this.#unstored.set(keyOf(note), note);
  }

  #leaveOut(): void {
    for (const oldest of this.#unstored.keys()) {
      if (this.#unstored.size <= MAX_UNSTORED) return;
      this.#unstored.delete(oldest);
      this.#options.metrics.policyVersionsStored.inc({ result: "left_out" });
    }
  }

  async #store(): Promise<void> {
    const { keeper, log, metrics } = this.#options;
    const entries = [...this.#unstored].slice(0, MAX_INSERTED);
    if (entries.length === 0 || keeper.state.state === "unavailable") return;
    try {
      await keeper.use("insert_cluster_objects", (store) =>
        store.insertClusterObjects(entries.map(([, version]) => version)),
      );
    } catch (thrown) {
      log.warn(`versions of policies are not stored yet: ${describe(thrown)}`);
      return;
    }
    metrics.policyVersionsStored.inc({ result: "stored" }, entries.length);
    for (const [key, version] of entries) if (this.#unstored.get(key) === version) this.#unstored.delete(key);
  }
}

function keyOf(version: KeptVersion): string {
  return [objectKey(version), version.fromMs, version.version].join(" ");
}
