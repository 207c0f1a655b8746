import { setTimeout as sleep } from "node:timers/promises";
import { describe } from "@hopline/fault";
import { ApiFault, type ClusterConnection } from "./cluster-connection.js";
import type { KubeObject } from "./kube-object.js";
import { listObjects } from "./object-list.js";
import type { Resource } from "./resources.js";
import { WatchIdle, watchStream } from "./watch-stream.js";

/** What a watch tells of its resource. */
export type ResourceEvent = (
  | /** All there is: what is not in it is gone. */
  { readonly type: "listed"; readonly objects: readonly KubeObject[] }
  | { readonly type: "applied"; readonly object: KubeObject }
  | { readonly type: "deleted"; readonly object: KubeObject }
) & {
  readonly resource: Resource;
  /**
   * It may have happened any time since then, Unix milliseconds: 0 with the first list. Absent where it was heard as
   * soon as it happened.
   */
  readonly sinceMs?: number;
};

/** Why a watch was taken up again. `ended` is the normal end of a stream, by the server's clock. */
export type RestartReason = "ended" | "idle" | "gone" | "refused" | "busy" | "unreachable" | "failed";

export interface ResourceState {
  /** Plural name, e.g. `pods`. */
  readonly resource: string;
  /** `absent`: an extension that the cluster does not serve; it is looked for again from time to time. */
  readonly state: "listing" | "watching" | "retrying" | "forbidden" | "absent" | "stopped";
  /** Since when it is in this state, Unix milliseconds. */
  readonly sinceMs: number;
  /** One sentence; kept after recovery, until the next error. */
  readonly lastError: string | undefined;
  readonly lastErrorMs: number | undefined;
  /** Objects known now. */
  readonly objects: number;
  /** It is watched, or not served, and all that changed before has been told. */
  readonly isInStep: boolean;
  /** When it was so last, Unix milliseconds; undefined before the first list. */
  readonly inStepMs: number | undefined;
  readonly restarts: Readonly<Record<RestartReason, number>>;
  /** Lists taken in full; the first one included. */
  readonly lists: number;
  /** Events and list items that were no Kubernetes objects and were passed over. */
  readonly unreadable: number;
}

export interface WatchTimes {
  /** A watch without an event or bookmark for this long counts as dead. Kubernetes sends a bookmark a minute. */
  readonly idleTimeoutMs: number;
  /** For the first byte of any answer. */
  readonly requestTimeoutMs: number;
  /** The server is asked to end a watch after this; up to double, at random, so that not all come back at once. */
  readonly watchTimeoutSeconds: number;
  /** First pause after a failure; doubled by each further one. */
  readonly minRetryMs: number;
  readonly maxRetryMs: number;
  /** Pause before an extension that is not served is looked for again. */
  readonly absentRetryMs: number;
  /** Objects per request of a list. */
  readonly chunkSize: number;
}

export const DEFAULT_WATCH_TIMES: WatchTimes = {
  idleTimeoutMs: 150_000,
  requestTimeoutMs: 30_000,
  watchTimeoutSeconds: 300,
  minRetryMs: 500,
  maxRetryMs: 30_000,
  absentRetryMs: 180_000,
  chunkSize: 500,
};

export interface ResourceWatchOptions {
  readonly connection: ClusterConnection;
  readonly resource: Resource;
  readonly onEvent: (event: ResourceEvent) => void;
  readonly onState?: (state: ResourceState) => void;
  readonly times?: Partial<WatchTimes>;
  readonly nowMs?: () => number;
  /** In [0, 1). */
  readonly random?: () => number;
}

/**
 * After so many failures in a row that are neither the network's nor a plain refusal, the known version is under
 * suspicion (one from the future, after a restored backup, is answered 504), and all is listed anew.
 */
const FAILURES_BEFORE_RELIST = 3;
/** What comes sooner after a watch was taken up again may have happened before. */
const CATCH_UP_MS = 1000;
/** A watch that ends sooner than this without an event has failed, even where its end was clean. */
const SHORTEST_WATCH_MS = 1000;

