import { type ConnectionFilter, type Entity, parseEntityId } from "@hopline/api";
import { Fault } from "@hopline/fault";
import type { QueryParameters } from "../database.js";
import { PROTOCOL_NUMBERS } from "./protocol-name.js";

/** A condition over rows with the columns of a ConversationSource, and the parameters that it names. */
export interface FilterSql {
  readonly condition: string;
  /** Those that the condition asks for. */
  readonly columns: ReadonlySet<string>;
  readonly parameters: QueryParameters;
}

/** Filters that only a table of single connections can answer. */
export function needsConnections(filter: ConnectionFilter): boolean {
  return (
    filter.q !== undefined || isList(filter.outcome) || isList(filter.verdict) || isList(filter.conformance)
  );
}

/** An empty list, as `?outcome=` gives it, asks for nothing in particular. */
function isList<Item>(list: readonly Item[] | undefined): list is readonly Item[] {
  return list !== undefined && list.length > 0;
}

/** All that are given must hold. */
export function filterSql(filter: ConnectionFilter): FilterSql {
  const conditions: string[] = [];
  const columns = new Set<string>();
  const parameters: Record<string, QueryParameters[string]> = {};
  const add = (condition: string, ...asked: readonly string[]) => {
    conditions.push(condition);
    for (const column of asked) columns.add(column);
  };
  const isEntity = (end: "client" | "server", id: string, name: string) => {
    const { kind, namespace, workloadKind, name: workload } = entityOf(id);
    const fields = { kind, namespace, workload_kind: workloadKind, workload };
    return Object.entries(fields)
      .map(([field, value]) => {
        columns.add(`${end}_${field}`);
        parameters[`f_${name}_${field}`] = value;
        return `${end}_${field} = {f_${name}_${field}:String}`;
      })
      .join(" AND ");
  };

  if (isList(filter.namespace)) {
    parameters.f_namespaces = filter.namespace;
    add(
      "client_namespace IN {f_namespaces:Array(String)} OR server_namespace IN {f_namespaces:Array(String)}",
      "client_namespace",
      "server_namespace",
    );
  }
  if (filter.entity !== undefined) {
    const [client, server] = [
      isEntity("client", filter.entity, "entity"),
      isEntity("server", filter.entity, "entity"),
    ];
    add(`(${client}) OR (${server})`);
  }
  if (filter.client !== undefined) add(isEntity("client", filter.client, "client"));
  if (filter.server !== undefined) add(isEntity("server", filter.server, "server"));
  if (filter.service !== undefined) {
    parameters.f_service = filter.service;
    add(
      "concat(service_namespace, '/', service_name) = {f_service:String}",
      "service_namespace",
      "service_name",
    );
  }
  if (filter.node !== undefined) {
    parameters.f_node = filter.node;
    add("client_node = {f_node:String} OR server_node = {f_node:String}", "client_node", "server_node");
  }
  if (isList(filter.protocol)) {
    parameters.f_protocols = filter.protocol.flatMap((name) =>
      name === "other" ? [] : [PROTOCOL_NUMBERS[name]],
    );
    const other = filter.protocol.includes("other")
      ? ` OR protocol NOT IN (${Object.values(PROTOCOL_NUMBERS).join(", ")})`
      : "";
    add(`protocol IN {f_protocols:Array(UInt8)}${other}`, "protocol");
  }
  if (filter.port !== undefined) {
    parameters.f_port = filter.port;
    add("port = {f_port:UInt16}", "port");
  }
  if (isList(filter.scope)) {
    parameters.f_scopes = filter.scope;
    add("scope IN {f_scopes:Array(String)}", "scope");
  }
  if (isList(filter.outcome)) {
    parameters.f_outcomes = filter.outcome;
    add("outcome IN {f_outcomes:Array(String)}", "outcome");
  }
  if (isList(filter.verdict)) {
    parameters.f_verdicts = filter.verdict;
    add("verdict IN {f_verdicts:Array(String)}", "verdict");
  }
  if (isList(filter.conformance)) {
    parameters.f_conformances = filter.conformance;
    add("conformance IN {f_conformances:Array(String)}", "conformance");
  }
  if (filter.q !== undefined) {
    parameters.f_q = filter.q;
    const mentions = (text: string) => `positionCaseInsensitiveUTF8(${text}, {f_q:String}) > 0`;
    add(
      [...TEXT_COLUMNS.map(mentions), `service_name != '' AND ${mentions("dialled_address_text")}`].join(
        " OR ",
      ),
      ...TEXT_COLUMNS,
      "dialled_address_text",
    );
  }
  return {
    condition: conditions.length === 0 ? "1" : conditions.map((condition) => `(${condition})`).join(" AND "),
    columns,
    parameters,
  };
}

/** Where `q` looks. */
const TEXT_COLUMNS = [
  ...["client", "server"].flatMap((end) => [`${end}_workload`, `${end}_pod`, `${end}_node`]),
  "service_name",
  "client_address_text",
  "server_address_text",
];

function entityOf(id: string): Entity {
  const entity = parseEntityId(id);
  if (entity === undefined)
    throw new Fault({ code: "QUERY_INVALID", message: `"${id}" is no entity id such as node:node1.` });
  return entity;
}
