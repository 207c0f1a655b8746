import { chainName } from "../iptables/chain-name.js";
import type { RuleSet } from "../iptables/rule-set.js";
import type { AllowedPort, Isolation } from "./pod-isolation.js";

/** The netlink group in which the kernel reports what policies drop. */
export const NFLOG_GROUP = 100;
/** What becomes of what is not allowed: it is reported and dropped, or answered and not reported, as network plugins do that reject. */
export const DENIALS = ["drop", "reject-icmp", "reject-reset"] as const;
export type Denial = (typeof DENIALS)[number];

const NFLOG_PREFIX_CHARACTERS = 63;
const POLICY_CHAIN = "HOPLINE-POLICY";

/** Policies come before everything else that is forwarded; made once on each node, after the other base rules. */
export const POLICY_BASE_RULES = [
  "*filter",
  `:${POLICY_CHAIN} - [0:0]`,
  `-I FORWARD 1 -m comment --comment "network policies" -j ${POLICY_CHAIN}`,
  "COMMIT",
  "",
].join("\n");

/**
 * Rules for the isolated pods of one node. A chain for each pod and direction returns what is allowed, then reports
 * the rest to {@link NFLOG_GROUP} and drops it, or answers it. Forwarded packets carry the backends' addresses already, so that the
 * rules see pods and no Services; a node's own packets to its pods are not forwarded, and always pass.
 */
export function addPolicyRules(
  rules: RuleSet,
  isolations: readonly Isolation[],
  denial: Denial = "drop",
): void {
  rules.add("filter", POLICY_CHAIN, "-m conntrack --ctstate RELATED,ESTABLISHED -j RETURN");
  // A sender's egress is asked first: what it may not send never counts against the receiver's policy.
  for (const direction of ["egress", "ingress"] as const) {
    for (const isolation of isolations.filter((candidate) => candidate.direction === direction)) {
      addIsolation(rules, isolation, denial);
    }
  }
}

function addIsolation(rules: RuleSet, isolation: Isolation, denial: Denial): void {
  const ingress = isolation.direction === "ingress";
  const chain = chainName(ingress ? "HOPLINE-IN-" : "HOPLINE-EG-", isolation.pod);
  const [own, other] = ingress ? ["-d", "-s"] : ["-s", "-d"];
  rules.add(
    "filter",
    POLICY_CHAIN,
    `${own} ${isolation.address}/32 -m comment --comment "${isolation.pod}" -j ${chain}`,
  );
  // A pod may always reach itself, round a Service too.
  rules.add("filter", chain, `${other} ${isolation.address}/32 -j RETURN`);
  for (const { cidr, ports } of isolation.allowances) {
    const addresses = cidr === undefined || cidr.endsWith("/0") ? "" : `${other} ${cidr} `;
    const matches = ports === undefined ? [""] : ports.map(portMatch);
    rules.add("filter", chain, ...matches.map((match) => `${addresses}${match}-j RETURN`));
  }
  rules.add("filter", chain, ...lastRules(isolation, denial));
}

/** An RST answers TCP only; what else there is gets the ICMP error. */
function lastRules(isolation: Isolation, denial: Denial): string[] {
  const prohibit = "-j REJECT --reject-with icmp-admin-prohibited";
  switch (denial) {
    case "drop":
      return [`-j NFLOG --nflog-group ${NFLOG_GROUP} --nflog-prefix "${dropPrefix(isolation)}"`, "-j DROP"];
    case "reject-icmp":
      return [prohibit];
    case "reject-reset":
      return ["-p tcp -j REJECT --reject-with tcp-reset", prohibit];
  }
}

/** `hopline-deny:in:data/database+1`: the direction, the first policy that isolates, and how many more do. */
export function dropPrefix(isolation: Isolation): string {
  const more = isolation.policies.length - 1;
  const text = `hopline-deny:${isolation.direction === "ingress" ? "in" : "eg"}:${isolation.policies[0]}`;
  const suffix = more > 0 ? `+${more}` : "";
  return `${text.slice(0, NFLOG_PREFIX_CHARACTERS - suffix.length)}${suffix}`;
}

function portMatch(port: AllowedPort): string {
  const protocol = port.protocol.toLowerCase();
  if (port.from === undefined) return `-p ${protocol} `;
  const range = port.to === undefined || port.to === port.from ? `${port.from}` : `${port.from}:${port.to}`;
  return `-p ${protocol} -m ${protocol} --dport ${range} `;
}
