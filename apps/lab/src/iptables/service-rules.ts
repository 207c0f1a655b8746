import { CLUSTER_CIDR } from "../network/address-plan.js";
import { chainName } from "./chain-name.js";
import type { RuleSet } from "./rule-set.js";

const MASQUERADE_MARK = "0x4000/0x4000";

export interface Backend {
  readonly address: string;
  /** Where it runs. */
  readonly nodeName?: string | undefined;
  readonly port: number;
}

/** One port of one Service, with the addresses behind it. */
export interface ServicePort {
  readonly namespace: string;
  readonly service: string;
  /** Empty where the Service has one port without a name. */
  readonly portName: string;
  readonly protocol: "TCP" | "UDP";
  readonly clusterIp: string;
  readonly port: number;
  readonly nodePort?: number;
  /** `externalTrafficPolicy: Local`: what comes from outside goes to backends of the node that it came to, and keeps its source. */
  readonly onlyLocal?: boolean;
  /** Ready ones, in a stable order. */
  readonly backends: readonly Backend[];
}

/** The rules that lead from the kernel's own chains into kube-proxy's; made once on each node. */
export const SERVICE_BASE_RULES = [
  "*nat",
  ":KUBE-SERVICES - [0:0]",
  ":KUBE-POSTROUTING - [0:0]",
  '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
  '-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
  '-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING',
  "COMMIT",
  "*filter",
  ":KUBE-SERVICES - [0:0]",
  ":KUBE-EXTERNAL-SERVICES - [0:0]",
  ":KUBE-FORWARD - [0:0]",
  '-A INPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES',
  '-A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD',
  '-A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
  '-A OUTPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
  "COMMIT",
  "",
].join("\n");

/**
 * Service rules in the shapes that kube-proxy's iptables mode gives them: a portal rule for each Service port, a
 * KUBE-SVC chain that picks a backend at random, a KUBE-SEP chain for each backend, KUBE-EXT for NodePorts.
 * Sources outside of the cluster, and a pod that reaches itself, are marked and masqueraded on the way out.
 *
 * @param node whose rules they are
 */
export function addServiceRules(rules: RuleSet, ports: readonly ServicePort[], node: string): void {
  rules.add("nat", "KUBE-MARK-MASQ", `-j MARK --or-mark ${MASQUERADE_MARK.split("/")[0]}`);
  rules.add(
    "nat",
    "KUBE-POSTROUTING",
    `-m mark ! --mark ${MASQUERADE_MARK} -j RETURN`,
    `-j MARK --xor-mark ${MASQUERADE_MARK.split("/")[0]}`,
    '-m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully',
  );
  rules.add("nat", "KUBE-NODEPORTS");
  rules.add("nat", "KUBE-SERVICES");
  rules.add("filter", "KUBE-SERVICES");
  rules.add("filter", "KUBE-EXTERNAL-SERVICES");
  rules.add(
    "filter",
    "KUBE-FORWARD",
    "-m conntrack --ctstate INVALID -j DROP",
    `-m comment --comment "kubernetes forwarding rules" -m mark --mark ${MASQUERADE_MARK} -j ACCEPT`,
    '-m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
  );
  for (const port of ports) addServicePort(rules, port, node);
  rules.add(
    "nat",
    "KUBE-SERVICES",
    '-m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain"' +
      " -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS",
  );
}

