import { Document, isCollection, isNode } from "yaml";
import type { AdvisedPolicy } from "./advised-policy.js";
import type { AdvisedPeer, AdvisedRule } from "./advised-rules.js";
import { NAMESPACE_NAME_LABEL } from "./cluster.js";
import type { LeftOut, Unadvised } from "./left-out.js";
import type { Direction } from "./policy.js";
import { protocolNameOf } from "./protocol.js";
import { trafficPeerText } from "./traffic.js";

interface AdvisedManifestParts {
  readonly namespace: string;
  readonly policies: readonly AdvisedPolicy[];
  readonly leftOut: readonly LeftOut[];
  readonly unadvised: readonly Unadvised[];
}

/** Lines of a comment about traffic; the rest is counted. */
const MAX_LEFT_OUT_LINES = 40;

/** Advised policies as YAML: one document each, with who is meant and what could not be decided in comments. */
export function advisedManifest({ namespace, policies, leftOut, unadvised }: AdvisedManifestParts): string {
  const head = comment([
    `NetworkPolicies for the namespace ${namespace}, made from traffic that was seen.`,
    ...unadvised.map(
      ({ workload, reason }) => `No policy for ${workload.name}[${workload.kind}]: ${reason}.`,
    ),
    ...(leftOut.length === 0 ? [] : ["Not allowed, though it was seen:"]),
    ...leftOut.slice(0, MAX_LEFT_OUT_LINES).map(leftOutText),
    ...(leftOut.length > MAX_LEFT_OUT_LINES ? [`  and ${leftOut.length - MAX_LEFT_OUT_LINES} more`] : []),
  ]);
  return [head, ...policies.map((policy) => `---\n${policyYaml(policy)}`)].join("");
}

function leftOutText({ source, destination, protocol, port, connections, reason }: LeftOut): string {
  const place = `${protocolNameOf(protocol) ?? `protocol ${protocol}`} ${port}`;
  return `  ${trafficPeerText(source)} => ${trafficPeerText(destination)} : ${place}, ${connectionsText(connections)}: ${reason}`;
}

function connectionsText(count: number): string {
  return `${count} ${count === 1 ? "connection" : "connections"}`;
}

function comment(lines: readonly string[]): string {
  return lines.map((line) => `# ${oneLine(line)}\n`).join("");
}

function policyYaml(policy: AdvisedPolicy): string {
  const value = {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: policy.name, namespace: policy.namespace },
    spec: {
      podSelector: { matchLabels: policy.labels },
      policyTypes: ["Ingress", "Egress"],
      ingress: policy.ingress.map((rule) => ruleValue(rule, "ingress")),
      egress: policy.egress.map((rule) => ruleValue(rule, "egress")),
    },
  };
  // Anchors and aliases are YAML that hardly anybody reads.
  const document = new Document(value, { aliasDuplicateObjects: false });
  const { workload, connections } = policy;
  const lines = [
    `${workload.name}[${workload.kind}]: made from ${connectionsText(connections)}.`,
    ...policy.notes.map((note) => `${note}.`),
    ...(policy.ingress.length === 0 ? ["Nobody was seen to connect to it, so nobody may."] : []),
    ...(policy.egress.length === 0 ? ["It was not seen to connect to anything, so it may not."] : []),
  ];
  if (document.contents !== null) document.contents.commentBefore = block(lines);
  for (const direction of ["ingress", "egress"] as const) {
    for (const [at, rule] of policy[direction].entries()) {
      if (rule.isDns) remark(document, ["spec", direction, at], "DNS");
      for (const [index, { note }] of rule.peers.entries())
        if (note !== "") remark(document, ["spec", direction, at, peersField(direction), index], note);
    }
  }
  return document.toString({ lineWidth: 0 });
}

/** Puts a comment before an element of a list. */
function remark(document: Document, path: readonly (string | number)[], text: string): void {
  const node = document.getIn(path, true);
  if (isNode(node) && isCollection(node)) node.commentBefore = block([text]);
}

function block(lines: readonly string[]): string {
  return lines.map((line) => ` ${oneLine(line)}`).join("\n");
}

/** Names come from outside; a line break in one would end the comment. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, "?");
}

function ruleValue({ peers, ports }: AdvisedRule, direction: Direction): object {
  return { [peersField(direction)]: peers.map(peerValue), ports: ports.map((port) => ({ ...port })) };
}

function peersField(direction: Direction): "from" | "to" {
  return direction === "ingress" ? "from" : "to";
}

function peerValue(peer: AdvisedPeer): object {
  if (peer.kind === "network") {
    const { cidr, except } = peer.group;
    return { ipBlock: except.length === 0 ? { cidr } : { cidr, except: [...except] } };
  }
  const podSelector = Object.keys(peer.labels).length === 0 ? {} : { matchLabels: peer.labels };
  if (peer.namespace === undefined) return { podSelector };
  return { namespaceSelector: { matchLabels: { [NAMESPACE_NAME_LABEL]: peer.namespace } }, podSelector };
}
