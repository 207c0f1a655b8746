import type { Socket } from "node:net";
import { Fault } from "@hopline/fault";
import type { FastifyRequest } from "fastify";
import type { BearerToken } from "./bearer-token.js";

export interface GatekeeperOptions {
  readonly agentToken: BearerToken;
  readonly readToken: BearerToken;
  /** Whether a request came by a unix socket or a loopback address. */
  readonly isLocal: (socket: Socket) => boolean;
}

/** Decides who may send batches and who may read. */
export class Gatekeeper {
  readonly #options: GatekeeperOptions;

  constructor(options: GatekeeperOptions) {
    this.#options = options;
  }

  /** @throws Fault `TOKEN_REJECTED`; `INGEST_REMOTE_CLOSED` where no token is set and the sender is another machine. */
  readonly forAgents = async (request: FastifyRequest): Promise<void> => {
    const { agentToken, isLocal } = this.#options;
    if (agentToken.isSet) {
      requireToken(
        agentToken,
        request,
        "Set the agent's token to the collector's: --agent-token-file on both.",
      );
      return;
    }
    if (isLocal(request.raw.socket)) return;
    throw new Fault({
      code: "INGEST_REMOTE_CLOSED",
      message: "This collector has no agent token and takes batches from its own machine only.",
      hint: "Start the collector and its agents with --agent-token-file.",
    });
  };

  /** @throws Fault `TOKEN_REJECTED` */
  readonly forReaders = async (request: FastifyRequest): Promise<void> => {
    const { readToken } = this.#options;
    if (readToken.isSet)
      requireToken(readToken, request, "Send the read token as Authorization: Bearer TOKEN.");
  };
}

function requireToken(token: BearerToken, request: FastifyRequest, hint: string): void {
  const { authorization } = request.headers;
  if (token.accepts(authorization)) return;
  throw new Fault({
    code: "TOKEN_REJECTED",
    message:
      authorization === undefined
        ? "The request carries no token."
        : "The request's token is not the right one.",
    hint,
  });
}
