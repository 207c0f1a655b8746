import { createServer, type Server, type ServerResponse } from "node:http";
import { describe, Fault, systemCode } from "@hopline/fault";
import type { Registry } from "prom-client";

export interface MetricsServerOptions {
  readonly host: string;
  readonly port: number;
  readonly registry: Registry;
  /** What `/healthz` answers: 200 where `healthy`, else 503. */
  readonly health: () => { readonly healthy: boolean; readonly [part: string]: unknown };
}

/** `/metrics` for Prometheus, `/healthz` for whoever restarts agents. */
export class MetricsServer {
  readonly #options: MetricsServerOptions;
  readonly #server: Server;

  constructor(options: MetricsServerOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      this.#answer(request.url ?? "", response).catch((thrown) => {
        response.writeHead(500).end(`${describe(thrown)}\n`);
      });
    });
  }

  /** The port that is listened on. @throws Fault `METRICS_ADDRESS` */
  async start(): Promise<number> {
    const { host, port } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", (thrown) => {
        reject(
          new Fault({
            code: "METRICS_ADDRESS",
            message: `Metrics cannot be served on ${host}:${port}: ${systemCode(thrown)}.`,
            hint: "Give --metrics-address one that is free.",
            cause: thrown,
          }),
        );
      });
      this.#server.listen(port, host, resolve);
    });
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : port;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #answer(url: string, response: ServerResponse): Promise<void> {
    const { registry, health } = this.#options;
    if (url === "/metrics") {
      const text = await registry.metrics();
      response.writeHead(200, { "content-type": registry.contentType }).end(text);
    } else if (url === "/healthz") {
      const state = health();
      response
        .writeHead(state.healthy ? 200 : 503, { "content-type": "application/json" })
        .end(`${JSON.stringify(state)}\n`);
    } else
      response.writeHead(404, { "content-type": "text/plain" }).end("There are /metrics and /healthz.\n");
  }
}
