import type { ClusterState, Pod } from "../src/cluster.js";
import type { Connection, Party } from "../src/connection.js";
import type { Policy } from "../src/policy.js";
import { PROTOCOL_NUMBERS, type ProtocolName } from "../src/protocol.js";

/** A pod with as much as a test wants to say of it. */
export function pod(path: string, rest: Partial<Pod> = {}): Pod {
  const [namespace = "", name = ""] = path.split("/");
  return {
    namespace,
    name,
    labels: { app: name },
    addresses: [],
    node: undefined,
    hostNetwork: false,
    namedPorts: [],
    workload: { kind: "Pod", name },
    ...rest,
  };
}

/**
 * A small shop: two namespaces of pods on two nodes, in dual stack, one pod on its node's network. Web serves HTTP
 * on 8080 and metrics on 9090, db serves 5432 and, over UDP, a port of the same name.
 */
export function shop(...policies: Policy[]): ClusterState {
  return {
    policies,
    namespaces: [
      { name: "shop", labels: { team: "store" } },
      { name: "data", labels: { team: "data", sealed: "yes" } },
    ],
    nodes: [
      { name: "n1", labels: { zone: "a" }, addresses: ["192.168.0.1", "fd00:a::1"] },
      { name: "n2", labels: { zone: "b" }, addresses: ["192.168.0.2"] },
    ],
    pods: [
      pod("shop/web", {
        node: "n1",
        addresses: ["10.0.1.10", "fd00:1::10"],
        namedPorts: [
          { name: "http", protocol: 6, port: 8080 },
          { name: "metrics", protocol: 6, port: 9090 },
        ],
      }),
      pod("shop/cart", { node: "n2", addresses: ["10.0.2.20", "fd00:2::20"] }),
      pod("data/db", {
        node: "n2",
        addresses: ["10.0.2.30"],
        namedPorts: [
          { name: "sql", protocol: 6, port: 5432 },
          { name: "http", protocol: 6, port: 80 },
          { name: "both", protocol: 6, port: 7000 },
          { name: "both", protocol: 17, port: 7001 },
        ],
      }),
      pod("data/agent", { node: "n1", addresses: ["192.168.0.1"], hostNetwork: true }),
      pod("data/unborn", { labels: { app: "unborn" } }),
    ],
  };
}

/** `NAMESPACE/POD`, `node:NAME` or an address. */
export function party(text: string): Party {
  if (text.startsWith("node:")) return { kind: "node", name: text.slice("node:".length) };
  const [namespace = "", name] = text.split("/");
  return name === undefined ? { kind: "external", address: text } : { kind: "pod", namespace, name };
}

/** `FROM > TO PORT/PROTOCOL`, e.g. `shop/web > data/db 5432/TCP`. */
export function connection(text: string, rest: Partial<Connection> = {}): Connection {
  const [from = "", to = "", place = ""] = text.split(/ > | (?=[^ ]*$)/);
  const [port, protocol = "TCP"] = place.split("/");
  const number = PROTOCOL_NUMBERS[protocol as ProtocolName] ?? Number(protocol);
  return { source: party(from), destination: party(to), protocol: number, port: Number(port), ...rest };
}
