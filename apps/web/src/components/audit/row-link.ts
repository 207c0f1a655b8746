import { type AuditRow, entityId, type TimeRange } from "@hopline/api";
import { flowsHref } from "../flows/flows-link";

/** The address of the flows page with the connections of a row. */
export function rowHref({ client, server, service, protocol, port }: AuditRow, range: TimeRange): string {
  return flowsHref(
    {
      client: entityId(client),
      server: entityId(server),
      ...(service === null ? {} : { service: `${service.namespace}/${service.name}` }),
      protocol: [protocol],
      ...(port === 0 ? {} : { port: String(port) }),
    },
    { kind: "fixed", fromMs: range.from, toMs: range.to },
  );
}

/** Of one row among all. */
export function rowKey({ client, server, service, protocolNumber, port }: AuditRow): string {
  return `${entityId(client)} ${entityId(server)} ${service?.namespace}/${service?.name} ${protocolNumber} ${port}`;
}

/** `tcp/5432`; `icmp`, which has no ports. */
export function rowPort({ protocol, port }: AuditRow): string {
  return port === 0 ? protocol : `${protocol}/${port}`;
}
