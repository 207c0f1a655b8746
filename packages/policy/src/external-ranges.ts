import { AddressSet } from "./address-set.js";
import { type AddressRange, type Family, lastOf } from "./ip-address.js";
import type { Direction, Policy } from "./policy.js";

/**
 * The address space, cut wherever a network begins or ends that a rule of a direction names: IPv4 always, IPv6
 * where such a rule names an IPv6 network.
 */
export function externalRanges(policies: readonly Policy[], direction: Direction): AddressRange[] {
  const borders: Record<Family, Set<bigint>> = { 4: new Set([0n]), 6: new Set() };
  for (const { family, first, last } of policies.flatMap((policy) => networksOf(policy, direction))) {
    borders[family].add(0n).add(first);
    if (last < lastOf(family)) borders[family].add(last + 1n);
  }
  return ([4, 6] as const).flatMap((family) => {
    const starts = [...borders[family]].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    return starts.map((first, at) => {
      const next = starts[at + 1];
      return { family, first, last: next === undefined ? lastOf(family) : next - 1n };
    });
  });
}

function networksOf(policy: Policy, direction: Direction): readonly AddressRange[] {
  return (policy[direction] ?? []).flatMap(({ peers }) =>
    (peers ?? []).flatMap((peer) =>
      peer.kind === "networks" ? AddressSet.of(peer.networks, peer.except).ranges : [],
    ),
  );
}
