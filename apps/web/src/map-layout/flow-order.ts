/** A directed link between two items. */
export interface FlowLink {
  readonly source: string;
  readonly target: string;
}

/**
 * Orders items so that few links point backwards: callers first, those that are only called last (the heuristic of
 * Eades, Lin and Smyth, 1993). The same items and links give the same order.
 */
export function flowOrder(items: readonly string[], links: readonly FlowLink[]): string[] {
  const left = new Set([...items].sort());
  const targets = neighbours(links, left, "source", "target");
  const sources = neighbours(links, left, "target", "source");
  const first: string[] = [];
  const last: string[] = [];
  const degree = (of: Map<string, Set<string>>, item: string) => {
    let count = 0;
    for (const other of of.get(item) ?? []) if (left.has(other)) count += 1;
    return count;
  };
  const take = (item: string, into: string[]) => {
    left.delete(item);
    into.push(item);
  };
  while (left.size > 0) {
    const sink = [...left].find((item) => degree(targets, item) === 0 && degree(sources, item) > 0);
    if (sink !== undefined) {
      take(sink, last);
      continue;
    }
    let best: string | undefined;
    let most = Number.NEGATIVE_INFINITY;
    for (const item of left) {
      const inward = degree(sources, item);
      const lead = inward === 0 ? Number.POSITIVE_INFINITY : degree(targets, item) - inward;
      if (lead > most) {
        best = item;
        most = lead;
      }
    }
    if (best === undefined) break;
    take(best, first);
  }
  return [...first, ...last.reverse()];
}

function neighbours(
  links: readonly FlowLink[],
  known: ReadonlySet<string>,
  from: "source" | "target",
  to: "source" | "target",
): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const link of links) {
    if (link[from] === link[to] || !known.has(link[from]) || !known.has(link[to])) continue;
    const set = found.get(link[from]);
    if (set === undefined) found.set(link[from], new Set([link[to]]));
    else set.add(link[to]);
  }
  return found;
}
