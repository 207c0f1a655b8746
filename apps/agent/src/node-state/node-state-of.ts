import { MOST_STATE_ENTRIES, type NodeState } from "@hopline/batch";
import { kindOf, type Link, type NodeDescription, type Role, type Route, type Rule } from "@hopline/topology";
import type { KernelCounters } from "./kernel-counters.js";

const NO_COUNTERS = { receiveErrors: 0, receiveDropped: 0, sendErrors: 0, sendDropped: 0 };
const MAIN_TABLE = "main";
/** Nothing that is forwarded goes there. */
const OTHER_TYPES: ReadonlySet<string> = new Set(["broadcast", "multicast", "anycast"]);

/** What `ip` and `bridge` say, with the kernel's counters, as the collector gets it. */
export function nodeStateOf(
  description: NodeDescription,
  counters: KernelCounters,
  roleOf: (link: Link) => Role,
): NodeState {
  const addresses = new Map(
    description.addresses.map(({ ifindex, addr_info }) => [ifindex, addr_info.map(({ local }) => local)]),
  );
  return {
    version: 1,
    interfaces: description.links.map((link) => ({
      name: link.ifname,
      kind: kindOf(link),
      role: roleOf(link),
      mtu: link.mtu,
      up: link.flags.includes("UP"),
      addresses: addresses.get(link.ifindex) ?? [],
      isPointed: isPointed(link),
      ...(counters.interfaces.get(link.ifname) ?? NO_COUNTERS),
    })),
    ...tablesOf(description),
    conntrack: counters.conntrack ?? null,
  };
}

type Tables = Pick<NodeState, "routes" | "rules" | "neighbours" | "forwarding" | "cut">;

/** A large cluster's tables are looked at every few seconds, and change seldom: the same description gives the same lists. */
const known = new WeakMap<NodeDescription, Tables>();

function tablesOf(description: NodeDescription): Tables {
  const before = known.get(description);
  if (before !== undefined) return before;
  const tables = readTables(description);
  known.set(description, tables);
  return tables;
}

function readTables(description: NodeDescription): Tables {
  const tunnels = new Set(
    description.links.filter((link) => kindOf(link) === "vxlan").map(({ ifname }) => ifname),
  );
  const all: Omit<Tables, "cut"> = {
    routes: description.routes
      .filter(({ type }) => !OTHER_TYPES.has(type))
      .map((route) => ({
        table: route.table ?? MAIN_TABLE,
        type: route.type,
        destination: prefixOf(route.dst, isVersion6(route)),
        nextHops: (route.nexthops ?? [route]).flatMap(({ dev, gateway }) =>
          dev === undefined ? [] : [{ device: dev, gateway: gateway ?? null }],
        ),
        metric: route.metric ?? 0,
        mtu: route.metrics?.find(({ mtu }) => mtu !== undefined)?.mtu ?? null,
      })),
    rules: description.rules.flatMap((rule) =>
      rule.table === undefined
        ? []
        : [
            {
              family: rule.family === "inet" ? ("ipv4" as const) : ("ipv6" as const),
              priority: rule.priority,
              table: rule.table,
              isForAll: isForAll(rule),
            },
          ],
    ),
    neighbours: description.neighbours.map(({ dst, dev, lladdr, state }) => ({
      address: dst,
      device: dev,
      mac: lladdr ?? null,
      state: neighbourState(state),
    })),
    forwarding: description.forwarding.flatMap(({ mac, ifname, dst }) =>
      dst === undefined || !tunnels.has(ifname) ? [] : [{ device: ifname, mac, remote: dst }],
    ),
  };
  const lists = [all.routes, all.neighbours, all.forwarding];
  return {
    routes: all.routes.slice(0, MOST_STATE_ENTRIES),
    rules: all.rules,
    neighbours: all.neighbours.slice(0, MOST_STATE_ENTRIES),
    forwarding: all.forwarding.slice(0, MOST_STATE_ENTRIES),
    cut: lists.some(({ length }) => length > MOST_STATE_ENTRIES),
  };
}

function isPointed(link: Link): boolean {
  const data = link.linkinfo?.info_data;
  if (kindOf(link) !== "vxlan") return true;
  return data?.external === true || data?.remote !== undefined || data?.group !== undefined;
}

function isForAll(rule: Rule): boolean {
  const { fwmark, iif, oif, ipproto, sport, dport, uidrange, tos, dst, suppress_prefixlen, action } = rule;
  if (rule.src !== "all" || (dst !== undefined && dst !== "all") || Object.hasOwn(rule, "not")) return false;
  return [fwmark, iif, oif, ipproto, sport, dport, uidrange, tos, suppress_prefixlen, action].every(
    (selector) => selector === undefined,
  );
}

/** Default routes of both families are written alike. */
function isVersion6({ dst, pref }: Route): boolean {
  return dst.includes(":") || pref !== undefined;
}

function prefixOf(destination: string, version6: boolean): string {
  if (destination === "default") return version6 ? "::/0" : "0.0.0.0/0";
  if (destination.includes("/")) return destination;
  return `${destination}/${destination.includes(":") ? 128 : 32}`;
}

function neighbourState(states: readonly string[]): NodeState["neighbours"][number]["state"] {
  if (states.includes("PERMANENT")) return "permanent";
  if (states.includes("FAILED")) return "failed";
  if (states.includes("INCOMPLETE")) return "incomplete";
  return "usable";
}
