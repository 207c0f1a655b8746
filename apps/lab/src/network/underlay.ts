import type { LabNames } from "../host/names.js";
import {
  type NodePlan,
  OUTSIDE_ADDRESS,
  OUTSIDE_GATEWAY,
  UNDERLAY_CIDR,
  UNDERLAY_PREFIX_LENGTH,
} from "./address-plan.js";

const BRIDGE = "underlay0";

/**
 * Cables: `ip` lines, to be run outside any namespace, that give every node and the outside host an `eth0` whose
 * other end is a port of the underlay bridge. Both ends are made where they belong, so that nothing ever appears in
 * the machine's own network namespace.
 */
export function cableLines(names: LabNames, nodes: readonly NodePlan[]): string[] {
  const cable = (netns: string, port: string): string =>
    `link add name eth0 netns ${netns} type veth peer name ${port} netns ${names.underlay}`;
  return [...nodes.map((node) => cable(names.node(node.name), node.name)), cable(names.outside, "outside")];
}

/** `ip` lines for the namespace of the underlay bridge. */
export function bridgeLines(nodes: readonly NodePlan[]): string[] {
  const ports = [...nodes.map((node) => node.name), "outside"];
  return [
    `link add ${BRIDGE} type bridge forward_delay 0 mcast_snooping 0`,
    ...ports.map((port) => `link set ${port} master ${BRIDGE} up`),
    `link set ${BRIDGE} up`,
  ];
}

/** `ip` lines for the outside host: the nodes' router, with an address of its own beyond the underlay. */
export function outsideLines(): string[] {
  return [
    "link set lo up",
    `addr add ${OUTSIDE_ADDRESS}/32 dev lo`,
    `addr add ${OUTSIDE_GATEWAY}/${UNDERLAY_PREFIX_LENGTH} dev eth0`,
    "link set eth0 up",
    `route replace ${UNDERLAY_CIDR} dev eth0 src ${OUTSIDE_ADDRESS}`,
  ];
}

/** `ip` lines for a node's side of the underlay. */
export function uplinkLines(node: NodePlan): string[] {
  return [
    "link set lo up",
    `addr add ${node.address}/${UNDERLAY_PREFIX_LENGTH} dev eth0`,
    "link set eth0 up",
    `route add default via ${OUTSIDE_GATEWAY} dev eth0`,
  ];
}
