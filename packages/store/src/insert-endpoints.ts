import type { Database } from "./database.js";
import type { EndpointInterval } from "./records.js";

/** What `valid_to` holds while an interval lasts: beyond any real end, and within DateTime for the TTL. */
export const OPEN_END_MS = Date.UTC(2100, 0, 1);

/** @param stampUs microseconds since the Unix epoch: of two versions of an interval the later stamp stays. */
export function insertEndpoints(
  database: Database,
  rows: readonly EndpointInterval[],
  stampUs: number,
): Promise<void> {
  return database.insertRows(
    "endpoints",
    rows.map(({ address, entity, pod, node, fromMs, toMs }) => ({
      address: address.includes(":") ? address : `::ffff:${address}`,
      valid_from: sqlTime(fromMs),
      valid_to: sqlTime(toMs ?? OPEN_END_MS),
      kind: entity.kind,
      namespace: entity.namespace,
      workload_kind: entity.workloadKind,
      name: entity.name,
      pod,
      node,
      updated_at: `${sqlTime(stampUs / 1000)}${String(stampUs % 1000).padStart(3, "0")}`,
    })),
  );
}

/** `2026-11-21 08:00:00.123`, in UTC as all columns are. */
function sqlTime(ms: number): string {
  return new Date(ms).toISOString().replace("T", " ").replace("Z", "");
}
