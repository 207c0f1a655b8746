/** Reasons of meta/v1 Status, by HTTP status, as the API server pairs them. */
const REASONS = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  405: "MethodNotAllowed",
  406: "NotAcceptable",
  410: "Expired",
  422: "Invalid",
  500: "InternalError",
  503: "ServiceUnavailable",
  504: "Timeout",
} as const;

export type ApiFaultCode = keyof typeof REASONS;

/** meta/v1 Status of kind Failure: the body of every answer that is not 2xx, and of a watch's ERROR event. */
export interface FailureStatus {
  readonly kind: "Status";
  readonly apiVersion: "v1";
  readonly metadata: { readonly continue?: string };
  readonly status: "Failure";
  readonly message: string;
  readonly reason: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly code: ApiFaultCode;
}

/** A request that is answered with a Status object. */
export class ApiFault extends Error {
  readonly status: FailureStatus;

  constructor(
    code: ApiFaultCode,
    message: string,
    extra: { readonly details?: Readonly<Record<string, unknown>>; readonly continueToken?: string } = {},
  ) {
    super(message);
    this.name = "ApiFault";
    this.status = {
      kind: "Status",
      apiVersion: "v1",
      metadata: extra.continueToken === undefined ? {} : { continue: extra.continueToken },
      status: "Failure",
      message,
      reason: REASONS[code],
      ...(extra.details === undefined ? {} : { details: extra.details }),
      code,
    };
  }
}

/** For a version that history no longer reaches. */
export function expired(requested: number, oldest: number): ApiFault {
  return new ApiFault(410, `too old resource version: ${requested} (${oldest})`);
}

/** For a version that is still to come; `causes` is what clients look at (reason ResourceVersionTooLarge). */
export function tooLarge(requested: number, current: number): ApiFault {
  const message = `Too large resource version: ${requested}, current: ${current}`;
  const causes = [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }];
  return new ApiFault(504, `Timeout: ${message}`, { details: { causes, retryAfterSeconds: 1 } });
}
