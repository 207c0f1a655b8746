import { NAMESPACE_NAME_LABEL } from "./cluster.js";
import type { LabelRequirement, LabelSelector } from "./label-selector.js";
import type { Peer, PortMatch, Rule } from "./policy.js";
import { FIRST_PORT, LAST_PORT, protocolNameOf } from "./protocol.js";

/** A rule in words, e.g. `pods app=cart, 10.0.0.0/8 : TCP 8080`; its direction and action are said elsewhere. */
export function ruleText({ peers, ports }: Pick<Rule, "peers" | "ports">): string {
  const who = peers === undefined ? "anyone" : peers.length === 0 ? "nobody" : peers.map(peerText).join(", ");
  return ports === undefined ? who : `${who} : ${ports.map(portText).join(", ")}`;
}

function peerText(peer: Peer): string {
  switch (peer.kind) {
    case "pods": {
      const pods = isEverything(peer.pods) ? "all pods" : `pods ${selectorText(peer.pods)}`;
      return peer.namespaces === undefined ? pods : `${pods} in ${namespacesText(peer.namespaces)}`;
    }
    case "networks": {
      const networks = peer.networks.join(", ");
      return peer.except.length === 0 ? networks : `${networks} without ${peer.except.join(", ")}`;
    }
    case "nodes":
      return isEverything(peer.nodes) ? "all nodes" : `nodes ${selectorText(peer.nodes)}`;
    case "domains":
      return peer.names.join(", ");
  }
}

function namespacesText(selector: LabelSelector): string {
  if (isEverything(selector)) return "all namespaces";
  const name = selector.matchLabels[NAMESPACE_NAME_LABEL];
  const isByName = Object.keys(selector.matchLabels).length === 1 && selector.matchExpressions.length === 0;
  return name !== undefined && isByName ? `namespace ${name}` : `namespaces ${selectorText(selector)}`;
}

function selectorText({ matchLabels, matchExpressions }: LabelSelector): string {
  const equalities = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  return [...equalities, ...matchExpressions.map(requirementText)].join(" and ");
}

function requirementText({ key, operator, values }: LabelRequirement): string {
  switch (operator) {
    case "In":
      return `${key} in (${values.join(", ")})`;
    case "NotIn":
      return `${key} not in (${values.join(", ")})`;
    case "Exists":
      return `with ${key}`;
    case "DoesNotExist":
      return `without ${key}`;
  }
}

function portText(match: PortMatch): string {
  const protocol = match.protocol === undefined ? undefined : protocolNameOf(match.protocol);
  if (match.kind === "name") return protocol === undefined ? match.name : `${protocol} ${match.name}`;
  if (match.first <= FIRST_PORT && match.last === LAST_PORT) return `${protocol} any port`;
  return `${protocol} ${match.first === match.last ? match.first : `${match.first}-${match.last}`}`;
}

function isEverything({ matchLabels, matchExpressions }: LabelSelector): boolean {
  return Object.keys(matchLabels).length === 0 && matchExpressions.length === 0;
}
