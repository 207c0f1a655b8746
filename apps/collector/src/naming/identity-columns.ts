import type { DialledService, NamedEnd } from "./address-book.js";
import type { RowPicks } from "./row-picks.js";

/** The columns that name both ends of every row, whatever the rows are of. */
export function endColumns(clients: RowPicks<NamedEnd>, servers: RowPicks<NamedEnd>) {
  return {
    client_kind: clients.column((end) => end.kind),
    client_namespace: clients.column((end) => end.namespace),
    client_workload_kind: clients.column((end) => end.workloadKind),
    client_workload: clients.column((end) => end.name),
    client_pod: clients.column((end) => end.pod),
    client_node: clients.column((end) => end.node),
    server_kind: servers.column((end) => end.kind),
    server_namespace: servers.column((end) => end.namespace),
    server_workload_kind: servers.column((end) => end.workloadKind),
    server_workload: servers.column((end) => end.name),
    server_pod: servers.column((end) => end.pod),
    server_node: servers.column((end) => end.node),
  };
}

/** The columns that name the Service which was dialled. */
export function serviceColumns(services: RowPicks<DialledService>) {
  return {
    service_namespace: services.column((service) => service.namespace),
    service_name: services.column((service) => service.name),
    service_port_name: services.column((service) => service.portName),
  };
}
