import type { ClusterState } from "../src/cluster.js";
import type { Party } from "../src/connection.js";
import { PROTOCOL_NUMBERS, type ProtocolName } from "../src/protocol.js";
import type { TrafficEnd, TrafficPeer, TrafficRow } from "../src/traffic.js";
import { party } from "./shop-cluster.js";

/** The end that a party is, with the workload that a cluster says it belongs to. */
export function endOf(one: Party, { pods }: Pick<ClusterState, "pods">): TrafficEnd {
  return { peer: peerOf(one, pods), parties: [one] };
}

function peerOf(one: Party, pods: ClusterState["pods"]): TrafficPeer {
  if (one.kind === "external") return one;
  if (one.kind === "node") return { kind: "node", name: one.name };
  const pod = pods.find(({ namespace, name }) => namespace === one.namespace && name === one.name);
  const workload = pod?.workload ?? { kind: "Deployment", name: one.name };
  return { kind: "workload", namespace: one.namespace, workload };
}

/** `FROM > TO PORT/PROTOCOL` as in shop-cluster.ts; ten connections of which none failed, unless `rest` says so. */
export function traffic(state: ClusterState, text: string, rest: Partial<TrafficRow> = {}): TrafficRow {
  const [from = "", to = "", place = ""] = text.split(/ > | (?=[^ ]*$)/);
  const [port, protocol = "TCP"] = place.split("/");
  return {
    source: endOf(party(from), state),
    destination: endOf(party(to), state),
    protocol: PROTOCOL_NUMBERS[protocol as ProtocolName] ?? Number(protocol),
    port: Number(port),
    connections: 10,
    failed: 0,
    firstSeenMs: 1_000,
    lastSeenMs: 2_000,
    ...rest,
  };
}
