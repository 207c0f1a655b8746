import type { Entity } from "@hopline/api";
import type { Party, TrafficPeer, TrafficRow } from "@hopline/policy";
import type { PolicyTrafficEnd, PolicyTrafficRow } from "@hopline/store";
import type { Side } from "../policy/epoch-judge.js";
import type { PastPods } from "./past-pods.js";
import type { PolicyCluster } from "./policy-cluster.js";

/** Rows of the store as packages/policy judges them: by the pods of today. */
export function trafficRows(rows: readonly PolicyTrafficRow[], cluster: PolicyCluster): TrafficRow[] {
  return rows.map((row) => {
    const { server, protocol, port } = row;
    // Nobody saw which backend took it: any of them may have.
    const backends =
      server.entity.kind === "service" ? cluster.backendsOf(server.entity, protocol, port) : undefined;
    const parties = backends?.sides.map((side) => presentParty(side));
    return rowOf(row, partiesOf(row.client), parties ?? partiesOf(server), backends?.port);
  });
}

/** Traffic as it was: between pods as they were when they talked last. */
export interface PastTraffic {
  readonly rows: readonly TrafficRow[];
  /** Connections with an end of which it is not known what it was then: it is judged by what it is today. */
  readonly unknownThen: number;
}

/** Rows of the store as packages/policy judges them: by the pods and Services of their time, which `past` collects. */
export function pastTrafficRows(
  rows: readonly PolicyTrafficRow[],
  cluster: PolicyCluster,
  past: PastPods,
): PastTraffic {
  let unknownThen = 0;
  const told = rows.map((row) => {
    const { client, server, protocol, port, lastSeenMs } = row;
    let isKnown = true;
    const parties = (end: PolicyTrafficEnd): Party[] => {
      const { entity, pod, address } = end;
      if (entity.kind !== "workload" || pod === "") return partiesOf(end);
      const then = past.partyAt({ namespace: entity.namespace, name: pod }, address, lastSeenMs);
      if (then?.isKnown !== true) isKnown = false;
      return then === undefined ? partiesOf(end) : [then.party];
    };
    const backends =
      server.entity.kind === "service"
        ? cluster.backendsOf(server.entity, protocol, port, lastSeenMs)
        : undefined;
    const behind = backends?.sides.map((side) => {
      if (side.kind !== "pod") return side;
      const then = past.partyOfBackend(side, lastSeenMs);
      if (!then.isKnown) isKnown = false;
      return then.party;
    });
    const made = rowOf(row, parties(client), behind ?? parties(server), backends?.port);
    if (!isKnown) unknownThen += row.connections;
    return made;
  });
  return { rows: told, unknownThen };
}

/** @param behindPort of the backends, where a Service was dialled and nobody saw for which of them */
function rowOf(
  row: PolicyTrafficRow,
  source: readonly Party[],
  destination: readonly Party[],
  behindPort: number | undefined,
): TrafficRow {
  const dialled = behindPort === undefined ? row.dialledAddress : row.server.address;
  return {
    source: { peer: peerOf(row.client), parties: source },
    destination: { peer: peerOf(row.server), parties: destination },
    protocol: row.protocol,
    port: behindPort ?? row.port,
    ...(dialled === null ? {} : { dialledAddress: dialled }),
    ...(row.seenClientAddress === null ? {} : { seenSourceAddress: row.seenClientAddress }),
    connections: row.connections,
    failed: row.failed,
    firstSeenMs: row.firstSeenMs,
    lastSeenMs: row.lastSeenMs,
  };
}

function presentParty(side: Side): Party {
  if (side.kind !== "pod") return side;
  const { namespace, name } = side.pod;
  return { kind: "pod", namespace, name };
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
