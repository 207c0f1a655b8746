import type { LedgerEntry } from "../ledger/ledger-entry.js";
import { type CallPlan, parseBehaviour, type ServerKind } from "./behaviour.js";
import { FramedCaller, SubscribeCaller, TcpCaller } from "./call-framed.js";
import { HttpCaller, ScrapeCaller } from "./call-http.js";
import { CallLoop } from "./call-loop.js";
import { UdpCaller } from "./call-udp.js";
import type { Caller, CallerContext } from "./caller.js";
import { Conversations } from "./conversations.js";
import { LocalPorts } from "./local-ports.js";
import type { LabMessage, ScrapeTarget, WorkloadCounters } from "./messages.js";
import { Resolver, targetOf } from "./resolver.js";
import { serveDns, serveUdp } from "./serve-datagrams.js";
import { serveQueue, serveStore } from "./serve-framed.js";
import { serveHttp } from "./serve-http.js";
import type { RunningServer, ServerContext } from "./server.js";

/** Every workload of the cluster has metrics for the scraper here. */
const METRICS_PORT = 9100;
/** Requests under way get this long before a stopping server cuts them. */
const SERVERS_LIMIT_MS = 3000;
/** Longer than any call waits for its answer. */
const DRAIN_LIMIT_MS = 12_000;

const SERVE: Readonly<Record<ServerKind, (port: number, context: ServerContext) => Promise<RunningServer>>> =
  {
    http: serveHttp,
    store: serveStore,
    queue: serveQueue,
    udp: serveUdp,
    dns: serveDns,
  };

export type Beginning = Extract<LabMessage, { type: "begin" }>;

export interface WorkloadOptions {
  readonly beginning: Beginning;
  readonly report: (entry: LedgerEntry) => void;
  readonly random: () => number;
  readonly nowMs: () => number;
}

/** One pod's program: its servers, its calls, and the account of every conversation that it starts. */
export class Workload {
  readonly #options: WorkloadOptions;
  readonly #conversations: Conversations;
  readonly #ports: LocalPorts;
  readonly #resolver: Resolver;
  readonly #loops: CallLoop[] = [];
  readonly #subscriptions: Caller[] = [];
  readonly #callers: Caller[] = [];
  readonly #onRequestCallers: Caller[] = [];
  readonly #handling = new Set<Promise<void>>();
  #servers: RunningServer[] = [];
  #zone: Readonly<Record<string, string>> = {};
  #scrapeTargets: readonly ScrapeTarget[] = [];

  constructor(options: WorkloadOptions) {
    const { beginning, report, random, nowMs } = options;
    this.#options = options;
    this.#ports = new LocalPorts(nowMs());
    this.#conversations = new Conversations({
      initiator: beginning.initiator,
      localAddress: beginning.address,
      ports: this.#ports,
      nowUs: () => nowMs() * 1000,
      report,
    });
    this.#resolver = new Resolver({
      conversations: this.#conversations,
      ports: this.#ports,
      namespace: beginning.initiator.namespace,
      dns: beginning.dns,
      random,
    });
  }

  /** Starts the servers, and makes the calls ready without making any. */
  async start(): Promise<void> {
    const { beginning, random } = this.#options;
    const behaviour = parseBehaviour(beginning.behaviour);
    for (const plan of behaviour.onRequest) this.#onRequestCallers.push(this.#caller(plan));
    for (const plan of behaviour.calls) {
      const caller = this.#caller(plan);
      if (plan.kind === "subscribe") this.#subscriptions.push(caller);
      if (plan.everyMs === undefined) continue;
      this.#loops.push(
        new CallLoop({ call: () => caller.call(), everyMs: plan.everyMs, rate: beginning.rate, random }),
      );
    }
    const context: ServerContext = {
      servedBy: `${beginning.initiator.namespace}/${beginning.initiator.pod}`,
      onRequest: () => this.#onRequest(),
      lookUp: async (name) => this.#zone[name] ?? (await this.#lookUpstream(name)),
    };
    const plans = [...behaviour.servers];
    if (!plans.some((plan) => plan.port === METRICS_PORT)) plans.push({ kind: "http", port: METRICS_PORT });
    this.#servers = await Promise.all(plans.map((plan) => SERVE[plan.kind](plan.port, context)));
  }

  resume(): void {
    for (const loop of this.#loops) loop.start();
    for (const subscription of this.#subscriptions) void subscription.call();
  }

  setRate(rate: number): void {
    for (const loop of this.#loops) loop.setRate(rate);
  }

  setZone(addresses: Readonly<Record<string, string>>): void {
    this.#zone = addresses;
  }

  setScrapeTargets(pods: readonly ScrapeTarget[]): void {
    // Its own metrics would not leave the pod.
    this.#scrapeTargets = pods.filter((pod) => pod.address !== this.#options.beginning.address);
  }

  async pause(): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.pause()));
  }

  /** Ends kept connections and waits until all conversations have ended; to be paused first. */
  async drain(): Promise<void> {
    await Promise.all(this.#handling);
    for (const caller of this.#callers) caller.drain();
    await this.#conversations.ended(DRAIN_LIMIT_MS);
  }

  get counters(): WorkloadCounters {
    return {
      skippedCalls: this.#loops.reduce((sum, loop) => sum + loop.skipped, 0),
      notDialled: this.#conversations.notDialled,
    };
  }

  snapshot(): LedgerEntry[] {
    return this.#conversations.snapshot();
  }

  /** Ends everything in order, as a pod that is told to terminate does. */
  async stop(): Promise<void> {
    await this.pause();
    const closing = Promise.all(this.#servers.map((server) => server.stop()));
    await this.drain();
    const timer = setTimeout(() => {
      for (const server of this.#servers) server.cut();
    }, SERVERS_LIMIT_MS);
    await closing;
    clearTimeout(timer);
    await this.#conversations.ended(DRAIN_LIMIT_MS);
  }

  #onRequest(): Promise<void> {
    const calls = Promise.all(this.#onRequestCallers.map((caller) => caller.call())).then(() => {
      this.#handling.delete(calls);
    });
    this.#handling.add(calls);
    return calls;
  }

  async #lookUpstream(name: string): Promise<string | undefined> {
    return name.endsWith(".cluster.local") ? undefined : this.#resolver.lookUp(name);
  }

  #caller(plan: CallPlan): Caller {
    const caller = createCaller({
      plan,
      target: targetOf(plan, this.#options.beginning.initiator.namespace),
      conversations: this.#conversations,
      ports: this.#ports,
      resolve: (host) => this.#resolver.resolve(host),
      onRequest: () => this.#onRequest(),
      scrapeTargets: () => this.#scrapeTargets,
      nowMs: this.#options.nowMs,
    });
    this.#callers.push(caller);
    return caller;
  }
}

function createCaller(context: CallerContext): Caller {
  switch (context.plan.kind) {
    case "http":
      return new HttpCaller(context);
    case "scrape":
      return new ScrapeCaller(context);
    case "store":
    case "publish":
      return new FramedCaller(context, context.plan.kind);
    case "subscribe":
      return new SubscribeCaller(context);
    case "tcp":
      return new TcpCaller(context);
    case "udp":
      return new UdpCaller(context);
  }
}
