import { z } from "zod";
import type { Database } from "../database.js";
import type { ClusterObjectVersion } from "../insert-cluster-objects.js";
import { OPEN_END_MS } from "../insert-endpoints.js";

const rowSchema = z.object({
  kind: z.string(),
  namespace: z.string(),
  name: z.string(),
  version: z.string(),
  body: z.string(),
  earliest_ms: z.coerce.number(),
  from_ms: z.coerce.number(),
  to_ms: z.coerce.number().transform((ms) => (ms >= OPEN_END_MS ? null : ms)),
});

/** Which versions are asked for; of what is left out, all. */
export interface ClusterObjectScope {
  /** They lasted at this time (Unix milliseconds) or after it. */
  readonly sinceMs: number;
  /** They began before this. */
  readonly beforeMs?: number;
  readonly kinds?: readonly string[];
  /** What belongs to none is there all the same. */
  readonly namespaces?: readonly string[];
}

/** In order of time; versions that never were are left out. */
export async function clusterObjects(
  database: Database,
  { sinceMs, beforeMs, kinds, namespaces }: ClusterObjectScope,
): Promise<ClusterObjectVersion[]> {
  const conditions = [
    "valid_to >= fromUnixTimestamp64Milli({since:Int64}) AND valid_to > valid_from",
    ...(beforeMs === undefined ? [] : ["valid_from < fromUnixTimestamp64Milli({before:Int64})"]),
    ...(kinds === undefined ? [] : ["kind IN {kinds:Array(String)}"]),
    ...(namespaces === undefined ? [] : ["(namespace = '' OR namespace IN {namespaces:Array(String)})"]),
  ];
  const rows = await database.query(
    "the cluster's objects",
    rowSchema,
    `SELECT kind, namespace, name, version, body, toUnixTimestamp64Milli(begins_after) AS earliest_ms,
  toUnixTimestamp64Milli(valid_from) AS from_ms, toUnixTimestamp64Milli(valid_to) AS to_ms
FROM cluster_objects FINAL
WHERE ${conditions.join(" AND ")}
ORDER BY valid_from, kind, namespace, name`,
    { since: sinceMs, before: beforeMs ?? 0, kinds: [...(kinds ?? [])], namespaces: [...(namespaces ?? [])] },
  );
  return rows.map(({ earliest_ms, from_ms, to_ms, ...object }) => ({
    ...object,
    earliestMs: earliest_ms,
    fromMs: from_ms,
    toMs: to_ms,
  }));
}
