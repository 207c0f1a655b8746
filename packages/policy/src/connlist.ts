import type { ClusterState } from "./cluster.js";
import { Connectivity, type ConnectivityPeer, type ConnectivityRow, peerText } from "./connectivity.js";

/**
 * The allowed connections of a cluster in the format of np-guard's netpol-analyzer: one line for each ordered pair
 * of different workloads, or of a workload and IPv4 addresses outside, sorted. As there, networks in rules do not
 * match a pod whose address is not known. `isAskedFor` leaves pairs out.
 */
export function connectionList(
  state: ClusterState,
  isAskedFor: (row: ConnectivityRow) => boolean = () => true,
): string[] {
  return new Connectivity(state, { unknownAddresses: "never" })
    .rows()
    .filter(isAskedFor)
    .filter(({ from, to, allowed }) => !allowed.isEmpty && !isIpv6(from) && !isIpv6(to))
    .map(({ from, to, allowed }) => ({ from: peerText(from), to: peerText(to), ports: allowed.text }))
    .sort((a, b) => compare(a.from, b.from) || compare(a.to, b.to))
    .map(({ from, to, ports }) => `${from} => ${to} : ${ports}`);
}

function isIpv6(peer: ConnectivityPeer): boolean {
  return peer.kind === "external" && peer.family === 6;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
