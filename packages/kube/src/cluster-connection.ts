import { describe, Fault, type FaultDetails, systemCode } from "@hopline/fault";
import {
  HttpMethod,
  IsomorphicFetchHttpLibrary,
  type KubeConfig,
  RequestContext,
  type ResponseContext,
} from "@kubernetes/client-node";
import { z } from "zod";
import { type ClusterSource, readClusterConfig } from "./cluster-config.js";

export type ApiFaultCode =
  /** No answer: connection, TLS or time. */
  | "KUBE_UNREACHABLE"
  | "KUBE_UNAUTHORIZED"
  | "KUBE_FORBIDDEN"
  | "KUBE_NOT_SERVED"
  /** 410: the version or continue token is older than what the server remembers. */
  | "KUBE_GONE"
  /** 429 and 503: up, but draining or overloaded. */
  | "KUBE_BUSY"
  /** Any other answer that is not a success. */
  | "KUBE_FAILED";

/** What went wrong with one request to the API server. */
export class ApiFault extends Fault {
  declare readonly code: ApiFaultCode;
  /** How long the server asks to be left alone; 0 where it does not say. */
  readonly retryAfterMs: number;

  constructor(details: FaultDetails & { readonly code: ApiFaultCode; readonly retryAfterMs?: number }) {
    super(details);
    this.retryAfterMs = details.retryAfterMs ?? 0;
  }
}

export interface GetRequest {
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** For the answer's headers; the body may take longer. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

const statusSchema = z.looseObject({
  message: z.string().optional(),
  details: z.looseObject({ retryAfterSeconds: z.number().optional() }).nullish(),
});

/**
 * Reads from one API server, with the address and the credentials of a kubeconfig or of a service account.
 *
 * Certificate files are read at each request. What the library keeps for longer (token files for a minute, tokens
 * of exec plugins until they expire, what stands in the kubeconfig itself for ever) is read anew after a 401 or
 * a failed TLS handshake, and the request repeated once.
 */
export class ClusterConnection {
  readonly #source: ClusterSource;
  readonly #http = new IsomorphicFetchHttpLibrary();
  #config: KubeConfig;
  #renewals = 0;

  /** @throws Fault of {@link readClusterConfig} */
  constructor(source: ClusterSource) {
    this.#source = source;
    this.#config = readClusterConfig(source);
  }

  /** The API server's URL. */
  get server(): string {
    return this.#config.getCurrentCluster()?.server ?? "";
  }

  /** How often credentials were read again. */
  get renewals(): number {
    return this.#renewals;
  }

  /**
   * Asks for the server's version: can it be reached, and does it know us?
   *
   * @throws ApiFault
   */
  async check(timeoutMs = 10_000): Promise<void> {
    await this.getText({ path: "/version", timeoutMs });
  }

  /**
   * The whole answer to a GET, within the request's time.
   *
   * @throws ApiFault, or the signal's reason
   */
  async getText(request: GetRequest): Promise<string> {
    const deadline = AbortSignal.timeout(request.timeoutMs);
    const signal = request.signal === undefined ? deadline : AbortSignal.any([deadline, request.signal]);
    try {
      const response = await this.get({ ...request, signal });
      return await response.body.text();
    } catch (thrown) {
      if (thrown instanceof Fault) throw thrown;
      request.signal?.throwIfAborted();
      throw this.#unreachable(deadline.aborted ? lateAnswer(request) : thrown);
    }
  }

  /**
   * The answer to a GET, once it is known to be 200; its body is still to be read, in whatever time.
   *
   * @throws ApiFault, or the signal's reason
   */
  async get(request: GetRequest): Promise<ResponseContext> {
    const config = this.#config;
    try {
      return await this.#send(config, request);
    } catch (thrown) {
      if (!(thrown instanceof ApiFault) || !mayBeStale(thrown)) throw thrown;
      this.#renew(config);
      return await this.#send(this.#config, request);
    }
  }

  /** Requests that failed side by side with the same configuration read it again only once. */
  #renew(failed: KubeConfig): void {
    if (this.#config !== failed) return;
    this.#config = readClusterConfig(this.#source);
    this.#renewals += 1;
  }

