import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import {
  createServer as createHttpsServer,
  type Server as HttpsServer,
  type ServerOptions,
} from "node:https";
import type { AddressInfo } from "node:net";
import { TLSSocket } from "node:tls";
import { describe, Fault, systemCode } from "@hopline/fault";
import { AccessRules, type TokenGrant } from "./access.js";
import { answer } from "./answer.js";
import { ApiFault } from "./api-fault.js";
import { requestUrl } from "./api-request.js";
import { writeKubeconfig } from "./kubeconfig.js";
import type { ObjectStore } from "./object-store.js";
import { ObjectWatch } from "./object-watch.js";

/** PEM texts. */
export interface ServerTls {
  readonly key: string;
  readonly cert: string;
  /** Authority that the client should trust; written into the kubeconfig. */
  readonly ca: string;
  /** Authority whose client certificates are taken in place of a token. */
  readonly clientCa?: string;
}

export interface KubeApiOptions {
  readonly store: ObjectStore;
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** By token; without any, the API is open. kubectl sends tokens over HTTPS only. */
  readonly tokens?: Readonly<Record<string, TokenGrant>>;
  /** Serves HTTPS, and with a `clientCa` takes client certificates. */
  readonly tls?: ServerTls;
  /** How often a quiet watch hears of the current version. Kubernetes: about a minute. */
  readonly bookmarkIntervalMs?: number;
  readonly nowMs?: () => number;
}

/** How requests are met: answered, refused with 503, or kept waiting without a word. */
type Mode = "serving" | "draining" | "frozen";

/** Listens, and settles once it does. @throws Fault `KUBE_API_LISTEN` where the address cannot be had. */
export async function startKubeApi(options: KubeApiOptions): Promise<KubeApi> {
  const api = new KubeApi(options);
  await api.start();
  return api;
}

/**
 * A Kubernetes API for the lab's objects: discovery, get, list and watch over HTTP or HTTPS; no writes.
 * Use {@link startKubeApi}. Besides, it can misbehave as real API servers do, for tests.
 */
export class KubeApi {
  /** Who may read what; may be changed while the API runs. */
  readonly access: AccessRules;
  readonly #options: KubeApiOptions;
  readonly #watches = new Set<ObjectWatch>();
  readonly #held: (() => void)[] = [];
  #server: Server | HttpsServer | undefined;
  #port: number;
  #tls: ServerTls | undefined;
  #mode: Mode = "serving";
  #requests = 0;

  constructor(options: KubeApiOptions) {
    this.#options = options;
    this.#port = options.port;
    this.#tls = options.tls;
    this.access = new AccessRules(options.tokens);
  }

  get url(): string {
    return `${this.#tls === undefined ? "http" : "https"}://${this.#address}`;
  }

  get openWatches(): number {
    return this.#watches.size;
  }

  /** Requests received since the start, watches included. */
  get requests(): number {
    return this.#requests;
  }

