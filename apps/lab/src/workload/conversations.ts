import { connect, type Socket } from "node:net";
import type {
  ConversationOutcome,
  ConversationTarget,
  Initiator,
  LedgerEntry,
} from "../ledger/ledger-entry.js";
import type { LocalPorts } from "./local-ports.js";

const CONNECT_TIMEOUT_MS = {
  allowed: 10_000,
  /** Under the first retransmission of a SYN (1 s), so that an attempt that is dropped is one packet. */
  denied: 800,
};

export interface ConversationPlan {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly target: ConversationTarget;
  readonly expect: "allowed" | "denied";
}

interface Running {
  readonly entry: () => LedgerEntry;
  readonly socket: Socket | undefined;
}

export interface ConversationsOptions {
  readonly initiator: Initiator;
  readonly localAddress: string;
  readonly ports: LocalPorts;
  readonly nowUs: () => number;
  readonly report: (entry: LedgerEntry) => void;
}

/** Everything that a workload has started and not ended, and the account of each. */
export class Conversations {
  readonly #options: ConversationsOptions;
  readonly #running = new Map<string, Running>();
  #started = 0;
  /** Connections that could not be dialled because their local port was still in use. */
  notDialled = 0;
  #whenNone: (() => void)[] = [];

  constructor(options: ConversationsOptions) {
    this.#options = options;
  }

  /**
   * Dials by TCP and accounts for the connection until it closes.
   * @returns the socket, and where to say who answered.
   */
  dial(plan: ConversationPlan): { readonly socket: Socket; readonly servedBy: (pod: string) => void } {
    const { localAddress, ports, nowUs } = this.#options;
    const id = this.#nextId();
    const startedUs = nowUs();
    const localPort = ports.take();
    let connected = false;
    let outcome: ConversationOutcome = "ok";
    let servedBy: string | undefined;
    let dialled = true;
    const socket = connect({
      host: plan.remoteAddress,
      port: plan.remotePort,
      // Chosen here: a port of the kernel's choice is forgotten before it can be read when the refusal comes at once.
      localPort,
      autoSelectFamily: false,
    });
    socket.setNoDelay(true);

    const timer = setTimeout(() => {
      outcome = "timeout";
      socket.destroy();
    }, CONNECT_TIMEOUT_MS[plan.expect]);
    socket.once("connect", () => {
      clearTimeout(timer);
      connected = true;
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      dialled = error.code !== "EADDRINUSE" && error.code !== "EADDRNOTAVAIL";
      outcome = outcomeOf(error.code);
    });
    const entry = (endedUs: number | null): LedgerEntry => ({
      id,
      ...this.#options.initiator,
      protocol: "tcp",
      localAddress,
      localPort,
      remoteAddress: plan.remoteAddress,
      remotePort: plan.remotePort,
      target: plan.target,
      startedUs,
      endedUs,
      // What was handed to a socket that never connected never became a packet.
      sentBytes: connected ? socket.bytesWritten : 0,
      receivedBytes: socket.bytesRead,
      outcome,
      expect: plan.expect,
      ...(servedBy === undefined ? {} : { servedBy }),
    });
    socket.once("close", () => {
      clearTimeout(timer);
      this.#end(id, dialled ? entry(this.#options.nowUs()) : undefined);
    });
    this.#running.set(id, { entry: () => entry(null), socket });
    return {
      socket,
      servedBy: (pod) => {
        if (plan.target.kind !== "External") servedBy = pod;
      },
    };
  }

  /** Accounts for a UDP conversation; the caller counts and says when it is over. */
  datagrams(plan: ConversationPlan, localPort: number): DatagramAccount {
    const id = this.#nextId();
    const startedUs = this.#options.nowUs();
    const account = { sentBytes: 0, receivedBytes: 0, servedBy: undefined as string | undefined };
    const entry = (endedUs: number | null, outcome: ConversationOutcome): LedgerEntry => ({
      id,
      ...this.#options.initiator,
      protocol: "udp",
      localAddress: this.#options.localAddress,
      localPort,
      remoteAddress: plan.remoteAddress,
      remotePort: plan.remotePort,
      target: plan.target,
      startedUs,
      endedUs,
      sentBytes: account.sentBytes,
      receivedBytes: account.receivedBytes,
      outcome,
      expect: plan.expect,
      ...(account.servedBy === undefined ? {} : { servedBy: account.servedBy }),
    });
    this.#running.set(id, { entry: () => entry(null, "ok"), socket: undefined });
    return Object.assign(account, {
      end: (outcome: ConversationOutcome) => this.#end(id, entry(this.#options.nowUs(), outcome)),
    });
  }

  /** Entries of what still runs, with `endedUs` null. */
  snapshot(): LedgerEntry[] {
    return [...this.#running.values()]
      .map((running) => running.entry())
      .filter((entry) => entry.localPort !== 0);
  }

  /** Settles when nothing runs any more; what still does after the time limit is cut off. */
  async ended(limitMs: number): Promise<void> {
    if (this.#running.size === 0) return;
    const timer = setTimeout(() => {
      for (const { socket } of this.#running.values()) socket?.destroy();
    }, limitMs);
    await new Promise<void>((resolve) => this.#whenNone.push(resolve));
    clearTimeout(timer);
  }

  #nextId(): string {
    this.#started += 1;
    return `${this.#options.initiator.namespace}/${this.#options.initiator.pod}/${this.#started}`;
  }

  /** Without an entry: the local port was taken, so that nothing was ever sent. */
  #end(id: string, entry: LedgerEntry | undefined): void {
    this.#running.delete(id);
    if (entry === undefined) this.notDialled += 1;
    else this.#options.report(entry);
    if (this.#running.size > 0) return;
    const waiting = this.#whenNone;
    this.#whenNone = [];
    for (const resolve of waiting) resolve();
  }
}

export interface DatagramAccount {
  sentBytes: number;
  receivedBytes: number;
  servedBy: string | undefined;
  readonly end: (outcome: ConversationOutcome) => void;
}

function outcomeOf(code: string | undefined): ConversationOutcome {
  if (code === "ECONNREFUSED") return "refused";
  if (code === "ETIMEDOUT") return "timeout";
  if (code === "EHOSTUNREACH" || code === "ENETUNREACH") return "unreachable";
  return "reset";
}
