import { type DnsName, entityId } from "@hopline/api";
import Link from "next/link";
import type { TimeSpan } from "../../filters/time-span";
import { formatCount } from "../../units/quantity";
import { flowsHref } from "../flows/flows-link";

const DNS_PORT = "53";

/** How often a name was asked for; leads to the connections by which this client asked this server, whatever the name. */
export function QuestionsLink({ asked, span }: { asked: DnsName; span: TimeSpan }) {
  const { client, server, questions } = asked;
  const to =
    server.kind === "service"
      ? { service: `${server.namespace}/${server.name}` }
      : { server: entityId(server) };
  return (
    <Link
      href={flowsHref({ client: entityId(client), ...to, port: DNS_PORT }, span)}
      prefetch={false}
      title="Show this client's connections to this server"
      className="text-accent hover:underline"
    >
      {formatCount(questions)}
    </Link>
  );
}
