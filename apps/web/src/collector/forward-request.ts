import { PATHS, type Problem, problemSchema } from "@hopline/api";
import { readCollectorSettings } from "./collector-settings";

/** What a path of the API is made of. No escapes: however encoded, nothing may lead the read token out of the API. */
const API_PATH = /^\/api\/v1\/[\w.~/-]+$/;

/** Answer headers that mean the same on both sides of the proxy. */
const PASSED_HEADERS = [
  "content-type",
  "cache-control",
  "content-disposition",
  "date",
  "etag",
  "retry-after",
];

/** What may be asked by POST: questions too long for an address. They change nothing. */
const POSTED: ReadonlySet<string> = new Set([PATHS.policyWhatIf]);
const JSON_TYPE = "application/json";
const MAX_BODY_BYTES = 2 * 1024 * 1024;

/**
 * Hands a GET for `/api/v1/*` to the collector and streams its answer back, server-sent events included; and the few
 * questions that are asked by POST, as JSON, which no page of another origin can send without asking first.
 * The collector's own problems pass unchanged; where it does not answer, the answer is a problem too
 * (502, `COLLECTOR_UNREACHABLE`).
 */
export async function forwardRequest(
  request: Request,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Response> {
  const asked = new URL(request.url);
  let baseUrl = "";
  try {
    const settings = await readCollectorSettings(env);
    baseUrl = settings.baseUrl;
    const isPost = request.method === "POST";
    if (!API_PATH.test(asked.pathname) || (isPost && !POSTED.has(asked.pathname)))
      return problem({ code: "NOT_FOUND", status: 404, title: "This is no path of the API." });
    if (isPost && request.headers.get("content-type") !== JSON_TYPE)
      return problem({
        code: "CONTENT_TYPE_UNSUPPORTED",
        status: 415,
        title: "It takes JSON.",
        detail: `Send content-type: ${JSON_TYPE}.`,
      });
    const body = isPost ? await readBody(request) : undefined;
    if (body === null)
      return problem({ code: "BODY_TOO_LARGE", status: 413, title: "The policies are longer than 2 MiB." });
    const target = new URL(`${baseUrl}${asked.pathname}${asked.search}`);

    const headers = new Headers({ accept: request.headers.get("accept") ?? "application/json" });
    // Kept as it is: the browser's connection is compressed, or not, by this server.
    headers.set("accept-encoding", "identity");
    if (settings.token !== undefined) headers.set("authorization", `Bearer ${settings.token}`);
    if (body !== undefined) headers.set("content-type", JSON_TYPE);
    const user = settings.userHeader === undefined ? null : request.headers.get(settings.userHeader);
    if (settings.userHeader !== undefined && user !== null) headers.set(settings.userHeader, user);
    const lastEventId = request.headers.get("last-event-id");
    if (lastEventId !== null) headers.set("last-event-id", lastEventId);

    const answer = await fetch(target, {
      method: request.method,
      ...(body === undefined ? {} : { body }),
      headers,
      signal: request.signal,
      redirect: "manual",
      cache: "no-store",
    });
    return new Response(answer.body, { status: answer.status, headers: passedHeaders(answer.headers) });
  } catch (thrown) {
    if (request.signal.aborted) return new Response(null, { status: 499 });
    return unreachable(baseUrl, thrown);
  }
}

/** Null for one that is too long, which is not read to its end. */
async function readBody(request: Request): Promise<string | null> {
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength;
    if (length > MAX_BODY_BYTES) return null;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function passedHeaders(from: Headers): Headers {
  const headers = new Headers();
  for (const name of PASSED_HEADERS) {
    const value = from.get(name);
    if (value !== null) headers.set(name, value);
  }
  if (from.get("content-type")?.startsWith("text/event-stream")) {
    // Neither this server's compression nor a proxy before it may hold events back.
    headers.set("cache-control", "no-cache, no-transform");
    headers.set("x-accel-buffering", "no");
  }
  return headers;
}

function unreachable(baseUrl: string, thrown: unknown): Response {
  const reason = thrown instanceof Error ? reasonOf(thrown) : String(thrown);
  return problem({
    code: "COLLECTOR_UNREACHABLE",
    status: 502,
    title:
      baseUrl === "" ? reason : `The collector at ${new URL(baseUrl).origin} does not answer (${reason}).`,
    detail: "Check that it runs and that HOPLINE_COLLECTOR_URL of the web server names it.",
  });
}

/** `fetch failed` says nothing; its cause does. */
function reasonOf(error: Error): string {
  const cause = error.cause;
  if (cause instanceof AggregateError && cause.errors[0] instanceof Error) return cause.errors[0].message;
  return cause instanceof Error ? cause.message : error.message;
}

function problem(details: Problem): Response {
  return Response.json(problemSchema.parse(details), {
    status: details.status,
    headers: { "content-type": "application/problem+json", "cache-control": "no-store" },
  });
}
