/** Who writes log rules with prefixes like this one. */
export type Enforcer = "calico" | "kube-router" | "antrea" | "hopline-lab" | "unknown";

/** What a firewall rule's log prefix says. */
export interface DropPrefix {
  readonly enforcer: Enforcer;
  /** What the rule does with the packet that it logs; null where the prefix does not say. Only `deny` is a drop. */
  readonly action: "deny" | "allow" | "pass" | null;
  readonly direction: "ingress" | "egress" | null;
  /** The policy that is named; null where none is, or where the name was cut or hashed. Namespace: empty for cluster-wide kinds. */
  readonly policy: { readonly kind: string; readonly namespace: string; readonly name: string } | null;
  /** From 0, in the policy's list of that direction; null where the prefix names no rule. */
  readonly rule: number | null;
}

const KUBE_ROUTER_GROUP = 100;
/** Netfilter keeps 63 characters and a zero byte. */
const LONGEST_PREFIX = 63;

/**
 * Reads a log prefix. Formats, by their own sources:
 *
 * - Calico, felix/rules/nflogprefix.go: `AOD<index>|<name>` with A the action (Allow, Deny, Pass; Next-tier of old), O the owner
 *   (Policy, pRofile), D the direction; `DPI|<tier or policy>` where no rule matched; `DRI` where no profile did. Names by
 *   felix/types/policy_id.go (`np/ns/name`, `knp/…`, `gnp/name`, `kcnp/…`), before version 3.31 `ns/tier.name`, `ns/knp.default.name`,
 *   `kanp.adminnetworkpolicy.name`. What would be 63 characters or longer is hashed, and names nothing. It logs to groups 1
 *   (inbound) and 2 (outbound), what it allows as well, and only with flow logs, which it then reads itself. Staged
 *   policies log and do nothing.
 * - kube-router, pkg/controllers/netpol/pod.go: logs to group 100 what it is about to reject, ten packets a minute a pod, without a prefix.
 * - Antrea, docs/antrea-node-network-policy.md: `Antrea:I:Drop:<label>:`, by the LOG target, so that it comes here only where someone has
 *   set netfilter's logger to nfnetlink_log. Its pods' policies are flows of Open vSwitch, and log elsewhere.
 * - The lab, apps/lab/src/policy/policy-rules.ts: `hopline-deny:in:NS/POLICY+N`, the first of the policies that isolate, and how many more.
 *
 * @param group the netlink group that it came by
 */
export function parseDropPrefix(prefix: string, group: number): DropPrefix {
  const text = prefix.trim();
  return (
    readLab(text) ??
    readAntrea(text) ??
    readCalico(text) ??
    (text === "" && group === KUBE_ROUTER_GROUP ? KUBE_ROUTER : readUnknown(text))
  );
}

const KUBE_ROUTER: DropPrefix = {
  enforcer: "kube-router",
  action: "deny",
  direction: null,
  policy: null,
  rule: null,
};

function readLab(text: string): DropPrefix | undefined {
  const match = /^hopline-deny:(in|eg):([^/]+)\/(.+?)(\+\d+)?$/.exec(text);
  if (match === null) return undefined;
  const [, direction, namespace = "", name = ""] = match;
  return {
    enforcer: "hopline-lab",
    action: "deny",
    direction: direction === "in" ? "ingress" : "egress",
    policy: text.length < LONGEST_PREFIX ? { kind: "NetworkPolicy", namespace, name } : null,
    rule: null,
  };
}

const ANTREA_ACTIONS: Readonly<Record<string, DropPrefix["action"]>> = {
  Allow: "allow",
  Drop: "deny",
  Reject: "deny",
};

function readAntrea(text: string): DropPrefix | undefined {
  const match = /^Antrea:([IO]):(Allow|Drop|Reject):/.exec(text);
  if (match === null) return undefined;
  const [, direction, action = ""] = match;
  return {
    enforcer: "antrea",
    action: ANTREA_ACTIONS[action] ?? null,
    direction: direction === "I" ? "ingress" : "egress",
    // Its label is what the user has put into the rule's logLabel: not the policy's name.
    policy: null,
    rule: null,
  };
}

