import type { WhatIfAnswer } from "@hopline/api";
import type { Pod, TrafficRow } from "@hopline/policy";
import type { PolicyTraffic, Store } from "@hopline/store";
import type { StoreKeeper } from "../store-keeper.js";
import { PastPods } from "./past-pods.js";
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
  return { rows, told: { ...toldOf(traffic, rows), unknownThen: 0, changedNamespaces: [] } };
}

/** The same between the pods as they were then. */
export async function pastTraffic(
  keeper: StoreKeeper,
  cluster: PolicyCluster,
  scope: TrafficScope,
  nowMs: number,
): Promise<TriedTraffic & { readonly pods: readonly Pod[] }> {
  const traffic = await readTraffic(keeper, scope, nowMs);
  const past = new PastPods(cluster, cluster.state());
  const { rows, unknownThen } = pastTrafficRows(traffic.rows, cluster, past);
  const changedNamespaces = [...past.changedNamespaces];
  return { rows, told: { ...toldOf(traffic, rows), unknownThen, changedNamespaces }, pods: past.pods };
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
