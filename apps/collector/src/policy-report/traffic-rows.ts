import type { Entity } from "@hopline/api";
import type { Party, TrafficEnd, TrafficPeer, TrafficRow } from "@hopline/policy";
import type { PolicyTrafficEnd, PolicyTrafficRow } from "@hopline/store";
import type { PolicyCluster } from "./policy-cluster.js";

/** Rows of the store as packages/policy judges them. */
export function trafficRows(rows: readonly PolicyTrafficRow[], cluster: PolicyCluster): TrafficRow[] {
  return rows.map((row) => {
    const { client, server, protocol, dialledAddress, seenClientAddress } = row;
    // Nobody saw which backend took it: any of them may have.
    const backends =
      server.entity.kind === "service" ? cluster.backendsOf(server.entity, protocol, row.port) : undefined;
    const dialled = backends === undefined ? dialledAddress : server.address;
    return {
      source: endOf(client),
      destination:
        backends === undefined ? endOf(server) : { peer: peerOf(server), parties: backends.parties },
      protocol,
      port: backends?.port ?? row.port,
      ...(dialled === null ? {} : { dialledAddress: dialled }),
      ...(seenClientAddress === null ? {} : { seenSourceAddress: seenClientAddress }),
      connections: row.connections,
      failed: row.failed,
      firstSeenMs: row.firstSeenMs,
      lastSeenMs: row.lastSeenMs,
    };
  });
}

function endOf(end: PolicyTrafficEnd): TrafficEnd {
  return { peer: peerOf(end), parties: partiesOf(end) };
}

function peerOf({ entity, address }: PolicyTrafficEnd): TrafficPeer {
  const { kind, namespace, workloadKind, name } = entity;
  switch (kind) {
    case "workload":
      return { kind, namespace, workload: { kind: workloadKind, name } };
    case "node":
      return { kind, name };
    case "service":
      return { kind, namespace, name };
    case "external":
    case "unknown":
      return { kind, address };
  }
}

function partiesOf({ entity, pod, address }: PolicyTrafficEnd): Party[] {
  switch (entity.kind) {
    case "workload":
      return pod === "" ? [] : [{ kind: "pod", namespace: entity.namespace, name: pod, address }];
    case "node":
      return [{ kind: "node", name: entity.name, address }];
    case "external":
      return [{ kind: "external", address }];
    case "service":
    case "unknown":
      return [];
  }
}

/** A peer as the API names it. */
export function entityOf(peer: TrafficPeer): Entity {
  const none = { namespace: "", workloadKind: "" };
  switch (peer.kind) {
    case "workload": {
      const { namespace, workload } = peer;
      return { kind: "workload", namespace, workloadKind: workload.kind, name: workload.name };
    }
    case "node":
      return { kind: "node", ...none, name: peer.name };
    case "service":
      return { kind: "service", ...none, namespace: peer.namespace, name: peer.name };
    case "external":
    case "unknown":
      return { kind: peer.kind, ...none, name: peer.address };
  }
}
