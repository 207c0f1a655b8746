import { z } from "zod";
import { ApiFault, type ClusterConnection } from "./cluster-connection.js";
import { type KubeObject, kubeObjectSchema } from "./kube-object.js";
import type { Resource } from "./resources.js";

export type WatchEvent =
  | { readonly type: "ADDED" | "MODIFIED" | "DELETED"; readonly object: KubeObject }
  /** Nothing changed; the version is one to go on from. */
  | { readonly type: "BOOKMARK"; readonly version: string; readonly endsInitialEvents: boolean }
  /** The server sent something that is no event; it has been passed over. */
  | { readonly type: "UNREADABLE"; readonly reason: string };

export interface WatchStreamRequest {
  readonly resource: Resource;
  /** Where to go on from; undefined for a stream that begins with the objects there are (KEP-3157). */
  readonly version: string | undefined;
  /** The server is asked to end the stream after this. */
  readonly timeoutSeconds: number;
  /** A stream that says nothing for this long, not even a bookmark, counts as dead. */
  readonly idleTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly signal: AbortSignal;
  /** Called once the server has accepted the watch. */
  readonly onOpen?: () => void;
}

const lineSchema = z.looseObject({ type: z.string(), object: z.unknown() });
const statusSchema = z.looseObject({ code: z.number().optional(), message: z.string().optional() });
const bookmarkSchema = z.looseObject({
  metadata: z.looseObject({
    resourceVersion: z.string().min(1),
    annotations: z.record(z.string(), z.string()).nullish(),
  }),
});

/** Thrown when the server has been silent for too long. */
export class WatchIdle extends Error {
  constructor(idleTimeoutMs: number) {
    super(`the watch said nothing for ${idleTimeoutMs / 1000} s`);
    this.name = "WatchIdle";
  }
}

/**
 * One watch request, event by event, until the server ends it.
 *
 * The library's own Watch and ListWatch are not used: they ask for no bookmarks, cut every stream that is quiet for
 * 30 s, swallow ERROR events other than 410, lines that do not parse and exceptions of the callback, do not
 * pass on why a request was refused, and stop for good at the first error.
 *
 * @throws ApiFault (`KUBE_GONE` for an ERROR event of code 410 as for a plain 410), or {@link WatchIdle}
 */
export async function* watchStream(
  connection: ClusterConnection,
  request: WatchStreamRequest,
): AsyncGenerator<WatchEvent, void, undefined> {
  const initial = request.version === undefined;
  const idle = new AbortController();
  const response = await connection.get({
    path: request.resource.path,
    query: {
      watch: true,
      allowWatchBookmarks: true,
      resourceVersion: request.version,
      sendInitialEvents: initial ? true : undefined,
      resourceVersionMatch: initial ? "NotOlderThan" : undefined,
      timeoutSeconds: request.timeoutSeconds,
    },
    timeoutMs: request.connectTimeoutMs,
    signal: AbortSignal.any([request.signal, idle.signal]),
  });
  request.onOpen?.();
  const body = response.body.stream();
  if (body === null) return;

  const reader = body.getReader();
  const decoder = new TextDecoder();
  const watchdog = setTimeout(() => idle.abort(new WatchIdle(request.idleTimeoutMs)), request.idleTimeoutMs);
  let rest = "";
  try {
    for (;;) {
      const chunk = await reader.read();
      if (chunk.done) return;
      watchdog.refresh();
      const lines = (rest + decoder.decode(chunk.value, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line !== "") yield parseLine(line, request.resource, connection.server);
    }
  } catch (thrown) {
    if (thrown instanceof ApiFault) throw thrown;
    request.signal.throwIfAborted();
    idle.signal.throwIfAborted();
    throw new ApiFault({
      code: "KUBE_UNREACHABLE",
      message: `The watch of ${request.resource.name} at ${connection.server} broke off.`,
      cause: thrown,
    });
  } finally {
    clearTimeout(watchdog);
    // Also when the consumer stops early; a stream that has failed already has nothing to cancel.
    await reader.cancel().catch(() => undefined);
  }
}

function parseLine(line: string, resource: Resource, server: string): WatchEvent {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return { type: "UNREADABLE", reason: "a line that is no JSON" };
  }
  const parsed = lineSchema.safeParse(json);
  if (!parsed.success) return { type: "UNREADABLE", reason: "a line without type and object" };
  const { type, object } = parsed.data;
  switch (type) {
    case "ADDED":
    case "MODIFIED":
    case "DELETED": {
      const known = kubeObjectSchema.safeParse(object);
      if (known.success) return { type, object: known.data };
      const issue = known.error.issues[0];
      return {
        type: "UNREADABLE",
        reason: `an object whose ${issue?.path.join(".")} does not fit: ${issue?.message}`,
      };
    }
    case "BOOKMARK": {
      const bookmark = bookmarkSchema.safeParse(object);
      if (!bookmark.success) return { type: "UNREADABLE", reason: "a bookmark without a version" };
      const { resourceVersion, annotations } = bookmark.data.metadata;
      const endsInitialEvents = annotations?.["k8s.io/initial-events-end"] === "true";
      return { type: "BOOKMARK", version: resourceVersion, endsInitialEvents };
    }
    case "ERROR": {
      const status = statusSchema.safeParse(object).data;
      throw new ApiFault({
        code: status?.code === 410 ? "KUBE_GONE" : "KUBE_FAILED",
        message: `The watch of ${resource.name} at ${server} ended with an error: ${status?.message ?? "unknown"}.`,
      });
    }
    default:
      return { type: "UNREADABLE", reason: `an event of unknown type "${type}"` };
  }
}
