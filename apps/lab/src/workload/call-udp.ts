import type { Caller, CallerContext } from "./caller.js";
import { DatagramExchange } from "./datagram-exchange.js";

const ANSWER_TIMEOUT_MS = 5000;

/** One datagram and its answer, from a port of its own. */
export class UdpCaller implements Caller {
  readonly #context: CallerContext;

  constructor(context: CallerContext) {
    this.#context = context;
  }

  async call(): Promise<void> {
    const { plan, target, conversations, ports } = this.#context;
    const address = await this.#context.resolve(plan.host);
    if (address === undefined) return;
    const exchange = new DatagramExchange({
      conversations,
      ports,
      plan: { remoteAddress: address, remotePort: plan.port, target, expect: plan.expect },
      answerTimeoutMs: ANSWER_TIMEOUT_MS,
    });
    await exchange.open();
    const answer = await exchange.ask(Buffer.alloc(plan.sendBytes, 0x75));
    if (answer !== undefined) exchange.servedBy(answer.toString());
    exchange.close(answer === undefined ? "timeout" : "ok");
  }

  drain(): void {}
}
