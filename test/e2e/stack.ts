import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, request } from "undici";
import { z } from "zod";
import { ApiClient } from "../../apps/cli/src/api-client.js";
import { AppProcess } from "../../apps/cli/src/demo/app-process.js";
import { ControlClient } from "../../apps/lab/src/control/control-client.js";

const readySchema = z.object({
  ready: z.literal(true),
  kubeconfig: z.string(),
  nodes: z.array(z.object({ name: z.string(), netns: z.string(), address: z.string() })),
  outside: z.object({ netns: z.string(), address: z.string() }),
  ledger: z.string(),
  control: z.string(),
});

/** A line of the lab's ledger: what a workload itself says about a conversation that it began. */
const conversationSchema = z.object({
  id: z.string(),
  namespace: z.string(),
  pod: z.string(),
  workload: z.string(),
  workloadKind: z.string(),
  node: z.string(),
  protocol: z.enum(["tcp", "udp"]),
  localAddress: z.string(),
  localPort: z.number(),
  remoteAddress: z.string(),
  remotePort: z.number(),
  target: z.object({ namespace: z.string(), name: z.string(), kind: z.enum(["Service", "Pod", "External"]) }),
  startedUs: z.number(),
  endedUs: z.number().nullable(),
  sentBytes: z.number(),
  receivedBytes: z.number(),
  outcome: z.enum(["ok", "refused", "timeout", "reset", "unreachable"]),
  expect: z.enum(["allowed", "denied"]),
  servedBy: z.string().optional(),
});
export type Conversation = z.output<typeof conversationSchema>;

export interface StackOptions {
  /** Name of the lab; unique among the tests. */
  readonly name: string;
  readonly nodes?: number;
  readonly rate?: number;
  readonly withWeb?: boolean;
  /** Of each agent, instead of those that capture every role. */
  readonly agentArgs?: (node: string) => readonly string[];
  /** Beside those that every collector has. */
  readonly collectorArgs?: readonly string[];
}

const READY_TIMEOUT_MS = 120_000;
/** From a window's end to its rows on the agent's disk. */
const CLOSING_MS = 3500;
const WINDOW_MS = 10_000;

/** A lab, its agents, a collector and, where asked for, the web UI: real processes, which a test may kill. */
export class Stack {
  readonly #options: StackOptions;
  readonly #folder: string;
  readonly #lost: string[] = [];
  readonly #agents = new Map<string, AppProcess>();
  #lab!: AppProcess;
  #ready!: z.output<typeof readySchema>;
  #collector!: AppProcess;
  #web: AppProcess | undefined;
  #apiPort = 0;
  #webPort = 0;
  api!: ApiClient;

  constructor(options: StackOptions) {
    this.#options = options;
    this.#folder = mkdtempSync(join(tmpdir(), `hopline-e2e-${options.name}-`));
  }

  get apiUrl(): string {
    return `http://127.0.0.1:${this.#apiPort}`;
  }

  get webUrl(): string {
    return `http://127.0.0.1:${this.#webPort}`;
  }

  get nodes(): readonly { readonly name: string; readonly netns: string; readonly address: string }[] {
    return this.#ready.nodes;
  }

  get kubeconfig(): string {
    return this.#ready.kubeconfig;
  }

  /** What ended without having been asked to, in words. */
  get lost(): readonly string[] {
    return this.#lost;
  }

