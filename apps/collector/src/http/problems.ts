import type { Problem } from "@hopline/api";
import { Fault } from "@hopline/fault";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { hasZodFastifySchemaValidationErrors, isResponseSerializationError } from "fastify-type-provider-zod";

export const PROBLEM_CONTENT_TYPE = "application/problem+json";

/** HTTP status of each code that a Fault may carry up to here; 500 for all others. */
const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  AUDIT_TOO_LARGE: 400,
  BATCH_INVALID: 400,
  BATCH_DAMAGED: 400,
  QUERY_INVALID: 400,
  CURSOR_INVALID: 400,
  CURSOR_EXPIRED: 400,
  TOKEN_REJECTED: 401,
  INGEST_REMOTE_CLOSED: 403,
  NOT_FOUND: 404,
  BODY_TOO_LARGE: 413,
  CONTENT_TYPE_UNSUPPORTED: 415,
  INGEST_BUSY: 429,
  WATCHES_FULL: 429,
  STREAM_BUSY: 503,
  JOURNAL_UNUSABLE: 503,
  STORE_BATCH_REJECTED: 400,
  STORE_BUSY: 503,
  STORE_CLOSED: 503,
  STORE_CREDENTIALS: 503,
  STORE_DENIED: 503,
  STORE_FULL: 503,
  STORE_NEWER: 503,
  STORE_TOO_OLD: 503,
  STORE_UNAVAILABLE: 503,
  STORE_UNREACHABLE: 503,
  CLUSTER_UNKNOWN: 503,
  STOPPING: 503,
};

/** Fastify's own errors that a caller may provoke, in our words. */
const CODE_OF_FASTIFY: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "BODY_TOO_LARGE",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "CONTENT_TYPE_UNSUPPORTED",
};

/** How long somebody who got 429 or 503 should wait, in seconds. */
const RETRY_AFTER_SECONDS = 2;

/** Anything thrown while answering a request, as the problem that the caller is shown. Never a stack. */
export function toProblem(thrown: unknown): Problem {
  if (thrown instanceof Fault) {
    const status = STATUS_OF_CODE[thrown.code] ?? 500;
    return { code: thrown.code, status, title: thrown.message, detail: thrown.hint };
  }
  if (hasZodFastifySchemaValidationErrors(thrown)) return validationProblem(thrown);
  if (isResponseSerializationError(thrown)) return internalProblem();
  if (isFastifyError(thrown) && (thrown.statusCode ?? 500) < 500) {
    const code = CODE_OF_FASTIFY[thrown.code] ?? "REQUEST_INVALID";
    return {
      code,
      status: thrown.statusCode ?? 400,
      title: `The request is not accepted: ${thrown.message}.`.replace("..", "."),
    };
  }
  return internalProblem();
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  if (problem.status === 429 || problem.status === 503) reply.header("retry-after", RETRY_AFTER_SECONDS);
  if (problem.status === 401) reply.header("www-authenticate", "Bearer");
  // As text: a route's own schemas do not apply to what went wrong on the way to it.
  return reply
    .code(problem.status)
    .header("content-type", PROBLEM_CONTENT_TYPE)
    .serializer((body: unknown) => JSON.stringify(body))
    .send(problem);
}

export function notFound(request: FastifyRequest): Problem {
  const path = request.url.split("?", 1)[0];
  return {
    code: "NOT_FOUND",
    status: 404,
    title: `There is nothing at ${request.method} ${path}.`,
    detail: "See /api/v1/openapi.json for what there is.",
  };
}

function validationProblem(error: {
  validation: { instancePath: string; message?: string }[];
  validationContext?: string;
}): Problem {
  const first = error.validation[0];
  const name = first?.instancePath.replace(/^\//, "").split("/")[0] ?? "";
  const place = error.validationContext === "params" ? "The path's" : "The query's";
  const message = (first?.message ?? "it does not fit").replace(/\.$/, "");
  return {
    code: "QUERY_INVALID",
    status: 400,
    title: name === "" ? `${place} parameters do not fit: ${message}.` : `${place} "${name}": ${message}.`,
    detail: "See /api/v1/openapi.json for what it takes.",
  };
}

function internalProblem(): Problem {
  return {
    code: "INTERNAL",
    status: 500,
    title: "The collector failed to answer; this is a bug.",
    detail: "Its log says more.",
  };
}

function isFastifyError(thrown: unknown): thrown is FastifyError {
  return thrown instanceof Error && "code" in thrown && "statusCode" in thrown;
}
