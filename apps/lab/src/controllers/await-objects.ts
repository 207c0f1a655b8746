import type { ClusterObjects } from "../objects/cluster-objects.js";

/** Settles with what `look` finds, looking again after each change of the objects; undefined when time is up. */
export function awaitObjects<Found>(
  objects: ClusterObjects,
  look: () => Found | undefined,
  limitMs: number,
): Promise<Found | undefined> {
  const now = look();
  if (now !== undefined) return Promise.resolve(now);
  return new Promise((resolve) => {
    const finish = (found: Found | undefined): void => {
      unsubscribe();
      clearTimeout(timer);
      resolve(found);
    };
    const timer = setTimeout(() => finish(undefined), limitMs);
    const unsubscribe = objects.store.subscribe(() => {
      const found = look();
      if (found !== undefined) finish(found);
    });
  });
}
