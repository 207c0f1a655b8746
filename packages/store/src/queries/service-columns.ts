import type { Connection } from "@hopline/api";
import { z } from "zod";

/** Columns of the Service that a client dialled, as rows of connections and of drops have them. */
export const serviceShape = {
  service_namespace: z.string(),
  service_name: z.string(),
  service_port_name: z.string(),
  dialled_address_text: z.string(),
  dialled_port: z.coerce.number(),
};

type ServiceRow = z.output<z.ZodObject<typeof serviceShape>>;

/** `null` where it dialled none. */
export function serviceOf(row: ServiceRow): Connection["service"] {
  if (row.service_name === "") return null;
  return {
    namespace: row.service_namespace,
    name: row.service_name,
    portName: row.service_port_name,
    address: row.dialled_address_text,
    port: row.dialled_port,
  };
}
