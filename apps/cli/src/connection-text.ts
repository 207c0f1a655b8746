import { type Connection, type Entity, icmpPortText } from "@hopline/api";

/** `shop/web`, `node node1`, `203.0.113.10`, `10.244.3.9 (unknown)`. */
export function entityText(entity: Entity): string {
  switch (entity.kind) {
    case "workload":
      return `${entity.namespace}/${entity.name}`;
    case "service":
      return `service ${entity.namespace}/${entity.name}`;
    case "node":
      return `node ${entity.name}`;
    case "external":
      return entity.name;
    case "unknown":
      return `${entity.name} (unknown)`;
  }
}

/**
 * Both ends and what stands before them: `tcp`, or of ICMP, which has no ports, `icmp host unreachable`.
 *
 * @param text of one end
 */
export function endsText(
  connection: Connection,
  text: (end: Connection["client"]) => string = endText,
): { protocol: string; client: string; server: string } {
  const { protocol, client, server } = connection;
  const message = icmpPortText(connection);
  if (message === undefined) return { protocol, client: text(client), server: text(server) };
  return {
    protocol: `${protocol} ${message}`,
    client: text({ ...client, port: 0 }),
    server: text({ ...server, port: 0 }),
  };
}

/** An end with its pod where it has one: `shop/web-5d8f…`. */
export function endText(end: Connection["client"]): string {
  const name = end.pod === "" ? entityText(end.entity) : `${end.entity.namespace}/${end.pod}`;
  return end.port === 0 ? name : `${name}:${end.port}`;
}
