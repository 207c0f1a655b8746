import { type AuditAnswer, type AuditRow, auditAnswerSchema, entityId, PATHS } from "@hopline/api";
import type { Conversation, Stack } from "./stack.js";

interface Counts {
  /** Distinct connections: by protocol, client and what it dialled. */
  readonly attempts: Set<string>;
  readonly denied: Set<string>;
}

/** Who dialled what: a Service by its name, everything else by its port. */
function dialled(client: string, service: string | undefined, protocol: string, port: number): string {
  return `${client} > ${service ?? "direct"} ${protocol}${service === undefined ? `/${port}` : ""}`;
}

function ofConversation(conversation: Conversation): string {
  const { namespace, workload, workloadKind, localAddress, target, protocol, remotePort } = conversation;
  const client =
    workloadKind === "External"
      ? `external:${localAddress}`
      : `workload:${namespace}/${workloadKind}/${workload}`;
  const service = target.kind === "Service" ? `${target.namespace}/${target.name}` : undefined;
  return dialled(client, service, protocol, remotePort);
}

function ofRow({ client, server, service, protocol, port }: AuditRow): string {
  // Where nobody knows the backend the Service itself is the server.
  const named = service ?? (server.kind === "service" ? server : undefined);
  return dialled(
    entityId(client),
    named === undefined ? undefined : `${named.namespace}/${named.name}`,
    protocol,
    port,
  );
}

/** Where the audit of a range and the lab's own count of attempts differ, in words. */
export function auditDifferences(conversations: readonly Conversation[], audit: AuditAnswer): string[] {
  const said = new Map<string, Counts>();
  for (const conversation of conversations) {
    const key = ofConversation(conversation);
    const counts = said.get(key) ?? { attempts: new Set(), denied: new Set() };
    said.set(key, counts);
    const { protocol, localAddress, localPort, remoteAddress, remotePort, expect } = conversation;
    const tuple = `${protocol} ${localAddress}:${localPort} > ${remoteAddress}:${remotePort}`;
    counts.attempts.add(tuple);
    if (expect === "denied") counts.denied.add(tuple);
  }
  const counted = new Map<string, { connections: number; denied: number; unenforced: number }>();
  for (const row of audit.rows) {
    const sum = counted.get(ofRow(row)) ?? { connections: 0, denied: 0, unenforced: 0 };
    counted.set(ofRow(row), {
      connections: sum.connections + row.connections,
      denied: sum.denied + row.deniedObserved + row.deniedInferred,
      unenforced: sum.unenforced + row.unenforced,
    });
  }
  return [...said].flatMap(([key, { attempts, denied }]) => {
    const row = counted.get(key);
    if (row?.connections === attempts.size && row.denied === denied.size && row.unenforced === 0) return [];
    return [
      `${key}: ${attempts.size} attempts, ${denied.size} of them denied; the audit counts ${JSON.stringify(row)}`,
    ];
  });
}

/** All rows of a range's audit. */
export async function wholeAudit(
  stack: Stack,
  range: { readonly from: number; readonly to: number },
): Promise<AuditAnswer> {
  const audit = await stack.api.get(auditAnswerSchema, PATHS.audit, { ...range, limit: 1000 });
  if (audit.total > audit.rows.length) throw new Error(`the audit has ${audit.total} rows`);
  return audit;
}
