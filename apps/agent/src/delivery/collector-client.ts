import {
  AGENT_REPORT_HEADER,
  type AgentReport,
  BATCH_CONTENT_TYPE,
  formatAgentReport,
  parseOrders,
  type WatchOrder,
} from "@hopline/batch";
import { describe, Fault, systemCode } from "@hopline/fault";
import { Pool } from "undici";
import type { CollectorToken } from "./collector-token.js";

/** What became of a posted batch. */
export type PostResult =
  /** With what the collector wants done now. */
  | { readonly kind: "stored"; readonly orders: readonly WatchOrder[] }
  /** To be sent again: the collector, the way to it or our credentials are not right now. */
  | { readonly kind: "retry"; readonly fault: Fault }
  /** The collector will never take this batch. */
  | { readonly kind: "refused"; readonly fault: Fault };

export interface CollectorClientOptions {
  /** `http://`, `https://` or `unix:/path/to/socket`. */
  readonly address: string;
  readonly token: CollectorToken;
  /** The most requests at a time; others wait. */
  readonly connections: number;
  /** How the agent is, sent along with every request; undefined where it has nothing to say. */
  readonly report?: () => AgentReport | undefined;
}

const PATH = "/ingest/v1/batches";
const ORDERS_PATH = "/ingest/v1/orders";
/** They are asked for again soon. */
const ORDERS_TIMEOUT_MS = 5000;
/** The collector may hold a batch for some seconds while it waits for a name. */
const ANSWER_TIMEOUT_MS = 60_000;
/** How much of an answer's body is read for its reason, in characters. */
const MAX_REASON = 300;

/** Posts batches to the collector, by TCP or a Unix socket. */
export class CollectorClient {
  readonly #options: CollectorClientOptions;
  readonly #pool: Pool;
  readonly #path: string;
  readonly #ordersPath: string;

  /** @throws Fault `COLLECTOR_ADDRESS` */
  constructor(options: CollectorClientOptions) {
    this.#options = options;
    const { origin, path, socketPath } = parseAddress(options.address);
    this.#path = `${path}${PATH}`;
    this.#ordersPath = `${path}${ORDERS_PATH}`;
    this.#pool = new Pool(origin, {
      connections: options.connections,
      headersTimeout: ANSWER_TIMEOUT_MS,
      bodyTimeout: ANSWER_TIMEOUT_MS,
      connect: { timeout: 5000, ...(socketPath !== undefined && { socketPath }) },
    });
  }

  /** Never throws: whatever goes wrong is an answer. */
  async post(bytes: Uint8Array, signal: AbortSignal): Promise<PostResult> {
    const { address, token } = this.#options;
    try {
      const bearer = await token.read();
      const answer = await this.#pool.request({
        method: "POST",
        path: this.#path,
        body: bytes,
        signal,
        headers: {
          "content-type": BATCH_CONTENT_TYPE,
          ...this.#headers(bearer),
        },
      });
      const body = await answer.body.text();
      return judge(address, answer.statusCode, body);
    } catch (thrown) {
      if (thrown instanceof Fault) return { kind: "retry", fault: thrown };
      return { kind: "retry", fault: unreachable(address, thrown) };
    }
  }

  /** What the collector wants done now; undefined where it does not say. */
  async orders(): Promise<WatchOrder[] | undefined> {
    try {
      const bearer = await this.#options.token.read();
      const answer = await this.#pool.request({
        method: "GET",
        path: this.#ordersPath,
        headersTimeout: ORDERS_TIMEOUT_MS,
        bodyTimeout: ORDERS_TIMEOUT_MS,
        headers: this.#headers(bearer),
      });
      const body = await answer.body.text();
      return answer.statusCode === 200 ? ordersOf(body) : undefined;
    } catch {
      // That it cannot be reached is told where batches are sent.
      return undefined;
    }
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  #headers(bearer: string | undefined): Record<string, string> {
    const report = this.#options.report?.();
    return {
      ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
      ...(report !== undefined && { [AGENT_REPORT_HEADER]: formatAgentReport(report) }),
    };
  }
}

function parseAddress(address: string): { origin: string; path: string; socketPath?: string } {
  if (address.startsWith("unix:")) {
    const socketPath = address.slice("unix:".length).replace(/^\/\/(?=\/)/, "");
    if (socketPath.startsWith("/")) return { origin: "http://localhost", path: "", socketPath };
  } else if (/^https?:\/\//.test(address) && URL.canParse(address)) {
    const url = new URL(address);
    return { origin: url.origin, path: url.pathname.replace(/\/$/, "") };
  }
  throw new Fault({
    code: "COLLECTOR_ADDRESS",
    message: `"${address}" is no collector's address.`,
    hint: "It takes http://HOST:PORT, https://HOST:PORT or unix:/path/to/socket.",
  });
}

function judge(address: string, status: number, body: string): PostResult {
  if (status >= 200 && status < 300) return { kind: "stored", orders: ordersOf(body) };
  const reason = reasonOf(body);
  if (status === 401 || status === 403) {
    const message = `The collector at ${address} does not accept this agent's token (${status}).`;
    const hint = "Give --token or --token-file the collector's agent token; batches wait on disk until then.";
    return { kind: "retry", fault: new Fault({ code: "COLLECTOR_UNAUTHORIZED", message, hint }) };
  }
  if (status === 404 || status === 405) {
    const message = `What answers at ${address} is no collector (${status} for ${PATH}).`;
    const hint = "Check --collector; batches wait on disk until then.";
    return { kind: "retry", fault: new Fault({ code: "COLLECTOR_WRONG_ADDRESS", message, hint }) };
  }
  if (status >= 400 && status < 500 && status !== 408 && status !== 429) {
    const message = `The collector at ${address} refuses a batch (${status}${reason}).`;
    const hint =
      "It is kept in rejected/ in the data directory; agent and collector may be of different versions.";
    return { kind: "refused", fault: new Fault({ code: "BATCH_REFUSED", message, hint }) };
  }
  const message = `The collector at ${address} cannot take batches now (${status}${reason}).`;
  const hint = "They wait on disk and are sent again.";
  return { kind: "retry", fault: new Fault({ code: "COLLECTOR_BUSY", message, hint }) };
}

/** What an answer's field `orders` asks for; nothing where it has none. */
function ordersOf(body: string): WatchOrder[] {
  try {
    const answer: unknown = JSON.parse(body);
    return typeof answer === "object" && answer !== null && "orders" in answer
      ? parseOrders(answer.orders)
      : [];
  } catch {
    return [];
  }
}

/** The collector's own sentence, where its answer is a problem document. */
function reasonOf(body: string): string {
  try {
    const problem: unknown = JSON.parse(body);
    if (typeof problem === "object" && problem !== null) {
      for (const field of ["message", "detail", "title", "code"]) {
        const value = (problem as Readonly<Record<string, unknown>>)[field];
        if (typeof value === "string" && value !== "") return `: ${value.slice(0, MAX_REASON)}`;
      }
    }
  } catch {
    // Not a problem document: the status says enough.
  }
  return "";
}

function unreachable(address: string, thrown: unknown): Fault {
  return new Fault({
    code: "COLLECTOR_UNREACHABLE",
    message: `The collector at ${address} cannot be reached: ${systemCode(thrown) ?? describe(thrown)}.`,
    hint: "Batches wait on disk and are sent when it is back.",
    cause: thrown,
  });
}
