import type { NamedPort } from "./cluster.js";
import type { PortMatch } from "./policy.js";

/** The port of a connection. */
export interface PortQuestion {
  /** IANA number. */
  readonly protocol: number;
  /** As the server sees it. */
  readonly port: number;
  /** Those of the destination, where it is a pod: names are resolved there, in both directions. */
  readonly namedPorts: readonly NamedPort[] | undefined;
}

/** In place of a list's number, for a rule that is for all ports. */
const ANY_PORT = -1;

/** Numbers the lists of ports that rules are for: those that are written alike have one number. */
export class PortLists {
  readonly #lists: (readonly PortMatch[])[] = [];
  readonly #numbers = new Map<string, number>();

  numberOf(ports: readonly PortMatch[] | undefined): number {
    if (ports === undefined) return ANY_PORT;
    const text = JSON.stringify(ports);
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.#lists.length;
      this.#lists.push(ports);
      this.#numbers.set(text, number);
    }
    return number;
  }

  matches(list: number, question: PortQuestion): boolean {
    if (list === ANY_PORT) return true;
    for (const match of this.#lists[list]!) if (matchesPort(match, question)) return true;
    return false;
  }
}

function matchesPort(match: PortMatch, { protocol, port, namedPorts }: PortQuestion): boolean {
  if (match.kind === "range") return match.protocol === protocol && match.first <= port && port <= match.last;
  if (match.protocol !== undefined && match.protocol !== protocol) return false;
  if (namedPorts === undefined) return false;
  for (const named of namedPorts)
    if (named.name === match.name && named.protocol === protocol && named.port === port) return true;
  return false;
}
