import { type Problem, problemSchema } from "@hopline/api";
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

/**
 * Hands a GET for `/api/v1/*` to the collector and streams its answer back, server-sent events included.
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
    if (!API_PATH.test(asked.pathname))
      return problem({ code: "NOT_FOUND", status: 404, title: "This is no path of the API." });
    const target = new URL(`${baseUrl}${asked.pathname}${asked.search}`);

    const headers = new Headers({ accept: request.headers.get("accept") ?? "application/json" });
    // Kept as it is: the browser's connection is compressed, or not, by this server.
    headers.set("accept-encoding", "identity");
    if (settings.token !== undefined) headers.set("authorization", `Bearer ${settings.token}`);
    const lastEventId = request.headers.get("last-event-id");
    if (lastEventId !== null) headers.set("last-event-id", lastEventId);

    const answer = await fetch(target, {
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
