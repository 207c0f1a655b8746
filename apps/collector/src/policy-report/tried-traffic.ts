import type { WhatIfAnswer } from "@hopline/api";
import type { TrafficRow } from "@hopline/policy";
import type { Store } from "@hopline/store";
import type { StoreKeeper } from "../store-keeper.js";
import type { PolicyCluster } from "./policy-cluster.js";
import { trafficRows } from "./traffic-rows.js";

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

/** What was seen in a range, as far as policies can be tried on it. */
export async function triedTraffic(
  keeper: StoreKeeper,
  cluster: PolicyCluster,
  scope: TrafficScope,
  nowMs: number,
): Promise<TriedTraffic> {
  const to = scope.to ?? nowMs;
  const from = scope.from ?? to - DEFAULT_RANGE_MS;
  const ask = (store: Store) =>
    store.policyTraffic({ from, to, namespace: scope.namespace, limit: MAX_ROWS });
  const traffic = await keeper.use("traffic for policies", ask);
  const rows = trafficRows(traffic.rows, cluster);
  return {
    rows,
    told: {
      range: traffic.range,
      rows: rows.length,
      connections: rows.reduce((sum, { connections }) => sum + connections, 0),
      leftOutRows: traffic.leftOutRows,
    },
  };
}