/**
 * Follows one resource for ever: a list, then watches from its version, each from where the last one was. A version
 * that the server has forgotten (410) leads to a new list; every other failure to another try after a pause.
 */
export class ResourceWatch {
  readonly #options: ResourceWatchOptions;
  readonly #times: WatchTimes;
  readonly #nowMs: () => number;
  readonly #random: () => number;
  readonly #stopping = new AbortController();
  readonly #known = new Set<string>();
  readonly #restarts = { ended: 0, idle: 0, gone: 0, refused: 0, busy: 0, unreachable: 0, failed: 0 };
  #state: ResourceState["state"] = "stopped";
  #sinceMs = 0;
  #lastError: string | undefined;
  #lastErrorMs: number | undefined;
  #lists = 0;
  #unreadable = 0;
  #failuresInARow = 0;
  #version: string | undefined;
  #inStepMs: number | undefined;
  /** From then on, what the present stream tells has only just happened. */
  #caughtUpMs = Number.POSITIVE_INFINITY;
  #running: Promise<void> | undefined;

  constructor(options: ResourceWatchOptions) {
    this.#options = options;
    this.#times = { ...DEFAULT_WATCH_TIMES, ...options.times };
    this.#nowMs = options.nowMs ?? Date.now;
    this.#random = options.random ?? Math.random;
  }

  get state(): ResourceState {
    return {
      resource: this.#options.resource.name,
      state: this.#state,
      sinceMs: this.#sinceMs,
      lastError: this.#lastError,
      lastErrorMs: this.#lastErrorMs,
      objects: this.#known.size,
      isInStep: this.#isInStep,
      inStepMs: this.#isInStep ? this.#nowMs() : this.#inStepMs,
      restarts: { ...this.#restarts },
      lists: this.#lists,
      unreadable: this.#unreadable,
    };
  }

  get #isInStep(): boolean {
    return this.#state === "absent" || (this.#state === "watching" && this.#nowMs() >= this.#caughtUpMs);
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    this.#enter("stopped");
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        if (this.#version === undefined) await this.#list();
        await this.#watch();
      } catch (thrown) {
        if (this.#stopping.signal.aborted) return;
        await this.#recover(thrown);
      }
    }
  }

  async #list(): Promise<void> {
    if (this.#state !== "absent") this.#enter("listing");
    const { resource, connection } = this.#options;
    const askedMs = this.#nowMs();
    const list = await listObjects(connection, resource, {
      chunkSize: this.#times.chunkSize,
      timeoutMs: this.#times.requestTimeoutMs,
      signal: this.#stopping.signal,
    });
    this.#known.clear();
    for (const object of list.objects) this.#known.add(keyOf(object));
    this.#unreadable += list.unreadable;
    this.#lists += 1;
    this.#version = list.version;
    const sinceMs = this.#inStepMs ?? 0;
    this.#inStepMs = askedMs;
    this.#options.onEvent({ type: "listed", resource, objects: list.objects, sinceMs });
  }

