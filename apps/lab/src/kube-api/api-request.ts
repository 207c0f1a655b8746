import type { IncomingMessage } from "node:http";
import { ApiFault } from "./api-fault.js";
import { findType, notServed } from "./discovery.js";
import type { ResourceType } from "./resource-types.js";

/** What a path names: objects of a type, all of them, those of a namespace, or one. */
export interface ResourceTarget {
  readonly type: ResourceType;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

/**
 * Reads the part of a path behind `/api/VERSION` or `/apis/GROUP/VERSION`.
 *
 * @throws ApiFault 404 for what is not served.
 */
export function resourceTarget(group: string, version: string, segments: readonly string[]): ResourceTarget {
  const inNamespace = segments[0] === "namespaces" && segments.length > 2;
  const [plural, name, ...rest] = inNamespace ? segments.slice(2) : segments;
  const type = plural === undefined ? undefined : findType(group, version, plural);
  if (type === undefined || rest.length > 0) throw notServed();
  if (type.namespaced ? name !== undefined && !inNamespace : inNamespace) throw notServed();
  return { type, namespace: inNamespace ? segments[1] : undefined, name };
}

/** meta/v1 ListOptions, as far as the lab's API takes them. */
export interface ListOptions {
  readonly watch: boolean;
  readonly limit: number;
  readonly continueToken: string | undefined;
  readonly resourceVersion: string | undefined;
  readonly resourceVersionMatch: string | undefined;
  readonly allowWatchBookmarks: boolean;
  readonly sendInitialEvents: boolean | undefined;
  readonly timeoutSeconds: number | undefined;
  readonly labelSelector: string;
  readonly fieldSelector: string;
  readonly includeObject: "None" | "Metadata" | "Object";
}

/** @throws ApiFault 400 for a value that cannot be read. */
export function listOptions(query: URLSearchParams): ListOptions {
  return {
    watch: flag(query, "watch") ?? false,
    limit: whole(query, "limit") ?? 0,
    continueToken: given(query, "continue"),
    resourceVersion: given(query, "resourceVersion"),
    resourceVersionMatch: given(query, "resourceVersionMatch"),
    allowWatchBookmarks: flag(query, "allowWatchBookmarks") ?? false,
    sendInitialEvents: flag(query, "sendInitialEvents"),
    timeoutSeconds: whole(query, "timeoutSeconds"),
    labelSelector: query.get("labelSelector") ?? "",
    fieldSelector: query.get("fieldSelector") ?? "",
    includeObject: includeObject(query),
  };
}

/** Path and query of a request. A target that is no path at all reads as one that is not served. */
export function requestUrl(request: IncomingMessage): URL {
  try {
    return new URL(request.url ?? "/", "http://lab");
  } catch {
    throw notServed();
  }
}

function given(query: URLSearchParams, name: string): string | undefined {
  return query.get(name) || undefined;
}

function flag(query: URLSearchParams, name: string): boolean | undefined {
  const value = query.get(name);
  if (value === null) return undefined;
  if (["", "true", "1"].includes(value)) return true;
  if (["false", "0"].includes(value)) return false;
  throw new ApiFault(400, `invalid value "${value}" for ${name}: true or false`);
}

function whole(query: URLSearchParams, name: string): number | undefined {
  const value = given(query, name);
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw new ApiFault(400, `invalid value "${value}" for ${name}: a whole number`);
}

function includeObject(query: URLSearchParams): ListOptions["includeObject"] {
  const value = query.get("includeObject") ?? "Metadata";
  if (value === "None" || value === "Metadata" || value === "Object") return value;
  throw new ApiFault(400, `invalid value "${value}" for includeObject: None, Metadata or Object`);
}
