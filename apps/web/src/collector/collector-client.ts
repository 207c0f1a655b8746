import { problemSchema } from "@hopline/api";
import type { z } from "zod";
import { CollectorProblem } from "./collector-problem";
import type { QueryText } from "./query-text";

export interface CollectorClientParts {
  /** Prefix of every path: empty in the browser, which asks its own origin. */
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: typeof globalThis.fetch;
  /** Milliseconds since the Unix epoch. */
  readonly clock: () => number;
}

/** A difference below this is the Date header's one second of resolution and the way of the answer. */
const CLOCK_TOLERANCE_MS = 2_000;

/** Asks the collector and checks what it says against the schemas of packages/api. */
export class CollectorClient {
  readonly #parts: CollectorClientParts;
  #clockOffsetMs = 0;

  constructor(parts: CollectorClientParts) {
    this.#parts = parts;
  }

  /** The collector's clock as far as it is known: a laptop's clock that is off must not shift a live range. */
  now(): number {
    return this.#parts.clock() + this.#clockOffsetMs;
  }

  /** @throws CollectorProblem; an aborted request throws as `fetch` does. */
  ask<Schema extends z.ZodType>(
    path: string,
    query: QueryText,
    schema: Schema,
    signal?: AbortSignal,
  ): Promise<z.output<Schema>> {
    return this.#ask(path, query, schema, { signal });
  }

  /** A question too long for an address, by POST. @throws CollectorProblem, as {@link ask}. */
  askWith<Schema extends z.ZodType>(
    path: string,
    body: unknown,
    schema: Schema,
    signal?: AbortSignal,
  ): Promise<z.output<Schema>> {
    return this.#ask(path, "", schema, { body: JSON.stringify(body), signal });
  }

  async #ask<Schema extends z.ZodType>(
    path: string,
    query: QueryText,
    schema: Schema,
    { body, signal }: { readonly body?: string; readonly signal: AbortSignal | undefined },
  ): Promise<z.output<Schema>> {
    const { baseUrl, headers, fetch } = this.#parts;
    const sent =
      body === undefined ? {} : { method: "POST", body, headers: { "content-type": "application/json" } };
    let response: Response;
    try {
      response = await fetch(`${baseUrl}${path}${query}`, {
        ...sent,
        headers: { accept: "application/json", ...sent.headers, ...headers },
        cache: "no-store",
        signal,
      });
    } catch (thrown) {
      if (signal?.aborted) throw thrown;
      throw new CollectorProblem({
        code: "WEB_SERVER_UNREACHABLE",
        status: 0,
        title: "Hopline's web server does not answer.",
        detail: "Check that it runs and that this machine reaches it.",
      });
    }
    this.#readClock(response.headers.get("date"));
    const answer = await readJson(response);
    if (!response.ok) throw problemOf(response, answer);
    const parsed = schema.safeParse(answer);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    throw new CollectorProblem({
      code: "ANSWER_UNEXPECTED",
      status: 500,
      title: `The collector's answer to ${path} does not fit at ${issue?.path.join(".") || "its root"}: ${issue?.message}.`,
      detail: "Collector and web server should be of the same version.",
    });
  }

  #readClock(date: string | null): void {
    if (date === null) return;
    const offsetMs = Date.parse(date) - this.#parts.clock();
    this.#clockOffsetMs = Math.abs(offsetMs) < CLOCK_TOLERANCE_MS ? 0 : offsetMs;
  }
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function problemOf(response: Response, body: unknown): CollectorProblem {
  const parsed = problemSchema.safeParse(body);
  if (parsed.success) return new CollectorProblem(parsed.data);
  return new CollectorProblem({
    code: "ANSWER_UNEXPECTED",
    status: response.status,
    title: `The collector answered with status ${response.status} and no explanation.`,
  });
}
