import type { Store } from "@hopline/store";

/** Nodes with a window, within so long before now, in which their agent did not count all that passed. */
export async function incompleteNodes(
  store: Pick<Store, "nodeFigures">,
  lookBackMs: number,
): Promise<Set<string>> {
  const nodes = await store.nodeFigures(lookBackMs);
  return new Set(nodes.flatMap(({ node, incompleteWindows }) => (incompleteWindows > 0 ? [node] : [])));
}
