import type { ConversationTarget } from "../ledger/ledger-entry.js";
import type { CallPlan } from "./behaviour.js";
import type { Conversations } from "./conversations.js";
import type { LocalPorts } from "./local-ports.js";
import type { ScrapeTarget } from "./messages.js";

/** Makes the calls of one plan. A call settles when it is over, however it went: the ledger says how. */
export interface Caller {
  call(): Promise<void>;
  /** Ends connections that are kept open between calls, once their calls are done. */
  drain(): void;
}

export interface CallerContext {
  readonly plan: CallPlan;
  readonly target: ConversationTarget;
  readonly conversations: Conversations;
  readonly ports: LocalPorts;
  readonly resolve: (host: string) => Promise<string | undefined>;
  /** The workload's calls for a message from a queue. */
  readonly onRequest: () => Promise<void>;
  readonly scrapeTargets: () => readonly ScrapeTarget[];
  readonly nowMs: () => number;
}
