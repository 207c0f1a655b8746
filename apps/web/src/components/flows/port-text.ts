import { type Connection, icmpPortText } from "@hopline/api";

/** `tcp/8080`; of ICMP, which has no ports, what it says: `icmp echo`, `icmp host unreachable`. */
export function portText(connection: Pick<Connection, "protocol" | "client" | "server">): string {
  const { protocol, server } = connection;
  const message = icmpPortText(connection);
  return message === undefined ? `${protocol}/${server.port}` : `${protocol} ${message}`;
}