  /** A kubeconfig for this API as YAML, with a token where the API wants one. */
  kubeconfig(): string {
    return writeKubeconfig({ url: this.url, ca: this.#tls?.ca, token: this.access.anyToken });
  }

  async start(): Promise<void> {
    const listener = (request: IncomingMessage, response: ServerResponse): void =>
      this.#receive(request, response);
    const server =
      this.#tls === undefined
        ? createHttpServer(listener)
        : createHttpsServer(secureOptions(this.#tls), listener);
    await new Promise<void>((resolve, reject) => {
      server.once("error", (thrown) => reject(listenFault(this.url, thrown)));
      server.listen(this.#port, this.#options.host, resolve);
    });
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Cuts all connections and closes. Does nothing when it is closed already. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    this.#held.length = 0;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  }

  /** For tests: gone without a word for this long, then back on the same port. */
  async restart(downMs: number): Promise<void> {
    await this.close();
    await new Promise((resolve) => setTimeout(resolve, downMs));
    await this.start();
  }

  /** For tests: open watches end, and every request is refused with 503 and Retry-After, until {@link resume}. */
  drain(): void {
    this.#mode = "draining";
    for (const watch of [...this.#watches]) watch.end();
  }

  /** For tests: connections stay open, and nothing is said on any of them, until {@link resume}. */
  freeze(): void {
    this.#mode = "frozen";
    for (const watch of this.#watches) watch.freeze();
  }

  /** Ends {@link drain} and {@link freeze}: what was held back is said now. */
  resume(): void {
    this.#mode = "serving";
    for (const watch of this.#watches) watch.thaw();
    for (const receive of this.#held.splice(0)) receive();
  }

  /** For tests: new connections see this certificate. */
  rotateTls(tls: ServerTls): void {
    this.#tls = tls;
    if (this.#server !== undefined && "setSecureContext" in this.#server) {
      this.#server.setSecureContext(secureOptions(tls));
    }
  }

  get #address(): string {
    const { host } = this.#options;
    return `${host.includes(":") ? `[${host}]` : host}:${this.#port}`;
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    this.#requests += 1;
    if (this.#mode === "frozen") {
      this.#held.push(() => this.#respond(request, response));
      return;
    }
    this.#respond(request, response);
  }

  #respond(request: IncomingMessage, response: ServerResponse): void {
    try {
      if (this.#mode === "draining") throw this.#shuttingDown(response);
      const answered = answer(
        {
          method: request.method ?? "GET",
          url: requestUrl(request),
          accept: request.headers.accept,
          credentials: {
            authorization: request.headers.authorization,
            certificateName: certificateName(request),
            impersonated: request.headers["impersonate-user"]?.toString(),
          },
        },
        {
          store: this.#options.store,
          access: this.access,
          serverAddress: this.#address,
          bookmarkIntervalMs: this.#options.bookmarkIntervalMs ?? 10_000,
          nowMs: this.#options.nowMs ?? Date.now,
        },
      );
      if (answered.kind === "json") send(response, 200, answered.body);
      else if (answered.kind === "text")
        response.writeHead(200, { "Content-Type": "text/plain" }).end(answered.text);
      else {
        const watch = new ObjectWatch(this.#options.store, answered.watch, response);
        this.#watches.add(watch);
        watch.open(() => this.#watches.delete(watch));
      }
    } catch (thrown) {
      const fault = thrown instanceof ApiFault ? thrown : new ApiFault(500, describe(thrown));
      send(response, fault.status.code, fault.status);
    }
  }

  #shuttingDown(response: ServerResponse): ApiFault {
    response.setHeader("Retry-After", "1");
    response.setHeader("Connection", "close");
    return new ApiFault(503, "apiserver is shutting down", { details: { retryAfterSeconds: 1 } });
  }
}

function send(response: ServerResponse, code: number, body: object): void {
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(code, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) });
  response.end(text);
}

/** Common name of a client certificate that the configured authority signed. */
function certificateName(request: IncomingMessage): string | undefined {
  const { socket } = request;
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const name = socket.getPeerCertificate().subject?.CN;
  return typeof name === "string" ? name : undefined;
}

/** A client without a certificate gets as far as the 401 of {@link AccessRules.identify}, not a broken handshake. */
function secureOptions(tls: ServerTls): ServerOptions {
  const { key, cert, clientCa: ca } = tls;
  return { key, cert, ca, requestCert: ca !== undefined, rejectUnauthorized: false };
}

function listenFault(url: string, thrown: unknown): Fault {
  const taken = systemCode(thrown) === "EADDRINUSE";
  return new Fault({
    code: "KUBE_API_LISTEN",
    message: `The lab's Kubernetes API cannot listen on ${url}: ${taken ? "the port is taken" : describe(thrown)}.`,
    hint: taken ? "Choose another port, or stop what listens there." : "Check the address.",
    cause: thrown,
  });
}
