import type { NodeState } from "@hopline/batch";
import type { Topology } from "@hopline/topology";
import { readCounters, readProc } from "./kernel-counters.js";
import { nodeStateOf } from "./node-state-of.js";

/** How the node is set to forward, as last described, with its counters now; undefined before it was described. */
export async function readNodeState(topology: Topology): Promise<NodeState | undefined> {
  const { description } = topology;
  if (description.links.length === 0) return undefined;
  const counters = await readCounters(readProc);
  return nodeStateOf(description, counters, ({ ifindex }) => topology.byIndex(ifindex)?.role ?? "unknown");
}
