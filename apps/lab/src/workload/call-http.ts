import { Agent, type ClientRequestArgs, request } from "node:http";
import type { Duplex } from "node:stream";
import type { Caller, CallerContext } from "./caller.js";
import type { ConversationPlan } from "./conversations.js";
import { REPLY_BYTES_HEADER, SERVED_BY_HEADER } from "./serve-http.js";

const ANSWER_TIMEOUT_MS = 10_000;

/** HTTP requests: one a connection, or many over connections that are kept for a while. */
export class HttpCaller implements Caller {
  readonly #context: CallerContext;
  #pool: ConnectionPool | undefined;

  constructor(context: CallerContext) {
    this.#context = context;
  }

  async call(): Promise<void> {
    const { plan, nowMs } = this.#context;
    if (this.#pool !== undefined && nowMs() - this.#pool.openedMs >= plan.keepMs) this.drain();
    this.#pool ??= new ConnectionPool(this.#context, (servedAt) => this.#dialPlan(servedAt));
    await this.#pool.request(plan.host);
  }

  drain(): void {
    this.#pool?.retire();
    this.#pool = undefined;
  }

  #dialPlan(address: string): ConversationPlan {
    const { plan, target } = this.#context;
    return { remoteAddress: address, remotePort: plan.port, target, expect: plan.expect };
  }
}

/** Touches the metrics of every pod that it is told of, one a call, in turn. */
export class ScrapeCaller implements Caller {
  readonly #context: CallerContext;
  #turn = 0;

  constructor(context: CallerContext) {
    this.#context = context;
  }

  async call(): Promise<void> {
    const { plan, scrapeTargets } = this.#context;
    const pods = scrapeTargets();
    if (pods.length === 0) return;
    this.#turn = (this.#turn + 1) % pods.length;
    const pod = pods[this.#turn]!;
    const target = { namespace: pod.namespace, name: pod.name, kind: "Pod" as const };
    const pool = new ConnectionPool({ ...this.#context, plan: { ...plan, keepMs: 0 } }, (address) => ({
      remoteAddress: address,
      remotePort: plan.port,
      target,
      expect: plan.expect,
    }));
    await pool.request(pod.address);
  }

  drain(): void {}
}

/** An HTTP agent whose connections are accounted for. */
class ConnectionPool {
  readonly openedMs: number;
  readonly #context: CallerContext;
  readonly #agent: AccountedAgent;
  #underWay = 0;
  #retired = false;

  constructor(context: CallerContext, dialPlan: (address: string) => ConversationPlan) {
    this.#context = context;
    this.openedMs = context.nowMs();
    this.#agent = new AccountedAgent(context, dialPlan);
  }

  async request(host: string): Promise<void> {
    const { plan } = this.#context;
    this.#underWay += 1;
    await new Promise<void>((resolve) => {
      const outgoing = request({
        agent: this.#agent,
        host,
        port: plan.port,
        path: plan.path,
        method: plan.sendBytes > 0 ? "POST" : "GET",
        headers: { [REPLY_BYTES_HEADER]: plan.replyBytes, "content-length": plan.sendBytes },
        timeout: ANSWER_TIMEOUT_MS,
      });
      outgoing.once("response", (response) => {
        const servedBy = response.headers[SERVED_BY_HEADER];
        if (typeof servedBy === "string") this.#agent.noteServedBy(response.socket, servedBy);
        response.resume();
        response.once("close", resolve);
      });
      outgoing.once("timeout", () => outgoing.destroy());
      outgoing.once("error", () => resolve());
      outgoing.end(Buffer.alloc(plan.sendBytes, 0x62));
    });
    this.#underWay -= 1;
    this.#destroyIfUnused();
  }

  /** Ends its connections when the last request under way is answered. */
  retire(): void {
    this.#retired = true;
    this.#destroyIfUnused();
  }

  #destroyIfUnused(): void {
    if (this.#retired && this.#underWay === 0) this.#agent.destroy();
  }
}

class AccountedAgent extends Agent {
  readonly #context: CallerContext;
  readonly #dialPlan: (address: string) => ConversationPlan;
  readonly #noteServedBy = new WeakMap<Duplex, (pod: string) => void>();

  constructor(context: CallerContext, dialPlan: (address: string) => ConversationPlan) {
    super({ keepAlive: context.plan.keepMs > 0, maxSockets: context.plan.pool, scheduling: "fifo" });
    this.#context = context;
    this.#dialPlan = dialPlan;
  }

  noteServedBy(socket: Duplex, pod: string): void {
    this.#noteServedBy.get(socket)?.(pod);
  }

  override createConnection(
    options: ClientRequestArgs,
    created: (error: Error | null, socket: Duplex) => void,
  ): Duplex | null | undefined {
    const host = String(options.host);
    void this.#context.resolve(host).then((address) => {
      if (address === undefined) {
        // Agents take either an error or a socket; with an error the socket is not looked at.
        Reflect.apply(created, undefined, [new Error(`${host} has no address`)]);
        return;
      }
      const { socket, servedBy } = this.#context.conversations.dial(this.#dialPlan(address));
      this.#noteServedBy.set(socket, servedBy);
      created(null, socket);
    });
    return undefined;
  }
}
