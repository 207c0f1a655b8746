import type { ServerResponse } from "node:http";
import { ApiFault, expired, tooLarge } from "./api-fault.js";
import type { KubeObject } from "./kube-object.js";
import { parseVersion } from "./object-list.js";
import type { ObjectStore, StoredChange } from "./object-store.js";
import { apiVersionOf, type ResourceType } from "./resource-types.js";
import type { ObjectPredicate } from "./selectors.js";

export interface WatchRequest {
  readonly type: ResourceType;
  readonly namespace: string | undefined;
  readonly matches: ObjectPredicate;
  readonly resourceVersion: string | undefined;
  readonly resourceVersionMatch: string | undefined;
  /** undefined: the older rule, by which no version (or 0) means that the present objects come first. */
  readonly sendInitialEvents: boolean | undefined;
  readonly bookmarks: boolean;
  readonly timeoutMs: number;
  readonly bookmarkIntervalMs: number;
  /** Turns an object into what the client asked for (itself, or a table of one row). */
  readonly render: (object: KubeObject) => object;
}

/** A client that has this much unread is cut off, as the API server does; it comes back with its version. */
const MAX_UNREAD_BYTES = 8 * 1024 * 1024;

/** Where a watch begins, decided before the answer's headers go out. */
type WatchStart =
  | { readonly kind: "objects"; readonly endBookmark: boolean }
  | { readonly kind: "changes"; readonly version: number };

/**
 * One open watch. The constructor only checks the request; `open()` writes the headers and what is due, then
 * follows the store until the time is up, the client goes, or `end()` is called.
 */
export class ObjectWatch {
  readonly #store: ObjectStore;
  readonly #request: WatchRequest;
  readonly #response: ServerResponse;
  readonly #start: WatchStart;
  #unsubscribe: (() => void) | undefined;
  #bookmarkTimer: NodeJS.Timeout | undefined;
  #timeoutTimer: NodeJS.Timeout | undefined;
  #frozen: string[] | undefined;
  #ended = false;

  /** @throws ApiFault 422 for parameters that do not go together, 504 for a version still to come. */
  constructor(store: ObjectStore, request: WatchRequest, response: ServerResponse) {
    this.#store = store;
    this.#request = request;
    this.#response = response;
    this.#start = watchStart(store, request);
  }

  open(onEnd: () => void): void {
    const start = this.#start;
    this.#response.on("close", () => {
      this.#stop();
      onEnd();
    });
    this.#response.writeHead(200, {
      "Content-Type": "application/json",
      "Cache-Control": "no-cache, private",
    });
    this.#response.flushHeaders();
    if (start.kind === "changes" && start.version < this.#store.oldestVersion) {
      this.#write("ERROR", expired(start.version, this.#store.oldestVersion).status);
      this.end();
      return;
    }
    if (start.kind === "changes") {
      for (const change of this.#store.changesSince(this.#request.type, start.version)) this.#forward(change);
    } else {
      for (const object of this.#store.listAt(
        this.#request.type,
        this.#store.version,
        this.#request.namespace,
      )) {
        if (this.#request.matches(object)) this.#write("ADDED", this.#request.render(object));
      }
      if (start.endBookmark) this.#bookmark({ "k8s.io/initial-events-end": "true" });
    }
    this.#unsubscribe = this.#store.subscribeToChanges((change) => {
      if (change.resourceType === this.#request.type) this.#forward(change);
    });
    if (this.#request.bookmarks) {
      this.#bookmarkTimer = setInterval(() => this.#bookmark(), this.#request.bookmarkIntervalMs).unref();
    }
    this.#timeoutTimer = setTimeout(() => this.end(), this.#request.timeoutMs).unref();
  }

  /** Ends the stream as the server does when its time is up: a last bookmark, then a clean close. */
  end(): void {
    if (this.#ended) return;
    if (this.#request.bookmarks && this.#unsubscribe !== undefined) this.#bookmark();
    this.#stop();
    this.#response.end();
  }

  /** For tests: the connection stays open and says nothing more, until {@link thaw}. */
  freeze(): void {
    this.#frozen ??= [];
  }

  thaw(): void {
    const held = this.#frozen ?? [];
    this.#frozen = undefined;
    for (const line of held) this.#writeLine(line);
  }

  #stop(): void {
    this.#ended = true;
    this.#unsubscribe?.();
    clearInterval(this.#bookmarkTimer);
    clearTimeout(this.#timeoutTimer);
  }

  /** An object that begins or ceases to match the selector is ADDED or DELETED for this watch. */
  #forward(change: StoredChange): void {
    const inScope = (object: KubeObject | undefined): object is KubeObject =>
      object !== undefined &&
      (this.#request.namespace === undefined || object.metadata.namespace === this.#request.namespace) &&
      this.#request.matches(object);
    const was = inScope(change.previous);
    const is = change.type !== "DELETED" && inScope(change.object);
    if (is) this.#write(was ? "MODIFIED" : "ADDED", this.#request.render(change.object));
    else if (was) this.#write("DELETED", this.#request.render(lastMatching(change)));
    if (this.#response.writableLength > MAX_UNREAD_BYTES) this.#response.destroy();
  }

  #bookmark(annotations?: Readonly<Record<string, string>>): void {
    this.#write("BOOKMARK", {
      kind: this.#request.type.kind,
      apiVersion: apiVersionOf(this.#request.type),
      metadata: { resourceVersion: String(this.#store.version), creationTimestamp: null, annotations },
    });
  }

  #write(type: string, object: object): void {
    this.#writeLine(`${JSON.stringify({ type, object })}\n`);
  }

  #writeLine(line: string): void {
    if (this.#ended) return;
    if (this.#frozen !== undefined) {
      this.#frozen.push(line);
      return;
    }
    this.#response.write(line);
  }
}

function watchStart(store: ObjectStore, request: WatchRequest): WatchStart {
  const { resourceVersion: text, sendInitialEvents, resourceVersionMatch: match } = request;
  const version = text === undefined ? 0 : parseVersion(text);
  if (sendInitialEvents !== undefined && match !== "NotOlderThan") {
    throw new ApiFault(422, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
  }
  if (sendInitialEvents === undefined && match !== undefined) {
    throw new ApiFault(
      422,
      "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided",
    );
  }
  if (version > store.version) throw tooLarge(version, store.version);
  if (sendInitialEvents === true) return { kind: "objects", endBookmark: request.bookmarks };
  if (version !== 0) return { kind: "changes", version };
  if (sendInitialEvents === false) return { kind: "changes", version: store.version };
  return { kind: "objects", endBookmark: false };
}

/** The state in which the object last matched, with the version of the change that took it away. */
function lastMatching(change: StoredChange): KubeObject {
  const before = change.previous ?? change.object;
  return {
    ...before,
    metadata: { ...before.metadata, resourceVersion: String(change.version) },
  };
}
