import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Fault } from "@hopline/fault";
import { ApiClient } from "../api-client.js";
import { AppProcess } from "./app-process.js";
import type { Cluster, ClusterAgent } from "./cluster.js";
import type { RunFolder } from "./run-folder.js";

export interface PipelineOptions {
  /** Where data, spools, sockets and logs go. It stays the caller's to remove. */
  readonly folder: RunFolder;
  /** Port of the API on 127.0.0.1; without one it is asked by a socket in the folder. */
  readonly apiPort?: number;
  /** Called when one of the processes ends without having been asked to. */
  readonly onLost: (fault: Fault) => void;
}

/** Settings of the user's own environment that would change what these processes do. */
const OWN_SETTINGS = {
  HOPLINE_READ_TOKEN: "",
  HOPLINE_READ_TOKEN_FILE: "",
  HOPLINE_AGENT_TOKEN_FILE: "",
  HOPLINE_TOKEN_FILE: "",
  HOPLINE_KUBE_DUMP: "",
  HOPLINE_METRICS_ADDRESS: "",
  CLICKHOUSE_URL: "",
} as const;

/** Collector, agents and, where asked for, the web UI: all of Hopline over one cluster, as processes on this machine. */
export class Pipeline {
  readonly api: ApiClient;
  readonly #options: PipelineOptions;
  readonly #socket: string;
  readonly #token = randomBytes(24).toString("base64url");
  #agents: AppProcess[] = [];
  #collector: AppProcess | undefined;
  #web: AppProcess | undefined;

  constructor(options: PipelineOptions) {
    this.#options = options;
    this.#socket = `unix:${join(options.folder.path, "collector.sock")}`;
    this.api = new ApiClient({ url: this.#apiUrl });
  }

  /** It takes longest to start, and needs nothing but the API's address. */
  startWeb(port: number): void {
    this.#web = new AppProcess({
      ...this.#defaults,
      app: "web",
      label: "web",
      args: [],
      env: { PORT: String(port), HOSTNAME: "127.0.0.1", HOPLINE_COLLECTOR_URL: this.#apiUrl },
    });
  }

  startCollector(cluster: Cluster): void {
    const { folder, apiPort } = this.#options;
    this.#collector = new AppProcess({
      ...this.#defaults,
      app: "collector",
      label: "collector",
      args: [
        ...(apiPort === undefined ? [] : ["--listen", `127.0.0.1:${apiPort}`]),
        ...["--listen", this.#socket, "--data-dir", folder.folder("data"), ...cluster.collectorArgs],
      ],
      env: { ...OWN_SETTINGS, HOPLINE_AGENT_TOKEN: this.#token },
    });
  }

  /**
   * Starts the agents of a round.
   *
   * @param onAllDone given where they end by themselves: called once all of them have
   */
  startAgents(agents: readonly ClusterAgent[], onAllDone?: () => void): readonly AppProcess[] {
    let running = agents.length;
    const onDone = (): void => {
      if (--running === 0) onAllDone?.();
    };
    this.#agents = agents.map(
      ({ node, netns, args }) =>
        new AppProcess({
          ...this.#defaults,
          app: "agent",
          label: `agent ${node}`,
          args: [
            ...["--node", node, "--collector", this.#socket],
            ...["--data-dir", this.#options.folder.folder(`spool-${node}`), ...args],
          ],
          env: { ...OWN_SETTINGS, HOPLINE_TOKEN: this.#token },
          ...(netns !== undefined && { netns }),
          ...(onAllDone !== undefined && { onDone }),
        }),
    );
    return this.#agents;
  }

  /** What writes first, then what takes it. */
  async stop(): Promise<void> {
    await Promise.all(this.#agents.map((agent) => agent.stop()));
    await Promise.all([this.#collector?.stop(), this.#web?.stop(), this.api.close()]);
  }

  get #apiUrl(): string {
    const { apiPort } = this.#options;
    return apiPort === undefined ? this.#socket : `http://127.0.0.1:${apiPort}`;
  }

  get #defaults() {
    return { logDir: this.#options.folder.folder("logs"), onLost: this.#options.onLost };
  }
}

/** Whether a web server answers at `url`. */
export async function webAnswers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { redirect: "manual" })).status < 500;
  } catch {
    return false;
  }
}
