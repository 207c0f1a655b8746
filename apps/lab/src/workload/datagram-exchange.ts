import { createSocket } from "node:dgram";
import type { ConversationPlan, Conversations, DatagramAccount } from "./conversations.js";
import type { LocalPorts } from "./local-ports.js";

export interface ExchangeOptions {
  readonly conversations: Conversations;
  readonly ports: LocalPorts;
  readonly plan: ConversationPlan;
  readonly answerTimeoutMs: number;
}

/** One UDP conversation from its own port: requests and answers in turn. */
export class DatagramExchange {
  readonly #options: ExchangeOptions;
  readonly #socket = createSocket("udp4");
  #account: DatagramAccount | undefined;
  #onAnswer: ((answer: Buffer) => void) | undefined;

  constructor(options: ExchangeOptions) {
    this.#options = options;
    this.#socket.on("message", (message) => {
      if (this.#account !== undefined) this.#account.receivedBytes += message.length;
      this.#onAnswer?.(message);
    });
  }

  async open(): Promise<void> {
    const port = this.#options.ports.take();
    await new Promise<void>((resolve, reject) => {
      this.#socket.once("error", reject);
      this.#socket.bind(port, resolve);
    });
    this.#socket.on("error", () => this.close("reset"));
    this.#account = this.#options.conversations.datagrams(this.#options.plan, port);
  }

  /** Sends one datagram and waits for one; undefined when none comes in time. */
  async ask(request: Buffer): Promise<Buffer | undefined> {
    const { remoteAddress, remotePort } = this.#options.plan;
    const answered = new Promise<Buffer | undefined>((resolve) => {
      const timer = setTimeout(() => resolve(undefined), this.#options.answerTimeoutMs);
      this.#onAnswer = (answer) => {
        clearTimeout(timer);
        resolve(answer);
      };
    });
    this.#socket.send(request, remotePort, remoteAddress, (error) => {
      // A datagram that a local rule drops is refused with EPERM: it never became a packet on an interface.
      if (error === null && this.#account !== undefined) this.#account.sentBytes += request.length;
    });
    return answered;
  }

  servedBy(pod: string): void {
    if (this.#account !== undefined && this.#options.plan.target.kind !== "External") {
      this.#account.servedBy = pod;
    }
  }

  close(outcome: "ok" | "timeout" | "reset"): void {
    const account = this.#account;
    if (account === undefined) return;
    this.#account = undefined;
    this.#socket.close();
    account.end(outcome);
  }
}