  async #watch(): Promise<void> {
    const { resource, connection } = this.#options;
    const startedMs = this.#nowMs();
    this.#caughtUpMs = Number.POSITIVE_INFINITY;
    let events = 0;
    const stream = watchStream(connection, {
      resource,
      version: this.#version,
      timeoutSeconds: Math.round(this.#times.watchTimeoutSeconds * (1 + this.#random())),
      idleTimeoutMs: this.#times.idleTimeoutMs,
      connectTimeoutMs: this.#times.requestTimeoutMs,
      signal: this.#stopping.signal,
      onOpen: () => {
        this.#caughtUpMs = this.#nowMs() + CATCH_UP_MS;
        this.#enter("watching");
      },
    });
    for await (const event of stream) {
      if (this.#isInStep) this.#inStepMs = this.#nowMs();
      events += 1;
      this.#failuresInARow = 0;
      if (event.type === "UNREADABLE") {
        this.#unreadable += 1;
        this.#noteError(`The watch of ${resource.name} sent ${event.reason}.`);
      } else if (event.type === "BOOKMARK") {
        this.#version = event.version;
      } else {
        this.#version = event.object.metadata.resourceVersion ?? this.#version;
        if (event.type === "DELETED") this.#known.delete(keyOf(event.object));
        else this.#known.add(keyOf(event.object));
        this.#options.onEvent({
          type: event.type === "DELETED" ? "deleted" : "applied",
          resource,
          object: event.object,
          ...(!this.#isInStep && this.#inStepMs !== undefined ? { sinceMs: this.#inStepMs } : {}),
        });
      }
    }
    if (this.#isInStep) this.#inStepMs = this.#nowMs();
    if (events === 0 && this.#nowMs() - startedMs < SHORTEST_WATCH_MS) {
      throw new ApiFault({
        code: "KUBE_FAILED",
        message: `The watch of ${resource.name} at ${connection.server} ended as soon as it began.`,
      });
    }
    this.#failuresInARow = 0;
    this.#restarts.ended += 1;
  }

  async #recover(thrown: unknown): Promise<void> {
    if (thrown instanceof WatchIdle) {
      // It has waited long enough, and the version is good: try at once.
      this.#restarts.idle += 1;
      this.#noteError(`The watch of ${this.#options.resource.name}: ${thrown.message}.`);
      this.#enter("retrying");
      return;
    }
    const code = thrown instanceof ApiFault ? thrown.code : undefined;
    if (code === "KUBE_NOT_SERVED" && this.#options.resource.isExtension) {
      await this.#waitWhileAbsent();
      return;
    }
    const reason = restartReason(code);
    this.#restarts[reason] += 1;
    this.#noteError(describe(thrown));
    this.#failuresInARow += 1;
    const suspect = reason === "failed" && this.#failuresInARow >= FAILURES_BEFORE_RELIST;
    if (reason === "gone" || suspect) this.#version = undefined;
    this.#enter(code === "KUBE_FORBIDDEN" ? "forbidden" : "retrying");
    const asked = thrown instanceof ApiFault ? thrown.retryAfterMs : 0;
    await this.#pause(Math.max(this.#pauseMs(), Math.min(asked, this.#times.maxRetryMs)));
  }

  /** There are none of them; where there were, their definition has been taken away. */
  async #waitWhileAbsent(): Promise<void> {
    const { resource, onEvent } = this.#options;
    this.#version = undefined;
    this.#failuresInARow = 0;
    this.#known.clear();
    this.#enter("absent");
    const sinceMs = this.#inStepMs ?? 0;
    this.#inStepMs = this.#nowMs();
    onEvent({ type: "listed", resource, objects: [], sinceMs });
    await this.#pause(this.#times.absentRetryMs);
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }

  /** Doubles with each failure; the second half of it is random. */
  #pauseMs(): number {
    const doublings = Math.min(this.#failuresInARow - 1, 20);
    const ceiling = Math.min(this.#times.minRetryMs * 2 ** doublings, this.#times.maxRetryMs);
    return ceiling * (0.5 + this.#random() / 2);
  }

  #noteError(sentence: string): void {
    this.#lastError = sentence;
    this.#lastErrorMs = this.#nowMs();
  }

  #enter(state: ResourceState["state"]): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#sinceMs = this.#nowMs();
    this.#options.onState?.(this.state);
  }
}

function restartReason(code: ApiFault["code"] | undefined): RestartReason {
  switch (code) {
    case "KUBE_GONE":
      return "gone";
    case "KUBE_BUSY":
      return "busy";
    case "KUBE_UNREACHABLE":
      return "unreachable";
    case "KUBE_UNAUTHORIZED":
    case "KUBE_FORBIDDEN":
    case "KUBE_NOT_SERVED":
      return "refused";
    default:
      return "failed";
  }
}

function keyOf(object: KubeObject): string {
  return `${object.metadata.namespace ?? ""}/${object.metadata.name}`;
}
