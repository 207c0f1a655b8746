import type { ScrapeTarget, WorkloadCounters } from "../workload/messages.js";
import type { PodProcess } from "./pod-process.js";

/** What a workload is to be told of the cluster. */
export interface Hears {
  readonly zone: boolean;
  readonly scrapeTargets: boolean;
}

interface Member {
  readonly process: PodProcess;
  readonly hears: Hears;
}

/** All workload processes of the lab, told the same things: when to call, how often, whom. */
export class Workloads {
  readonly #members = new Set<Member>();
  #rate: number;
  #calling = false;
  #zone: Readonly<Record<string, string>> = {};
  #scrapeTargets: readonly ScrapeTarget[] = [];

  constructor(rate: number) {
    this.#rate = rate;
  }

  get rate(): number {
    return this.#rate;
  }

  get calling(): boolean {
    return this.#calling;
  }

  /** Sums over the processes that run, as of the last quiesce or snapshot. */
  get counters(): WorkloadCounters {
    const all = [...this.#members].map(({ process }) => process.counters);
    return {
      skippedCalls: all.reduce((sum, counters) => sum + counters.skippedCalls, 0),
      notDialled: all.reduce((sum, counters) => sum + counters.notDialled, 0),
    };
  }

  /** Takes in a process that serves; it starts calling with the others. Returns the way to leave. */
  join(process: PodProcess, hears: Hears): () => void {
    const member = { process, hears };
    this.#members.add(member);
    this.#tellZone(member);
    this.#tellScrapeTargets(member);
    process.send({ type: "rate", rate: this.#rate });
    if (this.#calling) process.send({ type: "resume" });
    return () => this.#members.delete(member);
  }

  setZone(zone: Readonly<Record<string, string>>): void {
    this.#zone = zone;
    for (const member of this.#members) this.#tellZone(member);
  }

  setScrapeTargets(pods: readonly ScrapeTarget[]): void {
    this.#scrapeTargets = pods;
    for (const member of this.#members) this.#tellScrapeTargets(member);
  }

  setRate(rate: number): void {
    this.#rate = rate;
    for (const { process } of this.#members) process.send({ type: "rate", rate });
  }

  resume(): void {
    this.#calling = true;
    for (const { process } of this.#members) process.send({ type: "resume" });
  }

  /** Settles when no workload starts anything and every conversation has ended and been reported. */
  async quiesce(): Promise<void> {
    this.#calling = false;
    await this.#ask("pause");
    // Twice: while one drains, another's last request may still make it open a connection.
    await this.#ask("drain");
    await this.#ask("drain");
  }

  /** Has every running conversation reported as it stands. */
  async snapshot(): Promise<void> {
    await this.#ask("snapshot");
  }

  async #ask(what: "pause" | "drain" | "snapshot"): Promise<void> {
    await Promise.all([...this.#members].map(({ process }) => process.ask(what)));
  }

  #tellZone(member: Member): void {
    if (member.hears.zone) member.process.send({ type: "zone", addresses: this.#zone });
  }

  #tellScrapeTargets(member: Member): void {
    if (member.hears.scrapeTargets)
      member.process.send({ type: "scrape-targets", pods: this.#scrapeTargets });
  }
}
