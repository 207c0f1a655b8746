import { type Connection, type ConnectionFilter, type End, entityId } from "@hopline/api";

/**
 * Whether a connection is one of those asked for. The store's queries take the same filter; here it is for what the live
 * stream has already read, once for all of its readers.
 */
export function matchesFilter(connection: Connection, filter: ConnectionFilter): boolean {
  const { client, server, service } = connection;
  const ends = [client, server];
  return (
    (filter.namespace === undefined ||
      ends.some((end) => filter.namespace?.includes(end.entity.namespace))) &&
    (filter.entity === undefined || ends.some((end) => entityId(end.entity) === filter.entity)) &&
    (filter.client === undefined || entityId(client.entity) === filter.client) &&
    (filter.server === undefined || entityId(server.entity) === filter.server) &&
    (filter.service === undefined ||
      (service !== null && `${service.namespace}/${service.name}` === filter.service)) &&
    (filter.node === undefined || ends.some((end) => end.node === filter.node)) &&
    isIn(filter.protocol, connection.protocol) &&
    (filter.port === undefined || server.port === filter.port) &&
    isIn(filter.scope, connection.scope) &&
    isIn(filter.outcome, connection.outcome) &&
    isIn(filter.verdict, connection.verdict) &&
    isIn(filter.conformance, connection.conformance) &&
    (filter.q === undefined || mentions(connection, filter.q.toLowerCase()))
  );
}

function isIn<Value>(wanted: readonly Value[] | undefined, value: Value): boolean {
  return wanted === undefined || wanted.length === 0 || wanted.includes(value);
}

function mentions(connection: Connection, text: string): boolean {
  const names = (end: End) => [end.pod, end.entity.name, end.node, end.address];
  const all = [
    ...names(connection.client),
    ...names(connection.server),
    connection.service?.name ?? "",
    connection.service?.address ?? "",
  ];
  return all.some((name) => name.toLowerCase().includes(text));
}
