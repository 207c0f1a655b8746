import { z } from "zod";
import { ApiFault, expired, tooLarge } from "./api-fault.js";
import type { KubeObject } from "./kube-object.js";
import type { ObjectStore } from "./object-store.js";
import { objectKey, type ResourceType } from "./resource-types.js";
import type { ObjectPredicate } from "./selectors.js";

const TOKEN_VERSION = "meta.k8s.io/v1";
const tokenSchema = z.object({ v: z.string(), rv: z.int(), start: z.string() });

export interface ListRequest {
  readonly type: ResourceType;
  readonly namespace: string | undefined;
  readonly matches: ObjectPredicate;
  /** Objects in this chunk at most; 0 for all. */
  readonly limit: number;
  readonly continueToken: string | undefined;
  readonly resourceVersion: string | undefined;
  readonly resourceVersionMatch: string | undefined;
}

export interface ListAnswer {
  readonly items: readonly KubeObject[];
  /** meta/v1 ListMeta. */
  readonly metadata: {
    readonly resourceVersion: string;
    readonly continue?: string;
    readonly remainingItemCount?: number;
  };
}

/** Where a chunked list stands: the version of its first chunk, and the key to go on from. */
interface ListPosition {
  readonly version: number;
  readonly startKey: string;
}

/**
 * One chunk of a list. All chunks show the objects as they were at the first one's version.
 *
 * @throws ApiFault 410 once history no longer reaches that version (with a token to take up an inconsistent list),
 *   504 for a version still to come, 400 for a token that is none of ours.
 */
export function listObjects(store: ObjectStore, request: ListRequest): ListAnswer {
  const position = request.continueToken === undefined ? undefined : parseToken(request.continueToken);
  const version = listVersion(store, request, position);
  const all = store.listAt(request.type, version, request.namespace).filter(request.matches);
  const start =
    position === undefined ? 0 : all.findIndex((object) => keyOf(request.type, object) >= position.startKey);
  const from = start < 0 ? all.length : start;
  const end = request.limit > 0 ? Math.min(from + request.limit, all.length) : all.length;
  const items = all.slice(from, end);
  const last = items.at(-1);
  if (end === all.length || last === undefined)
    return { items, metadata: { resourceVersion: String(version) } };
  return {
    items,
    metadata: {
      resourceVersion: String(version),
      continue: formatToken({ version, startKey: `${keyOf(request.type, last)}\0` }),
      remainingItemCount: all.length - end,
    },
  };
}

function listVersion(store: ObjectStore, request: ListRequest, position: ListPosition | undefined): number {
  if (position !== undefined) {
    if (request.resourceVersion !== undefined && request.resourceVersion !== "0") {
      throw new ApiFault(400, "specifying resource version is not allowed when using continue");
    }
    // A token without a version (-1) goes on with the objects as they are now.
    if (position.version === -1) return store.version;
    if (position.version < store.oldestVersion) {
      throw new ApiFault(
        410,
        "The provided continue parameter is too old to display a consistent list result. Start a new list without " +
          "it, or go on inconsistently with the continue token of this answer.",
        { continueToken: formatToken({ version: -1, startKey: position.startKey }) },
      );
    }
    return position.version;
  }
  if (request.resourceVersion === undefined) {
    if (request.resourceVersionMatch === undefined) return store.version;
    throw new ApiFault(422, "resourceVersionMatch is forbidden unless resourceVersion is provided");
  }
  const wanted = parseVersion(request.resourceVersion);
  if (wanted > store.version) throw tooLarge(wanted, store.version);
  if (request.resourceVersionMatch !== "Exact") return store.version;
  if (wanted < store.oldestVersion) throw expired(wanted, store.oldestVersion);
  return wanted;
}

/** @throws ApiFault 400 */
export function parseVersion(text: string): number {
  if (/^\d{1,16}$/.test(text)) return Number(text);
  throw new ApiFault(400, `Invalid value: "${text}": a resource version is a number`);
}

function keyOf(type: ResourceType, object: KubeObject): string {
  return objectKey(type, object.metadata.namespace, object.metadata.name);
}

/** The API server's own form (apiserver storage/continue.go): JSON in unpadded base64 for URLs. */
function formatToken({ version, startKey }: ListPosition): string {
  return Buffer.from(JSON.stringify({ v: TOKEN_VERSION, rv: version, start: startKey })).toString(
    "base64url",
  );
}

function parseToken(token: string): ListPosition {
  try {
    const { v, rv, start } = tokenSchema.parse(JSON.parse(Buffer.from(token, "base64url").toString()));
    if (v === TOKEN_VERSION) return { version: rv, startKey: start };
  } catch {
    // Falls through: what cannot be read is no token.
  }
  throw new ApiFault(400, "continue key is not valid");
}
