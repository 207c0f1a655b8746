import type { WhatIfAnswer } from "@hopline/api";
import type { Pod, TrafficRow } from "@hopline/policy";
import type { PolicyTraffic, Store } from "@hopline/store";
import { REMEMBER_MS } from "../history-upkeep.js";
import type { StoreKeeper } from "../store-keeper.js";
import { EARLIER_KINDS, EarlierObjects } from "./earlier-objects.js";
import { type PastCluster, PastPods } from "./past-pods.js";
import type { PolicyCluster } from "./policy-cluster.js";
import { pastTrafficRows, trafficRows } from "./traffic-rows.js";

/** Judging that many, twice, takes about half a second. */
const MAX_ROWS = 20_000;
const DEFAULT_RANGE_MS = 86_400_000;

export interface TriedTraffic {
  readonly rows: readonly TrafficRow[];
  /** As the API tells of it. */
  readonly told: WhatIfAnswer["traffic"];
}

export interface TrafficScope {
  /** Milliseconds since the Unix epoch; absent: now, and a day before. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly namespace?: readonly string[] | undefined;
}

/** What was seen in a range, as far as policies can be tried on it: between the pods of today. */
export async function triedTraffic(
  keeper: StoreKeeper,
  cluster: PolicyCluster,
  scope: TrafficScope,
  nowMs: number,
): Promise<TriedTraffic> {
  const traffic = await readTraffic(keeper, scope, nowMs);
  const rows = trafficRows(traffic.rows, cluster);
  return { rows, told: { ...toldOf(traffic, rows), unknownThen: 0 } };
}

/** The same between the pods as they were then. */
export async function pastTraffic(
  keeper: StoreKeeper,
  cluster: PolicyCluster,
  scope: TrafficScope,
  nowMs: number,
): Promise<TriedTraffic & { readonly pods: readonly Pod[] }> {
  const traffic = await readTraffic(keeper, scope, nowMs);
  const past = new PastPods(await pastCluster(keeper, cluster, traffic, nowMs), cluster.state());
  const { rows, unknownThen } = pastTrafficRows(traffic.rows, cluster, past);
  return { rows, told: { ...toldOf(traffic, rows), unknownThen }, pods: past.pods };
}

/** What the collector remembers; of what ended before that, what the store has. */
async function pastCluster(
  keeper: StoreKeeper,
  cluster: PolicyCluster,
  { range, rows }: PolicyTraffic,
  nowMs: number,
): Promise<PastCluster> {
  const rememberedMs = nowMs - REMEMBER_MS;
  if (range.from >= rememberedMs) return cluster;
  const ends = rows.flatMap(({ client, server }) => [client.entity.namespace, server.entity.namespace]);
  const scope = {
    ...{ sinceMs: range.from, beforeMs: rememberedMs, kinds: EARLIER_KINDS },
    namespaces: [...new Set(ends)],
  };
  const stored = await keeper.use("pods of then", (store) => store.clusterObjects(scope));
  const earlier = new EarlierObjects(stored);
  return {
    podAt: (name, timeMs) => cluster.podAt(name, timeMs) ?? earlier.podAt(name, timeMs),
    namespaceAt: (name, timeMs) => cluster.namespaceAt(name, timeMs) ?? earlier.namespaceAt(name, timeMs),
  };
}

async function readTraffic(keeper: StoreKeeper, scope: TrafficScope, nowMs: number): Promise<PolicyTraffic> {
  const to = scope.to ?? nowMs;
  const from = scope.from ?? to - DEFAULT_RANGE_MS;
  const ask = (store: Store) =>
    store.policyTraffic({ from, to, namespace: scope.namespace, limit: MAX_ROWS });
  return keeper.use("traffic for policies", ask);
}

function toldOf({ range, leftOutRows }: PolicyTraffic, rows: readonly TrafficRow[]) {
  const connections = rows.reduce((sum, row) => sum + row.connections, 0);
  return { range, rows: rows.length, connections, leftOutRows };
}
