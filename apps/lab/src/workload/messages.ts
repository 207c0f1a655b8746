import type { ConversationTarget, Initiator, LedgerEntry } from "../ledger/ledger-entry.js";
import type { BehaviourText } from "./behaviour.js";

/** A pod that the scraper may touch. */
export interface ScrapeTarget {
  readonly namespace: string;
  readonly name: string;
  readonly address: string;
}

/** What the lab tells a workload process, one JSON line each on its standard input. */
export type LabMessage =
  | {
      /** First of all: who it is. It starts its servers and answers `serving`; it calls nobody before `resume`. */
      readonly type: "begin";
      readonly initiator: Initiator;
      readonly address: string;
      readonly behaviour: BehaviourText;
      /** Who is asked for names: the cluster's DNS, or for its own pods the one upstream; absent outside. */
      readonly dns?: { readonly address: string; readonly target: ConversationTarget };
      readonly rate: number;
    }
  /** Full name to address: what a DNS server answers from. */
  | { readonly type: "zone"; readonly addresses: Readonly<Record<string, string>> }
  | { readonly type: "scrape-targets"; readonly pods: readonly ScrapeTarget[] }
  | { readonly type: "rate"; readonly rate: number }
  | { readonly type: "resume" }
  /** Stop starting calls by itself; answered when those under way are done. */
  | { readonly type: "pause" }
  /** End connections that are kept open; answered when every conversation has ended. */
  | { readonly type: "drain" }
  /** Report conversations that still run. */
  | { readonly type: "snapshot" }
  /** Pause, close servers, drain, exit. */
  | { readonly type: "stop" };

/** What a workload did not do, counted since it began. */
export interface WorkloadCounters {
  /** Calls left out because too many of the same plan had not ended. */
  readonly skippedCalls: number;
  /** Connections not dialled because their local port was still in use. */
  readonly notDialled: number;
}

/** What a workload process tells the lab, one JSON line each on its standard output. */
export type WorkloadMessage =
  | { readonly type: "serving" }
  | { readonly type: "conversation"; readonly entry: LedgerEntry }
  | {
      readonly type: "done";
      readonly what: "pause" | "drain" | "snapshot";
      readonly counters: WorkloadCounters;
    }
  | { readonly type: "trouble"; readonly message: string };