  async start(): Promise<void> {
    this.#apiPort = await freePort();
    this.#webPort = await freePort();
    this.api = new ApiClient({ url: this.apiUrl });
    if (this.#options.withWeb === true) this.#web = this.#startWeb();
    const { nodes = 2, rate = 1, name } = this.#options;
    this.#lab = this.#app("lab", "lab", [
      ...["up", "--name", name, "--nodes", String(nodes), "--rate", String(rate)],
      ...["--run-dir", join(this.#folder, "lab")],
    ]);
    const line = await new Promise<string>((resolve, reject) => {
      createInterface({ input: this.#lab.stdout })
        .once("line", resolve)
        .once("close", () => reject(new Error(this.#lost.join("; "))));
    });
    this.#ready = readySchema.parse(JSON.parse(line));
    this.startCollector();
    for (const node of this.#ready.nodes) this.startAgent(node.name);
    await this.#until("the collector is ready", () => this.api.isReady());
  }

  startCollector(): void {
    this.#collector = this.#app("collector", "collector", [
      ...["--listen", `127.0.0.1:${this.#apiPort}`, "--listen", this.#socket],
      ...["--data-dir", join(this.#folder, "data"), "--kubeconfig", this.#ready.kubeconfig],
      ...(this.#options.collectorArgs ?? []),
    ]);
  }

  async killCollector(): Promise<void> {
    await this.#collector.kill();
  }

  startAgent(node: string): void {
    const { netns } = this.#ready.nodes.find((candidate) => candidate.name === node)!;
    const args = [
      "--node",
      node,
      "--collector",
      this.#socket,
      "--data-dir",
      join(this.#folder, `spool-${node}`),
      ...(this.#options.agentArgs?.(node) ?? ["--roles", "pod,bridge,tunnel,uplink"]),
    ];
    this.#agents.set(node, this.#app("agent", `agent ${node}`, args, netns));
  }

  async stopAgent(node: string): Promise<void> {
    await this.#agents.get(node)?.stop();
  }

  agentPid(node: string): number {
    return this.#agents.get(node)?.pid ?? 0;
  }

  /** No workload starts anything new, all that ran has ended, the ledger is written. */
  async quiesce(): Promise<void> {
    await this.#control("/quiesce");
  }

  async resume(): Promise<void> {
    await this.#control("/resume");
  }

  /** One pod is restarted now, and its address given to another workload's pod. */
  async restartPod(): Promise<unknown> {
    return this.#control("/restart-pod");
  }

  /** The lab's own control: objects, faults, what runs. */
  get lab(): ControlClient {
    return new ControlClient(this.#ready.control);
  }

  /** Waits for the beginning of the next window. @returns that, milliseconds since the Unix epoch */
  async nextWindow(): Promise<number> {
    const atMs = Math.ceil(Date.now() / WINDOW_MS) * WINDOW_MS;
    await sleep(atMs - Date.now());
    return atMs;
  }

  /** Waits until every window that is open now has been closed, sent and stored: until the agents' spools say so. */
  async settle(): Promise<void> {
    const boundary = Date.now() - (Date.now() % WINDOW_MS) + WINDOW_MS;
    const closed = boundary + CLOSING_MS;
    await sleep(closed - Date.now());
    await this.#until("all windows are stored", async () => !this.#waitsOnDisk(closed));
  }

  #waitsOnDisk(beforeMs: number): boolean {
    return this.#ready.nodes.some(({ name }) => {
      const spool = join(this.#folder, `spool-${name}`);
      return readdirSync(spool, { recursive: true, encoding: "utf8" }).some(
        (path) =>
          path.endsWith(".arrow") &&
          (statSync(join(spool, path), { throwIfNoEntry: false })?.mtimeMs ?? Infinity) < beforeMs,
      );
    });
  }

  conversations(): Conversation[] {
    const byId = new Map<string, Conversation>();
    for (const line of readFileSync(this.#ready.ledger, "utf8").split("\n")) {
      if (line === "") continue;
      const conversation = conversationSchema.parse(JSON.parse(line));
      byId.set(conversation.id, conversation);
    }
    return [...byId.values()];
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#agents.values()].map((agent) => agent.stop()));
    await Promise.all([this.#collector?.stop(), this.#web?.stop(), this.#lab?.stop(), this.api?.close()]);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #socket(): string {
    return `unix:${join(this.#folder, "collector.sock")}`;
  }

  #startWeb(): AppProcess {
    const env = { PORT: String(this.#webPort), HOSTNAME: "127.0.0.1", HOPLINE_COLLECTOR_URL: this.apiUrl };
    return this.#app("web", "web", [], undefined, env);
  }

  #app(
    app: "agent" | "collector" | "lab" | "web",
    label: string,
    args: readonly string[],
    netns?: string,
    env: Record<string, string> = {},
  ): AppProcess {
    return new AppProcess({
      app,
      label,
      args,
      env,
      logDir: this.#folder,
      ...(netns !== undefined && { netns }),
      onLost: (fault) => this.#lost.push(fault.sentence),
    });
  }

  async #control(path: string): Promise<unknown> {
    const dispatcher = new Agent({ connect: { socketPath: this.#ready.control }, headersTimeout: 60_000 });
    const answer = await request(`http://lab${path}`, { method: "POST", dispatcher });
    const text = await answer.body.text();
    await dispatcher.close();
    if (answer.statusCode >= 300)
      throw new Error(`the lab answered ${path} with ${answer.statusCode}: ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }

  async #until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + READY_TIMEOUT_MS;
    while (!(await isSo())) {
      if (this.#lost.length > 0) throw new Error(this.#lost.join("; "));
      if (Date.now() > deadline) throw new Error(`it did not come about that ${what}`);
      await sleep(200);
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
