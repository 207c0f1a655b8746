import { AddressSet } from "./address-set.js";
import type { CompiledSelection, SelectionTable } from "./compiled-selection.js";
import type { CompiledSelector } from "./label-selector.js";
import type { PeerView } from "./peer-view.js";
import type { Peer, Policy, Rule } from "./policy.js";
import type { DirectionVerdict, Doubt, PolicyName } from "./verdict.js";

/** Whether something matches; a doubt where that can't be said. */
export type Match = boolean | Doubt;

type CompiledPeer =
  | { readonly kind: "pods"; readonly selection: CompiledSelection }
  | { readonly kind: "networks"; readonly addresses: AddressSet }
  | { readonly kind: "nodes"; readonly nodes: CompiledSelector }
  | { readonly kind: "domains" };

export interface CompiledRule {
  readonly rule: Rule;
  readonly index: number;
  readonly peers: readonly CompiledPeer[] | undefined;
  readonly policy: Policy;
  /** What it decides, by the peer that matched (-1 for a rule without peers); made when first needed. */
  readonly outcomes: Map<number, DirectionVerdict>;
}

/** A policy whose selectors and networks are ready to be asked. */
export interface CompiledPolicy {
  /** Another one for every time that a policy is compiled. */
  readonly id: number;
  readonly policy: Policy;
  readonly subject: CompiledSelection;
  readonly ingress: readonly CompiledRule[] | undefined;
  readonly egress: readonly CompiledRule[] | undefined;
}

export function compilePolicy(policy: Policy, id: number, selections: SelectionTable): CompiledPolicy {
  const peerOf = (peer: Peer): CompiledPeer => {
    switch (peer.kind) {
      case "pods":
        return {
          kind: "pods",
          selection: selections.of({ namespaces: peer.namespaces, pods: peer.pods }, policy.namespace),
        };
      case "networks":
        return { kind: "networks", addresses: AddressSet.of(peer.networks, peer.except) };
      case "nodes":
        return { kind: "nodes", nodes: selections.selector(peer.nodes) };
      case "domains":
        return { kind: "domains" };
    }
  };
  const ruleOf = (rule: Rule, index: number): CompiledRule => ({
    rule,
    index,
    policy,
    peers: rule.peers?.map(peerOf),
    outcomes: new Map(),
  });
  return {
    id,
    policy,
    subject: selections.of(policy.subject, policy.namespace),
    ingress: policy.ingress?.map(ruleOf),
    egress: policy.egress?.map(ruleOf),
  };
}

/** The networks that a policy names. */
export function addressSetsOf(policy: CompiledPolicy): AddressSet[] {
  return [...(policy.ingress ?? []), ...(policy.egress ?? [])].flatMap((rule) =>
    (rule.peers ?? []).flatMap((peer) => (peer.kind === "networks" ? [peer.addresses] : [])),
  );
}

/** Which of a rule's peers matched, and how surely. */
export interface PeerMatch {
  readonly match: true | Doubt;
  readonly peer: number | undefined;
}

const MATCHES_ANY_PEER: PeerMatch = { match: true, peer: undefined };

/** How a rule matches the other side, whatever the port; undefined where it does not. */
export function matchPeers({ peers }: CompiledRule, view: PeerView): PeerMatch | undefined {
  if (peers === undefined) return MATCHES_ANY_PEER;
  let doubtful: PeerMatch | undefined;
  for (let index = 0; index < peers.length; index++) {
    const match = matchPeer(peers[index]!, view);
    if (match === true) return { match, peer: index };
    if (match !== false) doubtful ??= { match, peer: index };
  }
  return doubtful;
}

function matchPeer(peer: CompiledPeer, view: PeerView): Match {
  switch (peer.kind) {
    case "pods":
      if (view.podClass === undefined || !peer.selection.selects(view.podClass)) return false;
      return view.isDisguised ? "translated-source" : true;
    case "networks":
      return matchAddresses(peer.addresses, view);
    case "nodes":
      return view.nodeLabels !== undefined && peer.nodes.selects(view.nodeLabels);
    case "domains":
      return view.podClass === undefined && view.nodeLabels === undefined ? "domain-name" : false;
  }
}

function matchAddresses(set: AddressSet, { addresses, translation, isNowhere }: PeerView): Match {
  if (isNowhere) return false;
  let inside = 0;
  for (const address of addresses) if (set.contains(address)) inside++;
  if (addresses.length > 0 && (inside === 0 || inside === addresses.length)) return inside > 0;
  return translation ?? "address-unknown";
}

/** What a rule decides where one of its peers matched. */
export function outcomeOf(compiled: CompiledRule, peer: number | undefined): DirectionVerdict {
  let outcome = compiled.outcomes.get(peer ?? -1);
  if (outcome === undefined) {
    const { rule, index, policy } = compiled;
    outcome = {
      verdict: rule.action === "deny" ? "denied" : "allowed",
      by: {
        kind: "rule",
        tier: policy.tier,
        policy: policyName(policy),
        action: rule.action,
        rule: index,
        ruleName: rule.name,
        peer,
      },
      doubt: undefined,
    };
    compiled.outcomes.set(peer ?? -1, outcome);
  }
  return outcome;
}

export function policyName({ kind, namespace, name }: Policy): PolicyName {
  return { kind, namespace, name };
}