function addServicePort(rules: RuleSet, port: ServicePort, node: string): void {
  const name = servicePortName(port);
  const protocol = port.protocol.toLowerCase();
  const portal = `-d ${port.clusterIp}/32 -p ${protocol} -m comment --comment "${name} cluster IP" -m ${protocol} --dport ${port.port}`;
  if (port.backends.length === 0) {
    addRejection(rules, port, name, protocol);
    return;
  }
  const service = chainName("KUBE-SVC-", name, protocol);
  rules.add("nat", "KUBE-SERVICES", `${portal} -j ${service}`);
  rules.add("nat", service, `! -s ${CLUSTER_CIDR} ${portal} -j KUBE-MARK-MASQ`);
  if (port.nodePort !== undefined) {
    const external = chainName("KUBE-EXT-", name, protocol);
    rules.add(
      "nat",
      "KUBE-NODEPORTS",
      `-p ${protocol} -m comment --comment "${name}" -m ${protocol} --dport ${port.nodePort} -j ${external}`,
    );
    if (port.onlyLocal === true) addLocalRules(rules, port, node, external, service);
    else
      rules.add(
        "nat",
        external,
        `-m comment --comment "masquerade traffic for ${name} external destinations" -j KUBE-MARK-MASQ`,
        `-j ${service}`,
      );
  }
  addChoice(rules, service, port, port.backends);
  for (const backend of port.backends) {
    const to = `${backend.address}:${backend.port}`;
    const endpoint = chainName("KUBE-SEP-", name, protocol, to);
    rules.add(
      "nat",
      endpoint,
      `-s ${backend.address}/32 -m comment --comment "${name}" -j KUBE-MARK-MASQ`,
      `-p ${protocol} -m comment --comment "${name}" -m ${protocol} -j DNAT --to-destination ${to}`,
    );
  }
}

/** What comes from outside goes to the node's own backends with its source as it is; where there are none, it is dropped. */
function addLocalRules(
  rules: RuleSet,
  port: ServicePort,
  node: string,
  external: string,
  service: string,
): void {
  const name = servicePortName(port);
  const protocol = port.protocol.toLowerCase();
  const local = chainName("KUBE-SVL-", name, protocol);
  rules.add(
    "nat",
    external,
    `-s ${CLUSTER_CIDR} -m comment --comment "pod traffic for ${name} external destinations" -j ${service}`,
    `-m comment --comment "masquerade LOCAL traffic for ${name} external destinations" -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ`,
    `-m comment --comment "route LOCAL traffic for ${name} external destinations" -m addrtype --src-type LOCAL -j ${service}`,
    `-j ${local}`,
  );
  const own = port.backends.filter(({ nodeName }) => nodeName === node);
  rules.add("nat", local);
  addChoice(rules, local, port, own);
  if (own.length > 0) return;
  rules.add(
    "filter",
    "KUBE-EXTERNAL-SERVICES",
    `-p ${protocol} -m comment --comment "${name} has no local endpoints" -m addrtype --dst-type LOCAL -m ${protocol} --dport ${port.nodePort} -j DROP`,
  );
}

/** One of the backends, by chance: each takes its share of what those before it have left; the last takes the rest. */
function addChoice(rules: RuleSet, chain: string, port: ServicePort, backends: readonly Backend[]): void {
  const name = servicePortName(port);
  for (const [index, backend] of backends.entries()) {
    const to = `${backend.address}:${backend.port}`;
    const endpoint = chainName("KUBE-SEP-", name, port.protocol.toLowerCase(), to);
    const left = backends.length - index;
    const share = left === 1 ? "" : ` -m statistic --mode random --probability ${(1 / left).toFixed(11)}`;
    rules.add("nat", chain, `-m comment --comment "${name} -> ${to}"${share} -j ${endpoint}`);
  }
}

/** Without a backend, who dials is told so at once. */
function addRejection(rules: RuleSet, port: ServicePort, name: string, protocol: string): void {
  const comment = `-m comment --comment "${name} has no endpoints" -m ${protocol}`;
  const reject = "-j REJECT --reject-with icmp-port-unreachable";
  rules.add(
    "filter",
    "KUBE-SERVICES",
    `-d ${port.clusterIp}/32 -p ${protocol} ${comment} --dport ${port.port} ${reject}`,
  );
  if (port.nodePort === undefined) return;
  rules.add(
    "filter",
    "KUBE-SERVICES",
    `-p ${protocol} ${comment} -m addrtype --dst-type LOCAL --dport ${port.nodePort} ${reject}`,
  );
}

function servicePortName(port: ServicePort): string {
  const name = `${port.namespace}/${port.service}`;
  return port.portName === "" ? name : `${name}:${port.portName}`;
}
