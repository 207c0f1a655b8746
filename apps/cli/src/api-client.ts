import { PATHS, problemSchema } from "@hopline/api";
import { describe, Fault } from "@hopline/fault";
import { createParser } from "eventsource-parser";
import { Agent, type Dispatcher, request } from "undici";
import type { z } from "zod";

export interface ApiClientOptions {
  /** `http://host:port`, `https://…` or `unix:/path`. */
  readonly url: string;
  readonly token?: string | undefined;
}

export type Query = Readonly<Record<string, string | number | undefined>>;

/** One event of a server-sent stream. */
export interface StreamEvent {
  readonly event: string;
  readonly data: string;
}

/** Asks a collector. Every failure is a {@link Fault} that names the address. */
export class ApiClient {
  readonly #options: ApiClientOptions;
  readonly #origin: string;
  readonly #dispatcher: Agent;

  /** @throws Fault `API_ADDRESS` */
  constructor(options: ApiClientOptions) {
    this.#options = options;
    requireAddress(options.url);
    const socketPath = options.url.startsWith("unix:") ? options.url.slice("unix:".length) : undefined;
    this.#origin = socketPath === undefined ? options.url.replace(/\/$/, "") : "http://collector";
    this.#dispatcher = new Agent(socketPath === undefined ? {} : { connect: { socketPath } });
  }

  /** GET, answer checked against its schema. */
  async get<Schema extends z.ZodType>(
    schema: Schema,
    path: string,
    query: Query = {},
  ): Promise<z.output<Schema>> {
    return this.#checked(schema, path, await this.#request(path, query));
  }

  /** POST of JSON, answer checked against its schema. */
  async post<Schema extends z.ZodType>(
    schema: Schema,
    path: string,
    body: unknown,
  ): Promise<z.output<Schema>> {
    return this.#checked(schema, path, await this.#request(path, {}, undefined, body));
  }

  /** GET of a file, whole. */
  async bytes(path: string, query: Query = {}): Promise<Uint8Array> {
    const answer = await this.#request(path, query);
    return answer.body.bytes();
  }

  /** Server-sent events until the stream ends or `signal` is aborted. */
  async *stream(path: string, query: Query, signal: AbortSignal): AsyncGenerator<StreamEvent> {
    const answer = await this.#request(path, query, signal);
    const waiting: StreamEvent[] = [];
    const parser = createParser({
      onEvent: ({ event, data }) => waiting.push({ event: event ?? "message", data }),
    });
    const decoder = new TextDecoder();
    try {
      for await (const chunk of answer.body) {
        parser.feed(decoder.decode(chunk as Uint8Array, { stream: true }));
        yield* waiting.splice(0);
      }
    } catch (thrown) {
      if (!signal.aborted) throw this.#unreachable(thrown);
    }
  }

  /** True once the collector says that it is ready. */
  async isReady(): Promise<boolean> {
    try {
      await this.#request(PATHS.ready, {});
      return true;
    } catch {
      return false;
    }
  }

  async close(): Promise<void> {
    await this.#dispatcher.destroy();
  }

  async #checked<Schema extends z.ZodType>(
    schema: Schema,
    path: string,
    answer: Dispatcher.ResponseData,
  ): Promise<z.output<Schema>> {
    const parsed = schema.safeParse(this.#json(await answer.body.text()));
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    throw new Fault({
      code: "API_MISMATCH",
      message: `The collector at ${this.#options.url} answered ${path} in another form: ${issue?.path.join(".")}: ${issue?.message}.`,
      hint: "Use a hopline of the same version as the collector.",
    });
  }

  /** @param body sent as JSON, by POST, where there is one */
  async #request(
    path: string,
    query: Query,
    signal?: AbortSignal,
    body?: unknown,
  ): Promise<Dispatcher.ResponseData> {
    const set = Object.entries(query).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, String(value)]],
    );
    const search = new URLSearchParams(set as [string, string][]).toString();
    const headers = {
      ...(this.#options.token === undefined ? {} : { authorization: `Bearer ${this.#options.token}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    };
    const sent = body === undefined ? {} : { method: "POST" as const, body: JSON.stringify(body) };
    const url = `${this.#origin}${path}${search === "" ? "" : `?${search}`}`;
    let answer: Dispatcher.ResponseData;
    try {
      answer = await request(url, {
        dispatcher: this.#dispatcher,
        headers,
        ...sent,
        ...(signal && { signal }),
      });
    } catch (thrown) {
      throw this.#unreachable(thrown);
    }
    if (answer.statusCode < 300) return answer;
    throw this.#refused(answer.statusCode, await answer.body.text());
  }

  #json(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch (thrown) {
      throw new Fault({
        code: "COLLECTOR_REFUSED",
        message: `What answers at ${this.#options.url} is no collector.`,
        hint: "Check that --api names a collector's API.",
        cause: thrown,
      });
    }
  }

  #unreachable(cause: unknown): Fault {
    return new Fault({
      code: "COLLECTOR_UNREACHABLE",
      message: `No collector answers at ${this.#options.url}: ${describe(cause).replace(/\.$/, "")}.`,
      hint: "Start one (hopline demo), or name another with --api or HOPLINE_API; one in a cluster is reached after kubectl -n hopline port-forward svc/hopline-collector 4401.",
      cause,
    });
  }

  #refused(status: number, body: string): Fault {
    const problem = parseProblem(body);
    if (problem === undefined) {
      return new Fault({
        code: "COLLECTOR_REFUSED",
        message: `${this.#options.url} answered ${status}, and not in a collector's form.`,
        hint: "Check that --api names a collector.",
      });
    }
    return new Fault({
      code: problem.code,
      message: `${this.#options.url}: ${problem.title}`,
      ...(problem.detail !== undefined && { hint: problem.detail }),
    });
  }
}

function requireAddress(address: string): void {
  if (address.startsWith("unix:/")) return;
  if (/^https?:\/\/[^/]/.test(address) && URL.canParse(address)) return;
  throw new Fault({
    code: "API_ADDRESS",
    message: `--api (HOPLINE_API) is ${JSON.stringify(address)}, which is no collector's address.`,
    hint: "It takes http://HOST:PORT, https://HOST:PORT or unix:/path/to/socket.",
  });
}

function parseProblem(body: string): z.output<typeof problemSchema> | undefined {
  try {
    return problemSchema.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}
