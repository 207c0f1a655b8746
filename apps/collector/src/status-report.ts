import type { Status } from "@hopline/api";
import { describe } from "@hopline/fault";
import type { Logger } from "@hopline/process";
import type { DiskSpace, StoreStatus } from "@hopline/store";
import type { AgentReports } from "./agent-reports.js";
import type { AlertEngine } from "./alerts/alert-engine.js";
import type { Clock } from "./clock.js";
import type { ClusterSource } from "./cluster/cluster-source.js";
import type { IngestCounts } from "./ingest/ingest-counts.js";
import type { NameWait } from "./ingest/name-wait.js";
import type { CollectorMetrics } from "./metrics.js";
import type { AddressBook } from "./naming/address-book.js";
import type { TranslationMeeting } from "./naming/translation-meeting.js";
import type { PolicyHistory } from "./policy/policy-history.js";
import type { StoreKeeper } from "./store-keeper.js";
import { VERSION } from "./version.js";
import type { Watches } from "./watch/watches.js";

export interface StatusReportOptions {
  readonly agentReports: AgentReports;
  readonly keeper: StoreKeeper;
  readonly watches: Watches;
  readonly cluster: ClusterSource;
  readonly policies: PolicyHistory;
  readonly book: AddressBook;
  readonly counts: IngestCounts;
  readonly nameWait: NameWait;
  readonly meeting: TranslationMeeting;
  readonly alerts: AlertEngine;
  readonly metrics: CollectorMetrics;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Gathers what works and what does not. Never fails itself: what is away is said to be away. */
export class StatusReport {
  readonly #options: StatusReportOptions;
  readonly #startedAt: number;

  constructor(options: StatusReportOptions) {
    this.#options = options;
    this.#startedAt = options.clock.now();
  }

  async make(): Promise<Status> {
    const { keeper, cluster, counts, nameWait, clock, agentReports } = this.#options;
    const known = await this.#storeStatus();
    return {
      version: VERSION,
      now: clock.now(),
      startedAt: this.#startedAt,
      cluster: cluster.description,
      store: {
        kind: keeper.kind,
        engineVersion: keeper.engineVersion,
        state: keeper.state.state,
        lastError: keeper.state.lastError,
        tables: [...known.tables],
        disk: known.disk,
      },
      watches: cluster.states(),
      policyProblems: [...this.#options.policies.problems],
      agents: known.agents.map((agent) => ({ ...agent, report: agentReports.of(agent.node) })),
      connectionWatches: [...(await this.#options.watches.list())],
      ingest: {
        batches: counts.batches,
        duplicates: counts.duplicates,
        rows: counts.rows,
        rejected: counts.rejectedBatches,
        waiting: nameWait.waitingRows,
        unnamed: counts.unnamedRows,
      },
      alerting: this.#options.alerts.status,
    };
  }

  /** What is missing before batches can be named and stored; one sentence each. */
  waitingFor(): string[] {
    const { keeper, cluster, book } = this.#options;
    const missing: string[] = [];
    if (keeper.state.state === "unavailable")
      missing.push(
        `The ${keeper.kind} store is not there${keeper.state.lastError === null ? "." : `: ${keeper.state.lastError}`}`,
      );
    if (!book.isReady) missing.push(`The objects of ${cluster.description} have not been read yet.`);
    return missing;
  }

  /** Brings the gauges up to date that nothing else sets. */
  measure(): void {
    const { metrics, nameWait, meeting, cluster, alerts } = this.#options;
    metrics.waitingRows.set(nameWait.waitingRows);
    metrics.policyProblems.set(this.#options.policies.problems.length);
    metrics.forgottenTranslations.set(meeting.evicted);
    alerts.measure();
    metrics.watchUp.reset();
    for (const { resource, state, objects, restarts } of cluster.states()) {
      metrics.watchUp.set({ resource }, isUp(state) ? 1 : 0);
      metrics.watchObjects.set({ resource }, objects);
      metrics.watchRestarts.set({ resource }, restarts);
    }
  }

  async #storeStatus(): Promise<Pick<StoreStatus, "tables" | "agents"> & { disk?: DiskSpace }> {
    try {
      return await this.#options.keeper.use("status", async (store) => ({
        ...(await store.status()),
        disk: await store.disk(),
      }));
    } catch (thrown) {
      this.#options.log.debug(`the store has no status: ${describe(thrown)}`);
      return { tables: [], agents: [] };
    }
  }
}

/** An extension that the cluster does not have is followed as well as can be. */
function isUp(state: string): boolean {
  return state === "watching" || state === "loaded" || state === "absent";
}
