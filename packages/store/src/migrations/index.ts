import type { Migration } from "../migration.js";
import { hops } from "./0001-hops.js";
import { connections } from "./0002-connections.js";
import { edges } from "./0003-edges.js";
import { translations } from "./0004-translations.js";
import { arrivals } from "./0005-arrivals.js";
import { endpoints } from "./0006-endpoints.js";
import { completeness } from "./0007-completeness.js";
import { packetAnomalies } from "./0008-packet-anomalies.js";
import { dns } from "./0009-dns.js";
import { clusterObjects } from "./0010-cluster-objects.js";
import { drops } from "./0011-drops.js";
import { nodeStates } from "./0012-node-states.js";
import { alerts } from "./0013-alerts.js";
import { auditLog } from "./0014-audit-log.js";
import { conformanceEvidence } from "./0015-conformance-evidence.js";

/** All, in order. */
export const MIGRATIONS: readonly Migration[] = [
  hops,
  connections,
  edges,
  translations,
  arrivals,
  endpoints,
  completeness,
  packetAnomalies,
  dns,
  clusterObjects,
  drops,
  nodeStates,
  alerts,
  auditLog,
  conformanceEvidence,
];
