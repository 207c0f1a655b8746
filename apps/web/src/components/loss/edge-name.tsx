import type { LatencyEdge } from "@hopline/api";
import { ArrowRight } from "lucide-react";
import { qualifiedName } from "../entity/entity-name";

/** From whom to whom, and by which Service and port. */
export function EdgeName({
  edge: { client, server, service, protocol, port },
}: {
  edge: Pick<LatencyEdge, "client" | "server" | "service" | "protocol" | "port">;
}) {
  return (
    <span className="flex min-w-44 flex-wrap items-center gap-x-1.5">
      <span className="font-medium [overflow-wrap:anywhere]">{qualifiedName(client)}</span>
      <ArrowRight size={11} aria-hidden className="shrink-0 text-faint" />
      <span className="font-medium [overflow-wrap:anywhere]">{qualifiedName(server)}</span>
      <span className="text-muted">
        {protocol.startsWith("icmp") ? protocol : `${protocol}/${port}`}
        {service === "" || service === qualifiedName(server) ? "" : `, by ${service}`}
      </span>
    </span>
  );
}
