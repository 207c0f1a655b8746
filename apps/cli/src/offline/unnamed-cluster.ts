import { writeFileSync } from "node:fs";
import { Topology } from "@hopline/topology";
import type { OfflineCapture } from "./offline-capture.js";

/** Namespace of pods of which nothing but the address is known. */
const UNNAMED = "unnamed";

/**
 * Writes what captures alone tell of the cluster as objects of it, for analyses without a dump: nodes, and for each address
 * behind a pod's interface a pod called by it. So the collector knows on which node each end lives, and counts each
 * packet once, though it can name nobody.
 */
export function writeUnnamedCluster(path: string, captures: readonly OfflineCapture[]): void {
  const items = captures.flatMap(({ node, description }) => {
    const topology = new Topology({ nowMs: Date.now });
    topology.update(description);
    const addresses = topology.interfaces.flatMap((one) => (one.role === "pod" ? one.attachedAddresses : []));
    return [nodeObject(node), ...[...new Set(addresses)].map((address) => podObject(address, node))];
  });
  writeFileSync(path, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
}

function nodeObject(name: string): object {
  return { apiVersion: "v1", kind: "Node", metadata: { name } };
}

function podObject(address: string, node: string): object {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: address, namespace: UNNAMED },
    spec: { nodeName: node },
    status: { podIP: address },
  };
}
