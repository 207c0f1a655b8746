import { diagnosePlace, type Evidence, type Path, type PathConnection, placeToDiagnose } from "@hopline/path";
import type { Store } from "@hopline/store";

/** A Service's backends are those that were used so shortly before. */
const BACKENDS_USED_MS = 15 * 60_000;

/** What the stored state of the nodes beside a broken place says of the cause. */
export async function placeEvidence(
  store: Pick<Store, "nodeStates" | "usedBackends">,
  connection: PathConnection,
  path: Path,
): Promise<Evidence[]> {
  const place = placeToDiagnose(connection, path);
  if (place === undefined) return [];
  const { nodes, fromMs, toMs, needsBackends } = place;
  const { address, port } = connection.server;
  const [readings, backends] = await Promise.all([
    store.nodeStates(nodes, { from: fromMs, to: toMs }),
    needsBackends ? store.usedBackends({ address, port }, { from: toMs - BACKENDS_USED_MS, to: toMs }) : [],
  ]);
  return diagnosePlace(
    connection,
    path,
    readings,
    backends.map((backend) => backend.address),
  );
}
