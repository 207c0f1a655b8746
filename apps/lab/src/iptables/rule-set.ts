export type Table = "nat" | "filter";

const TABLES: readonly Table[] = ["nat", "filter"];

/** Chains of one node that the lab writes, with their rules as iptables-restore takes them (without `-A CHAIN`). */
export class RuleSet {
  readonly #tables = new Map<Table, Map<string, string[]>>(TABLES.map((table) => [table, new Map()]));

  /** Adds rules at the end of a chain, which comes to be if it is not there. */
  add(table: Table, chain: string, ...rules: readonly string[]): void {
    const chains = this.chains(table);
    chains.set(chain, [...(chains.get(chain) ?? []), ...rules]);
  }

  chains(table: Table): Map<string, string[]> {
    return this.#tables.get(table)!;
  }
}

/**
 * Input for `iptables-restore --noflush` that turns the chains of one rule set into those of another. Chains that
 * stay the same are not mentioned, so that their counters go on and rules that others added elsewhere stay.
 * Empty when nothing changes.
 */
export function restoreText(previous: RuleSet, next: RuleSet): string {
  return TABLES.map((table) => tableText(table, previous.chains(table), next.chains(table))).join("");
}

function tableText(table: Table, previous: Map<string, string[]>, next: Map<string, string[]>): string {
  const changed = [...next].filter(([chain, rules]) => !sameRules(previous.get(chain), rules));
  const gone = [...previous.keys()].filter((chain) => !next.has(chain));
  if (changed.length === 0 && gone.length === 0) return "";
  return [
    `*${table}`,
    // Declaring a chain makes it, or empties it.
    ...[...changed.map(([chain]) => chain), ...gone].map((chain) => `:${chain} - [0:0]`),
    ...changed.flatMap(([chain, rules]) => rules.map((rule) => `-A ${chain} ${rule}`)),
    ...gone.map((chain) => `-X ${chain}`),
    "COMMIT",
    "",
  ].join("\n");
}

function sameRules(left: readonly string[] | undefined, right: readonly string[]): boolean {
  return (
    left !== undefined && left.length === right.length && left.every((rule, index) => rule === right[index])
  );
}
