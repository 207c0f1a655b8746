import { type AccessRules, authorize, type Credentials, type TokenGrant } from "./access.js";
import { ApiFault } from "./api-fault.js";
import { type ListOptions, listOptions, type ResourceTarget, resourceTarget } from "./api-request.js";
import { coreVersions, group, groupList, notServed, resourceList, SERVER_VERSION } from "./discovery.js";
import type { KubeObject } from "./kube-object.js";
import { listObjects } from "./object-list.js";
import type { ObjectStore } from "./object-store.js";
import type { WatchRequest } from "./object-watch.js";
import { apiVersionOf } from "./resource-types.js";
import { fieldSelector, labelSelector, type ObjectPredicate } from "./selectors.js";
import { negotiate, type Representation, toTable } from "./table.js";

/** What the answers are made from. */
export interface AnswerSources {
  readonly store: ObjectStore;
  readonly access: AccessRules;
  /** Host and port, as discovery names them. */
  readonly serverAddress: string;
  readonly bookmarkIntervalMs: number;
  readonly nowMs: () => number;
}

/** The parts of an HTTP request that matter here. */
export interface ApiRequest {
  readonly method: string;
  readonly url: URL;
  readonly accept: string | undefined;
  readonly credentials: Credentials;
}

export type Answer =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "json"; readonly body: object }
  | { readonly kind: "watch"; readonly watch: WatchRequest };

/** A watch that names no timeout ends after this, so that clients spread over servers. Kubernetes: 30 to 60 min. */
const DEFAULT_WATCH_TIMEOUT_MS = 30 * 60 * 1000;

/** @throws ApiFault for every answer that is not 200. */
export function answer(request: ApiRequest, sources: AnswerSources): Answer {
  const { pathname } = request.url;
  if (["/healthz", "/livez", "/readyz"].includes(pathname)) return { kind: "text", text: "ok" };
  const grant = sources.access.identify(request.credentials);
  const [root, ...path] = segments(pathname);
  if (root !== "version" && root !== "api" && root !== "apis") throw notServed();
  const representation = negotiate(request.accept);
  if (representation === undefined) {
    throw new ApiFault(406, "only the following media types are accepted: application/json");
  }
  if (root === "version" && path.length > 0) throw notServed();
  if (root === "version") return json(SERVER_VERSION);
  if (root === "api" && path.length === 0) return json(coreVersions(sources.serverAddress));
  if (root === "apis" && path.length === 0) return json(groupList());
  if (root === "apis" && path.length === 1) return json(group(path[0]!));
  const [groupName, version, ...rest] = root === "api" ? ["", ...path] : path;
  if (rest.length === 0) return json(resourceList(groupName!, version!));
  const target = resourceTarget(groupName!, version!, rest);
  return resourceAnswer(request, sources, grant, representation, target);
}

function resourceAnswer(
  request: ApiRequest,
  sources: AnswerSources,
  grant: TokenGrant,
  representation: Representation,
  target: ResourceTarget,
): Answer {
  if (request.method !== "GET") {
    throw new ApiFault(
      405,
      `the server does not allow this method on the requested resource (${request.method})`,
    );
  }
  const options = listOptions(request.url.searchParams);
  const { type, namespace, name } = target;
  authorize(grant, name !== undefined ? "get" : options.watch ? "watch" : "list", type, namespace, name);
  const view = new View(representation, target, options, sources.nowMs);
  if (name !== undefined) {
    const object = sources.store.get(apiVersionOf(type), type.kind, namespace, name);
    if (object === undefined) throw notFound(target);
    return json(view.one(object));
  }
  const scope = { type, namespace, matches: predicate(target, options) };
  if (!options.watch) {
    const list = listObjects(sources.store, { ...scope, ...options });
    return json(view.list(list.items, list.metadata));
  }
  return {
    kind: "watch",
    watch: {
      ...scope,
      resourceVersion: options.resourceVersion,
      resourceVersionMatch: options.resourceVersionMatch,
      sendInitialEvents: options.sendInitialEvents,
      bookmarks: options.allowWatchBookmarks,
      timeoutMs:
        options.timeoutSeconds === undefined ? DEFAULT_WATCH_TIMEOUT_MS : options.timeoutSeconds * 1000,
      bookmarkIntervalMs: sources.bookmarkIntervalMs,
      render: (object) => view.one(object),
    },
  };
}

/** Objects in the form that the client accepts: themselves, or a table's rows. */
class View {
  readonly #representation: Representation;
  readonly #target: ResourceTarget;
  readonly #options: ListOptions;
  readonly #nowMs: () => number;

  constructor(
    representation: Representation,
    target: ResourceTarget,
    options: ListOptions,
    nowMs: () => number,
  ) {
    this.#representation = representation;
    this.#target = target;
    this.#options = options;
    this.#nowMs = nowMs;
  }

  one(object: KubeObject): object {
    if (this.#representation.kind === "object") return object;
    return this.#table(
      [object],
      { resourceVersion: object.metadata.resourceVersion },
      this.#representation.apiVersion,
    );
  }

  list(objects: readonly KubeObject[], metadata: object): object {
    if (this.#representation.kind === "table")
      return this.#table(objects, metadata, this.#representation.apiVersion);
    const { type } = this.#target;
    // As from the API server: the items of a list do not repeat kind and apiVersion.
    const items = objects.map(({ kind: _kind, apiVersion: _apiVersion, ...item }) => item);
    return { kind: `${type.kind}List`, apiVersion: apiVersionOf(type), metadata, items };
  }

  #table(objects: readonly KubeObject[], metadata: object, apiVersion: string): object {
    return toTable(objects, {
      apiVersion,
      kind: this.#target.type.kind,
      nowMs: this.#nowMs(),
      include: this.#options.includeObject,
      metadata,
    });
  }
}

function predicate(target: ResourceTarget, options: ListOptions): ObjectPredicate {
  const byLabel = labelSelector(options.labelSelector);
  const byField = fieldSelector(options.fieldSelector, target.type);
  return (object) => byLabel(object) && byField(object);
}

function notFound({ type, name }: ResourceTarget): ApiFault {
  const resource = type.group === "" ? type.plural : `${type.plural}.${type.group}`;
  return new ApiFault(404, `${resource} "${name}" not found`, {
    details: { name, group: type.group === "" ? undefined : type.group, kind: type.plural },
  });
}

function json(body: object): Answer {
  return { kind: "json", body };
}

function segments(pathname: string): string[] {
  try {
    return pathname
      .split("/")
      .filter((segment) => segment !== "")
      .map(decodeURIComponent);
  } catch {
    throw notServed();
  }
}
