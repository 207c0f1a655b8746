import { z } from "zod";
import type { Database } from "../database.js";
import { HEX_ID } from "./read-connections.js";
import { addressText } from "./resolved-connections.js";

/** The tuple that a client sent, as some node's conntrack knew it. */
export interface Translation {
  /** 16 hexadecimal digits. */
  readonly connectionId: string;
  /** `dnat`, `snat` or `dnat+snat`. */
  readonly translation: string;
  readonly originalClientAddress: string;
  readonly originalClientPort: number;
  readonly originalServerAddress: string;
  readonly originalServerPort: number;
  readonly clientKind: string;
  readonly clientNamespace: string;
  readonly clientWorkloadKind: string;
  readonly clientWorkload: string;
  readonly clientPod: string;
  readonly clientNode: string;
  readonly serviceNamespace: string;
  readonly serviceName: string;
  readonly servicePortName: string;
}

/** Ids of one statement; they travel in the URL of a server. */
const IDS_A_STATEMENT = 2000;

const rowSchema = z
  .object({
    connection_id: z.string(),
    translation: z.string(),
    original_client_address: z.string(),
    original_client_port: z.coerce.number(),
    original_server_address: z.string(),
    original_server_port: z.coerce.number(),
    client_kind: z.string(),
    client_namespace: z.string(),
    client_workload_kind: z.string(),
    client_workload: z.string(),
    client_pod: z.string(),
    client_node: z.string(),
    service_namespace: z.string(),
    service_name: z.string(),
    service_port_name: z.string(),
  })
  .transform(
    (row): Translation => ({
      connectionId: row.connection_id,
      translation: row.translation,
      originalClientAddress: row.original_client_address,
      originalClientPort: row.original_client_port,
      originalServerAddress: row.original_server_address,
      originalServerPort: row.original_server_port,
      clientKind: row.client_kind,
      clientNamespace: row.client_namespace,
      clientWorkloadKind: row.client_workload_kind,
      clientWorkload: row.client_workload,
      clientPod: row.client_pod,
      clientNode: row.client_node,
      serviceNamespace: row.service_namespace,
      serviceName: row.service_name,
      servicePortName: row.service_port_name,
    }),
  );

const TEXTS = [
  "translation",
  "client_kind",
  "client_namespace",
  "client_workload_kind",
  "client_workload",
  "client_pod",
  "client_node",
  "service_namespace",
  "service_name",
  "service_port_name",
  "original_client_port",
  "original_server_port",
];

/** The latest translation that any node knew of each connection (16 hexadecimal digits), by its id. */
export async function translations(
  database: Database,
  connectionIds: readonly string[],
): Promise<Map<string, Translation>> {
  const known = new Map<string, Translation>();
  const latest = (column: string) => `argMax(t.${column}, t.day)`;
  for (let start = 0; start < connectionIds.length; start += IDS_A_STATEMENT) {
    const ids = connectionIds.slice(start, start + IDS_A_STATEMENT).map((id) => BigInt(`0x${id}`));
    const rows = await database.query(
      "translations",
      rowSchema,
      `SELECT ${HEX_ID.replace("connection_id", "t.connection_id")} AS connection_id,
  ${TEXTS.map((column) => `${latest(column)} AS ${column}`).join(", ")},
  ${addressText(latest("original_client_address"))} AS original_client_address,
  ${addressText(latest("original_server_address"))} AS original_server_address
FROM translations AS t WHERE t.connection_id IN {ids:Array(UInt64)} GROUP BY t.connection_id`,
      { ids },
    );
    for (const row of rows) known.set(row.connectionId, row);
  }
  return known;
}
