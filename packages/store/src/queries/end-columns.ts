import { type End, type Entity, entityKindSchema } from "@hopline/api";
import { z } from "zod";

/** Either end of a connection. */
export type EndName = "client" | "server";

const ENDS = ["client", "server"] as const;
const count = z.coerce.number();

/** Columns of the workload, node, Service or address at both ends: `client_kind`, … */
export const ENTITY_COLUMNS: readonly string[] = ENDS.flatMap((end) =>
  ["kind", "namespace", "workload_kind", "workload"].map((field) => `${end}_${field}`),
);

/** Columns by which connections make one edge. */
export const EDGE_COLUMNS: readonly string[] = [
  ...ENTITY_COLUMNS,
  ...["service_namespace", "service_name", "protocol", "port"],
];

export const entityShape = {
  client_kind: entityKindSchema.catch("unknown"),
  client_namespace: z.string(),
  client_workload_kind: z.string(),
  client_workload: z.string(),
  server_kind: entityKindSchema.catch("unknown"),
  server_namespace: z.string(),
  server_workload_kind: z.string(),
  server_workload: z.string(),
};

export const edgeShape = {
  ...entityShape,
  service_namespace: z.string(),
  service_name: z.string(),
  protocol: count,
  port: count,
};

/** Ends down to the pod, with its address as text. */
export const placedEntityShape = {
  ...entityShape,
  client_pod: z.string(),
  client_node: z.string(),
  client_address_text: z.string(),
  server_pod: z.string(),
  server_node: z.string(),
  server_address_text: z.string(),
};

export const endShape = { ...placedEntityShape, client_port: count, server_port: count };

const entityRowSchema = z.object(entityShape);
const placedEntityRowSchema = z.object(placedEntityShape);
const endRowSchema = z.object(endShape);

/** The workload, node, Service or address at an end of a row. */
export function entityOf(row: z.output<typeof entityRowSchema>, end: EndName): Entity {
  return {
    kind: row[`${end}_kind`],
    namespace: row[`${end}_namespace`],
    workloadKind: row[`${end}_workload_kind`],
    name: row[`${end}_workload`],
  };
}

/** The same with pod, node and address. */
export function placedEntityOf(row: z.output<typeof placedEntityRowSchema>, end: EndName): Omit<End, "port"> {
  return {
    entity: entityOf(row, end),
    address: row[`${end}_address_text`],
    pod: row[`${end}_pod`],
    node: row[`${end}_node`],
  };
}

export function endOf(row: z.output<typeof endRowSchema>, end: EndName): End {
  return { ...placedEntityOf(row, end), port: row[`${end}_port`] };
}
