import { BlockList, isIP } from "node:net";
import type { EndpointHistory, Owner } from "@hopline/kube";
import type { AddressBook, AddressOwner, DialledService, NamedEnd } from "../naming/address-book.js";
import type { EarlierEndpoints } from "./earlier-endpoints.js";

export interface ClusterAddressBookOptions {
  readonly history: EndpointHistory;
  readonly earlier: EarlierEndpoints;
  /** Whether all of the cluster's objects have been read once. */
  readonly isSettled: () => boolean;
}

/** Addresses that are somebody's own network: before the cluster is known, they may be its (RFC 1918, 4193, 6598). */
const PRIVATE = new BlockList();
PRIVATE.addSubnet("10.0.0.0", 8, "ipv4");
PRIVATE.addSubnet("172.16.0.0", 12, "ipv4");
PRIVATE.addSubnet("192.168.0.0", 16, "ipv4");
PRIVATE.addSubnet("100.64.0.0", 10, "ipv4");
PRIVATE.addSubnet("fc00::", 7, "ipv6");

/** Names addresses by the cluster's endpoints as they were at the time. */
export class ClusterAddressBook implements AddressBook {
  readonly #options: ClusterAddressBookOptions;
  /** So that one owner gives one object: callers tell ends apart by identity. */
  readonly #owners = new WeakMap<Owner, AddressOwner>();

  constructor(options: ClusterAddressBookOptions) {
    this.#options = options;
  }

  get isReady(): boolean {
    return this.#options.isSettled() || !this.#options.earlier.isEmpty;
  }

  ownerAt(address: string | Uint8Array, timeMs: number, port: number, protocol: number): AddressOwner {
    const endpoint = this.#options.history.endpointAt(address, timeMs, port, protocol);
    if (endpoint.kind === "external") return this.#stranger(endpoint.address, timeMs);
    let owner = this.#owners.get(endpoint);
    if (owner === undefined) {
      owner = ownerOf(endpoint);
      this.#owners.set(endpoint, owner);
    }
    return owner;
  }

  serviceAt(
    address: string | Uint8Array,
    port: number,
    protocol: number,
    timeMs: number,
  ): DialledService | undefined {
    const endpoint = this.#options.history.endpointAt(address, timeMs, port, protocol);
    if (endpoint.kind !== "service") return undefined;
    return { namespace: endpoint.namespace, name: endpoint.name, portName: endpoint.portName };
  }

  /** An address that no object is known to have had. */
  #stranger(address: string, timeMs: number): AddressOwner {
    const { history, earlier, isSettled } = this.#options;
    const settled = isSettled();
    const end = earlier.at(address, timeMs);
    if (end !== undefined) {
      return { end, ownsInterface: end.kind === "workload", pending: !settled, isLasting: false };
    }
    if (history.inPodNetwork(address)) return outsider("unknown", address, true);
    if (settled) return outsider("external", address, false);
    return outsider(isPrivate(address) ? "unknown" : "external", address, true);
  }
}

function outsider(kind: "external" | "unknown", address: string, pending: boolean): AddressOwner {
  const end = { kind, namespace: "", workloadKind: "", name: address, pod: "", node: "" };
  return { end, ownsInterface: false, pending, isLasting: false };
}

function isPrivate(address: string): boolean {
  return PRIVATE.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

function ownerOf(endpoint: Owner): AddressOwner {
  const ownsInterface = endpoint.kind === "pod" && !endpoint.hostNetwork;
  return { end: endOf(endpoint), ownsInterface, pending: false, isLasting: true };
}

/** How an object of the cluster is stored as the end of a connection. */
export function endOf(endpoint: Owner): NamedEnd {
  switch (endpoint.kind) {
    case "pod": {
      const { namespace, name: pod, node, workload } = endpoint;
      return { kind: "workload", namespace, workloadKind: workload.kind, name: workload.name, pod, node };
    }
    case "node":
      // Or the pod on the node's network that listens on the port which was asked for.
      if (endpoint.pod !== undefined) return { ...endOf(endpoint.pod), node: endpoint.name };
      return {
        kind: "node",
        namespace: "",
        workloadKind: "",
        name: endpoint.name,
        pod: "",
        node: endpoint.name,
      };
    case "service": {
      const { namespace, name } = endpoint;
      return { kind: "service", namespace, workloadKind: "", name, pod: "", node: "" };
    }
  }
}