  async #send(config: KubeConfig, request: GetRequest): Promise<ResponseContext> {
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(lateAnswer(request)), request.timeoutMs);
    try {
      const url = this.#url(config, request);
      const context = new RequestContext(url.toString(), HttpMethod.GET);
      context.setHeaderParam("Accept", "application/json");
      context.setHeaderParam("User-Agent", "hopline");
      context.setSignal(
        AbortSignal.any([timeout.signal, ...(request.signal === undefined ? [] : [request.signal])]),
      );
      await this.#authenticate(config, context);
      const response = await this.#http.send(context).toPromise();
      if (response.httpStatusCode !== 200) throw await this.#refusal(request, response);
      return response;
    } catch (thrown) {
      if (thrown instanceof ApiFault) throw thrown;
      request.signal?.throwIfAborted();
      throw this.#unreachable(thrown);
    } finally {
      clearTimeout(timer);
    }
  }

  async #authenticate(config: KubeConfig, context: RequestContext): Promise<void> {
    try {
      await config.applySecurityAuthentication(context);
    } catch (thrown) {
      throw new ApiFault({
        code: "KUBE_UNAUTHORIZED",
        message: `The credentials for ${this.server} cannot be read: ${describe(thrown).replace(/\.$/, "")}.`,
        hint: "Check the certificate and token files and the exec plugin of the kubeconfig's user.",
        cause: thrown,
      });
    }
  }

  #unreachable(thrown: unknown): ApiFault {
    return new ApiFault({
      code: "KUBE_UNREACHABLE",
      message: `The API server ${this.server} cannot be reached: ${networkReason(thrown)}.`,
      hint: "Check the server's address in the kubeconfig, and that it is up.",
      cause: thrown,
    });
  }

  #url(config: KubeConfig, request: GetRequest): URL {
    const url = new URL((config.getCurrentCluster()?.server ?? "") + request.path);
    for (const [name, value] of Object.entries(request.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    return url;
  }

  async #refusal(request: GetRequest, response: ResponseContext): Promise<ApiFault> {
    const { httpStatusCode: status, headers } = response;
    const body = statusSchema.safeParse(parseJson(await response.body.text().catch(() => "")));
    const said = body.data?.message === undefined ? "" : `: ${body.data.message.replace(/\.$/, "")}`;
    const retryAfterSeconds = Number(headers["retry-after"] ?? body.data?.details?.retryAfterSeconds ?? 0);
    return new ApiFault({
      ...REFUSALS[status],
      code: REFUSALS[status]?.code ?? "KUBE_FAILED",
      message: `The API server ${this.server} answered ${status} to GET ${request.path}${said}.`,
      retryAfterMs: Number.isFinite(retryAfterSeconds) ? retryAfterSeconds * 1000 : 0,
    });
  }
}

const REFUSALS: Readonly<Record<number, { readonly code: ApiFaultCode; readonly hint: string } | undefined>> =
  {
    401: {
      code: "KUBE_UNAUTHORIZED",
      hint: "Check the token, certificate or exec plugin of the kubeconfig's user.",
    },
    403: {
      code: "KUBE_FORBIDDEN",
      hint: "Allow get, list and watch on it in the ClusterRole that this user is bound to.",
    },
    404: { code: "KUBE_NOT_SERVED", hint: "The cluster does not have this kind of object." },
    429: { code: "KUBE_BUSY", hint: "It is tried again." },
    503: { code: "KUBE_BUSY", hint: "It is tried again." },
    410: { code: "KUBE_GONE", hint: "The list is taken again." },
  };

function mayBeStale(fault: ApiFault): boolean {
  if (fault.code === "KUBE_UNAUTHORIZED") return true;
  return fault.code === "KUBE_UNREACHABLE" && isTlsFailure(rootCause(fault));
}

/** OpenSSL's and Node's codes for a certificate that is not accepted, on either side. */
function isTlsFailure(thrown: unknown): boolean {
  return /^(ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO)/.test(systemCode(thrown) ?? "");
}

function lateAnswer(request: GetRequest): Error {
  return new Error(`no answer within ${request.timeoutMs / 1000} s`);
}

/** fetch hides what happened behind "fetch failed". */
function rootCause(thrown: unknown): unknown {
  let cause = thrown;
  while (cause instanceof Error && cause.cause !== undefined) cause = cause.cause;
  return cause;
}

function networkReason(thrown: unknown): string {
  const cause = rootCause(thrown);
  return systemCode(cause) ?? describe(cause).replace(/\.$/, "");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
