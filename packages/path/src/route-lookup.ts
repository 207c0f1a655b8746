import { matchedLength } from "./address-prefix.js";
import type { NodeState, RouteState } from "./node-state.js";

/** What a node would do with a packet for an address. */
export type RouteAnswer =
  | { readonly kind: "found"; readonly route: RouteState; readonly prefixLength: number }
  | { readonly kind: "none" }
  /** A rule that holds for some packets only leads to a table that has a route: nobody knows which was taken. */
  | { readonly kind: "unknown" };

/** The kernel's own order where it has no rules. */
const USUAL_TABLES = ["local", "main", "default"];

/** Looks an address up as the kernel does: rule by rule, in each table the longest prefix, of those the lowest metric. */
export function lookUpRoute(state: NodeState, address: string): RouteAnswer {
  const family = address.includes(":") ? "ipv6" : "ipv4";
  const rules = state.rules.filter((rule) => rule.family === family).sort((a, b) => a.priority - b.priority);
  const tables =
    rules.length === 0
      ? USUAL_TABLES.map((table) => ({ table, isForAll: true }))
      : rules.map(({ table, isForAll }) => ({ table, isForAll }));
  for (const { table, isForAll } of tables) {
    const found = longestMatch(state, table, address);
    if (found === undefined || found.route.type === "throw") continue;
    return isForAll ? { kind: "found", ...found } : { kind: "unknown" };
  }
  return { kind: "none" };
}

function longestMatch(state: NodeState, table: string, address: string) {
  let best: { route: RouteState; prefixLength: number } | undefined;
  for (const route of state.routes) {
    if (route.table !== table) continue;
    const prefixLength = matchedLength(route.destination, address);
    if (prefixLength === undefined) continue;
    const isBetter =
      best === undefined ||
      prefixLength > best.prefixLength ||
      (prefixLength === best.prefixLength && route.metric < best.route.metric);
    if (isBetter) best = { route, prefixLength };
  }
  return best;
}
