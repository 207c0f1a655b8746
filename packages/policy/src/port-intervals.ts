import type { ClusterState } from "./cluster.js";
import type { Policy } from "./policy.js";
import { FIRST_PORT, LAST_PORT, PROTOCOL_NAMES, PROTOCOL_NUMBERS, type ProtocolName } from "./protocol.js";

/** Ports of a protocol that no policy tells apart. */
export interface PortInterval {
  readonly protocol: ProtocolName;
  readonly first: number;
  readonly last: number;
}

/** All ports of all protocols, cut wherever a rule or a pod's named port begins or ends. */
export function portIntervals({ policies, pods }: ClusterState): PortInterval[] {
  const borders = new Map(PROTOCOL_NAMES.map((name) => [PROTOCOL_NUMBERS[name], new Set([FIRST_PORT])]));
  const cut = (protocol: number, first: number, last: number): void => {
    borders.get(protocol)?.add(Math.max(first, FIRST_PORT));
    if (last < LAST_PORT) borders.get(protocol)?.add(last + 1);
  };
  const names = new Set<string>();
  for (const match of policies.flatMap(portMatchesOf)) {
    if (match.kind === "range") cut(match.protocol, match.first, match.last);
    else names.add(match.name);
  }
  for (const { name, protocol, port } of pods.flatMap(({ namedPorts }) => namedPorts))
    if (names.has(name)) cut(protocol, port, port);
  return PROTOCOL_NAMES.flatMap((protocol) => {
    const starts = [...(borders.get(PROTOCOL_NUMBERS[protocol]) ?? [])].sort((a, b) => a - b);
    return starts.map((first, at) => ({ protocol, first, last: (starts[at + 1] ?? LAST_PORT + 1) - 1 }));
  });
}

function portMatchesOf({ ingress, egress }: Policy) {
  return [...(ingress ?? []), ...(egress ?? [])].flatMap(({ ports }) => ports ?? []);
}
