import { ApiFault } from "./api-fault.js";
import type { ResourceType } from "./resource-types.js";

/** What a bearer token stands for. */
export interface TokenGrant {
  /** As it appears in messages, e.g. `system:serviceaccount:hopline:collector`. */
  readonly user: string;
  /** Plural names of resources that this user may not read, e.g. `pods`. */
  readonly forbidden?: readonly string[] | "everything";
}

/** What a request brings to say who sent it. */
export interface Credentials {
  /** The Authorization header. */
  readonly authorization: string | undefined;
  /** Common name of a client certificate that was checked. */
  readonly certificateName: string | undefined;
  /** The Impersonate-User header. */
  readonly impersonated: string | undefined;
}

/**
 * Who may read what. Without any token the API is open to everybody who brings none; with tokens, a request needs one of
 * them (or a client certificate, where the server asks for one). A token that is not known is answered 401 in either
 * case, as the API server does. Tests change it while the API runs.
 */
export class AccessRules {
  readonly #grants = new Map<string, TokenGrant>();
  #open: boolean;

  constructor(tokens: Readonly<Record<string, TokenGrant>> | undefined) {
    this.#open = tokens === undefined;
    for (const [token, grant] of Object.entries(tokens ?? {})) this.#grants.set(token, grant);
  }

  /** Adds a token or changes what it may read. From the first one on, the API is no longer open. */
  grant(token: string, grant: TokenGrant): void {
    this.#open = false;
    this.#grants.set(token, grant);
  }

  revoke(token: string): void {
    this.#open = false;
    this.#grants.delete(token);
  }

  /** The token that a kubeconfig should carry, or undefined where the API is open. */
  get anyToken(): string | undefined {
    return this.#open ? undefined : this.#grants.keys().next().value;
  }

  /**
   * Who sent this request.
   *
   * @throws ApiFault 401
   */
  identify(credentials: Credentials): TokenGrant {
    const sender = this.#authenticate(credentials);
    const { impersonated } = credentials;
    if (impersonated === undefined) return sender;
    // Everybody may impersonate; who is not known by a token may do nothing.
    const known = [...this.#grants.values()].find(({ user }) => user === impersonated);
    return known ?? { user: impersonated, forbidden: "everything" };
  }

  #authenticate({ authorization, certificateName }: Credentials): TokenGrant {
    const token = /^Bearer\s+(\S+)\s*$/i.exec(authorization ?? "")?.[1];
    const grant = token === undefined ? undefined : this.#grants.get(token);
    if (grant !== undefined) return grant;
    if (token === undefined && certificateName !== undefined) return { user: certificateName };
    if (token === undefined && this.#open) return { user: "system:anonymous" };
    throw new ApiFault(401, "Unauthorized");
  }
}

/** @throws ApiFault 403, in the API server's words. */
export function authorize(
  grant: TokenGrant,
  verb: "get" | "list" | "watch",
  type: ResourceType,
  namespace: string | undefined,
  name: string | undefined,
): void {
  if (grant.forbidden !== "everything" && grant.forbidden?.includes(type.plural) !== true) return;
  const scope = namespace === undefined ? "at the cluster scope" : `in the namespace "${namespace}"`;
  const resource = name === undefined ? type.plural : `${type.plural} "${name}"`;
  const message =
    `${resource} is forbidden: User "${grant.user}" cannot ${verb} resource "${type.plural}" ` +
    `in API group "${type.group}" ${scope}`;
  throw new ApiFault(403, message, {
    details: { ...(name === undefined ? {} : { name }), group: type.group, kind: type.plural },
  });
}
