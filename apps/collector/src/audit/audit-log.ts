import type { AuditAction } from "@hopline/api";
import type { FastifyRequest } from "fastify";
import type { Clock } from "../clock.js";
import type { StoreKeeper } from "../store-keeper.js";

export interface AuditLogOptions {
  readonly keeper: StoreKeeper;
  readonly clock: Clock;
  /** In lower case; whoever sets it is believed, so a proxy must set it on every request. */
  readonly trustedUserHeader: string | undefined;
  /** Whether readers have shown a token when they get here. */
  readonly readersHaveToken: () => boolean;
}

/** What somebody asked and got. */
export interface AuditNote {
  readonly action: AuditAction;
  /** As a query string or in words. */
  readonly query: string;
  readonly rows: number;
  /** Where a file was sent. */
  readonly bytes?: number;
  readonly detail?: string;
}

const LONGEST_ACTOR = 200;

/** Writes down who looked at or exported what. */
export class AuditLog {
  readonly #options: AuditLogOptions;

  constructor(options: AuditLogOptions) {
    this.#options = options;
  }

  /**
   * Call it with the answer at hand and before it is sent: what could not be written down is not given out.
   *
   * @throws Fault of the store.
   */
  async record(request: FastifyRequest, note: AuditNote): Promise<void> {
    const { keeper, clock } = this.#options;
    const { bytes = 0, detail = "", ...rest } = note;
    const entry = {
      ...rest,
      at: clock.now(),
      actor: this.actorOf(request),
      address: addressOf(request),
      target: request.url.split("?", 1)[0] ?? "",
      bytes,
      detail,
    };
    await keeper.use("audit log entry", (store) => store.insertAuditEntry(entry));
  }

  /** A trusted proxy's word, else the token's name, else where the request came from. */
  actorOf(request: FastifyRequest): string {
    const { trustedUserHeader, readersHaveToken } = this.#options;
    const user = trustedUserHeader === undefined ? undefined : request.headers[trustedUserHeader];
    const name = (Array.isArray(user) ? user.join(", ") : (user ?? ""))
      .replace(/\p{Cc}/gu, "")
      .trim()
      .slice(0, LONGEST_ACTOR);
    if (name !== "") return name;
    return readersHaveToken() ? "read token" : `anonymous from ${addressOf(request)}`;
  }
}

function addressOf(request: FastifyRequest): string {
  return request.raw.socket.remoteAddress?.replace(/^::ffff:(?=[\d.]+$)/, "") ?? "a unix socket";
}
