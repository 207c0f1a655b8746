import { isIPv4 } from "node:net";
import type { ConversationTarget } from "../ledger/ledger-entry.js";
import type { CallPlan } from "./behaviour.js";
import type { Conversations } from "./conversations.js";
import { DatagramExchange } from "./datagram-exchange.js";
import { decodeAnswer, encodeQuery } from "./dns-message.js";
import type { LocalPorts } from "./local-ports.js";

const CLUSTER_SUFFIX = ".svc.cluster.local";
const DNS_PORT = 53;
const ANSWER_TIMEOUT_MS = 5000;
const ATTEMPTS = 2;

/** The full name that a host in a call stands for, seen from a pod of a namespace. */
export function fullName(host: string, namespace: string): string {
  const labels = host.split(".").length;
  if (labels === 1) return `${host}.${namespace}${CLUSTER_SUFFIX}`;
  return labels === 2 ? `${host}${CLUSTER_SUFFIX}` : host;
}

/** What a call means to reach. */
export function targetOf(call: Pick<CallPlan, "host" | "target">, namespace: string): ConversationTarget {
  if (call.target !== undefined) return call.target;
  const name = fullName(call.host, namespace);
  if (isIPv4(call.host) || !name.endsWith(CLUSTER_SUFFIX)) {
    return { namespace: "", name: call.host, kind: "External" };
  }
  const [service, serviceNamespace] = name.split(".");
  return { namespace: serviceNamespace!, name: service!, kind: "Service" };
}

export interface ResolverOptions {
  readonly conversations: Conversations;
  readonly ports: LocalPorts;
  readonly namespace: string;
  /** Absent where there is nobody to ask. */
  readonly dns: { readonly address: string; readonly target: ConversationTarget } | undefined;
  readonly random: () => number;
}

/** Asks the DNS server for every name anew: nothing is cached. */
export class Resolver {
  readonly #options: ResolverOptions;

  constructor(options: ResolverOptions) {
    this.#options = options;
  }

  /** The address of a host as a call names it; undefined when it has none, or no answer came. */
  async resolve(host: string): Promise<string | undefined> {
    if (isIPv4(host)) return host;
    return this.lookUp(fullName(host, this.#options.namespace));
  }

  /** One conversation with the DNS server, asked a second time when it stays silent. */
  async lookUp(name: string): Promise<string | undefined> {
    const { dns, conversations, ports, random } = this.#options;
    if (dns === undefined) return undefined;
    const exchange = new DatagramExchange({
      conversations,
      ports,
      plan: { remoteAddress: dns.address, remotePort: DNS_PORT, target: dns.target, expect: "allowed" },
      answerTimeoutMs: ANSWER_TIMEOUT_MS,
    });
    await exchange.open();
    const query = encodeQuery({ id: Math.floor(random() * 65_536), name });
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const message = await exchange.ask(query);
      const answer = message === undefined ? undefined : decodeAnswer(message);
      if (answer === undefined) continue;
      if (answer.servedBy !== undefined) exchange.servedBy(answer.servedBy);
      exchange.close("ok");
      return answer.address;
    }
    exchange.close("timeout");
    return undefined;
  }
}
