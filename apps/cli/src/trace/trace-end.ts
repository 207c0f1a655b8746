import { isIP } from "node:net";
import type { Connection, End } from "@hopline/api";
import { Fault } from "@hopline/fault";

/** One end as a person names it. */
export interface TraceEnd {
  /** Empty where any will do. */
  readonly namespace: string;
  /** Pod, workload, Service, node or address. */
  readonly name: string;
  readonly port: number | undefined;
}

/** Kubernetes names (RFC 1123 subdomains). */
const NAME = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

/**
 * `web-1`, `shop/web`, `shop/db:5432`, `10.1.2.3`, `10.1.2.3:80`, `fd00::1`, `[fd00::1]:80`.
 *
 * @throws Fault `TRACE_END_INVALID`
 */
export function parseTraceEnd(text: string): TraceEnd {
  if (isIP(text) !== 0) return { namespace: "", name: text, port: undefined };
  const match = /^(?:([^/]*)\/)?(?:\[([^\]]+)\]|([^:/[\]]+))(?::(\d{1,5}))?$/.exec(text);
  const [, namespace = "", bracketed, plain = "", digits] = match ?? [];
  const name = bracketed ?? plain;
  const port = digits === undefined ? undefined : Number(digits);
  const isAddress = isIP(name) !== 0 && namespace === "" && !text.includes("/");
  const isName = bracketed === undefined && NAME.test(name) && (namespace === "" || NAME.test(namespace));
  const isWhole = !text.startsWith("/") && (port === undefined || (port > 0 && port <= 65_535));
  if (match === null || !isWhole || !(isAddress || isName)) {
    throw new Fault({
      code: "TRACE_END_INVALID",
      message: `"${text}" is neither a name such as shop/web-1 nor an address such as 10.1.2.3, with or without a :PORT from 1 to 65535.`,
    });
  }
  return { namespace, name, port };
}

/** Whether a connection was begun by this end. */
export function isFrom({ client }: Connection, end: TraceEnd): boolean {
  return isEnd(client, end) && (end.port === undefined || end.port === client.port);
}

/** Whether a connection went to this end, or to the Service that it is. */
export function isTo({ server, service }: Connection, end: TraceEnd): boolean {
  if (isEnd(server, end) && (end.port === undefined || end.port === server.port)) return true;
  if (service === null || (end.port !== undefined && end.port !== service.port)) return false;
  return service.address === end.name || isNamed(service.namespace, service.name, end);
}

function isEnd({ address, pod, entity }: End, end: TraceEnd): boolean {
  return (
    address === end.name ||
    isNamed(entity.namespace, entity.name, end) ||
    (pod !== "" && isNamed(entity.namespace, pod, end))
  );
}

function isNamed(namespace: string, name: string, end: TraceEnd): boolean {
  return name === end.name && (end.namespace === "" || end.namespace === namespace);
}

/** What moved so shortly before the last is as recent as the last. */
const RECENT_MS = 30_000;

/**
 * In the order in which they are worth showing: of those that moved lately the ones that fail, stand still after what was sent
 * twice, or of which an ICMP error was told, the last first; else the last of all. Then those that have had no answer yet.
 */
export function rankConnections(connections: readonly Connection[]): Connection[] {
  const latest = [...connections].sort((a, b) => b.lastSeen - a.lastSeen);
  const newest = latest[0];
  if (newest === undefined) return [];
  const recent = latest.filter((one) => one.lastSeen >= newest.lastSeen - RECENT_MS);
  const troubled = recent.filter(isTroubled);
  const first = troubled.length > 0 ? troubled : [newest];
  return [...first, ...recent.filter((one) => isUnanswered(one) && !first.includes(one))];
}

function isTroubled(connection: Connection): boolean {
  const { outcome, icmpError } = connection;
  if (outcome === "delivered") return isStuck(connection) || icmpError !== null;
  return outcome !== "unknown";
}

/** Its handshake was answered, and nothing of what it sent: of many that is all that is ever answered. */
function isUnanswered({ outcome, forward, reply }: Connection): boolean {
  return outcome === "delivered" && forward.payloadBytes > 0 && reply.payloadBytes === 0;
}

/** It was accepted, sent again and again, and never answered with anything. */
function isStuck({ forward, reply }: Connection): boolean {
  return forward.retransmittedBytes > 0 && reply.payloadBytes === 0;
}