const CALICO_ACTIONS: Readonly<Record<string, DropPrefix["action"]>> = {
  A: "allow",
  D: "deny",
  P: "pass",
  N: "pass",
};

function readCalico(text: string): DropPrefix | undefined {
  const match = /^([ADPN])([PR])([IE])(?:(\d*)\|(.+))?$/.exec(text);
  if (match === null) return undefined;
  const [, action = "", owner, direction, index = "", name = ""] = match;
  // A hash stands in the middle: the name's last characters are no name.
  const isHashed = text.length >= LONGEST_PREFIX;
  const named = owner === "P" && !isHashed ? calicoPolicy(name, index === "") : undefined;
  return {
    enforcer: "calico",
    action: named?.isStaged === true ? null : (CALICO_ACTIONS[action] ?? null),
    direction: direction === "I" ? "ingress" : "egress",
    policy: named?.policy ?? null,
    rule: index === "" ? null : Number(index),
  };
}

interface CalicoPolicy {
  readonly policy: NonNullable<DropPrefix["policy"]>;
  readonly isStaged: boolean;
}

const CALICO_KINDS: Readonly<Record<string, string>> = {
  np: "CalicoNetworkPolicy",
  snp: "CalicoNetworkPolicy",
  gnp: "CalicoGlobalNetworkPolicy",
  sgnp: "CalicoGlobalNetworkPolicy",
  knp: "NetworkPolicy",
  sknp: "NetworkPolicy",
  kcnp: "ClusterNetworkPolicy",
};
/** Before version 3.31, by what their names begin with. */
const OLD_NAMES: readonly (readonly [start: string, kind: string])[] = [
  ["knp.default.", "NetworkPolicy"],
  ["kanp.adminnetworkpolicy.", "AdminNetworkPolicy"],
  ["kbanp.baselineadminnetworkpolicy.", "BaselineAdminNetworkPolicy"],
];
const STAGED = "staged:";

/** @param mayBeTier the end of a tier is logged like a policy, by the tier's name: one word. */
function calicoPolicy(text: string, mayBeTier: boolean): CalicoPolicy | undefined {
  const [first = "", ...rest] = text.split("/");
  const kind = CALICO_KINDS[first];
  const isNamespaced = first !== "gnp" && first !== "sgnp" && first !== "kcnp";
  if (kind !== undefined && rest.length === (isNamespaced ? 2 : 1)) {
    const [namespace = "", name = ""] = isNamespaced ? rest : ["", ...rest];
    return { policy: { kind, namespace, name }, isStaged: first.startsWith("s") };
  }
  const namespace = rest.length === 1 ? first : "";
  const whole = rest.length === 1 ? (rest[0] ?? "") : first;
  const isStaged = whole.includes(STAGED);
  const plain = whole.replace(STAGED, "");
  for (const [start, oldKind] of OLD_NAMES) {
    if (plain.startsWith(start))
      return { policy: { kind: oldKind, namespace, name: plain.slice(start.length) }, isStaged };
  }
  if (mayBeTier && !plain.includes(".") && namespace === "") return undefined;
  const calicoKind = namespace === "" ? "CalicoGlobalNetworkPolicy" : "CalicoNetworkPolicy";
  return { policy: { kind: calicoKind, namespace, name: plain }, isStaged };
}

/** Words that people put into the prefixes of their own rules (`DROP: `, `[UFW BLOCK] `). */
const DENYING = /(^|[^a-z])(drop|dropped|deny|denied|reject|rejected|block|blocked)([^a-z]|$)/i;

function readUnknown(text: string): DropPrefix {
  const action = DENYING.test(text) ? "deny" : null;
  return { enforcer: "unknown", action, direction: null, policy: null, rule: null };
}
