import type { AgentStatus } from "@hopline/api";
import { type AgentReport, parseAgentReport } from "@hopline/batch";

/** Nodes beyond so many are not remembered; more than any cluster has. */
const MOST_NODES = 20_000;

/**
 * The last that each agent said of itself, by node. Not stored: after a start of the collector it comes again with the
 * next batch, and each collector knows of those agents that speak to it.
 */
export class AgentReports {
  readonly #now: () => number;
  readonly #reports = new Map<string, { readonly report: AgentReport; readonly offsetMs: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** @param header of a request that has just come; anything else than a report is passed over */
  heard(header: unknown): void {
    const report = parseAgentReport(header);
    if (report === undefined) return;
    if (this.#reports.size >= MOST_NODES && !this.#reports.has(report.node)) return;
    this.#reports.set(report.node, { report, offsetMs: report.sentAtMs - this.#now() });
  }

  /** Undefined where this collector has not heard the node's agent. */
  of(node: string): AgentStatus["report"] {
    const known = this.#reports.get(node);
    if (known === undefined) return undefined;
    const { report, offsetMs } = known;
    return { clockOffsetMs: offsetMs, troubles: report.troubles, conntrack: report.conntrack };
  }
}
