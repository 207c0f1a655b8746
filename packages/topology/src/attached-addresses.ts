import type { Link, NodeDescription } from "./description.js";

/**
 * Which addresses are behind each pod interface, by interface name, as the kernel knows it:
 * - on a bridge, the port where the forwarding table learned a MAC, and the neighbour entries that give that MAC an address;
 * - on routed CNIs (Calico, Cilium, ptp), host routes and neighbour entries on the interface itself.
 */
export function findAttachedAddresses(
  description: NodeDescription,
  podLinks: readonly Link[],
): Map<string, string[]> {
  const pods = new Set(podLinks.map((link) => link.ifname));
  const attached = new Map<string, Set<string>>();
  const attach = (name: string, address: string): void => {
    const addresses = attached.get(name);
    if (addresses === undefined) attached.set(name, new Set([address]));
    else addresses.add(address);
  };

  for (const route of description.routes) {
    if (route.type !== "unicast" || route.gateway !== undefined || !pods.has(route.dev ?? "")) continue;
    const host = hostOf(route.dst);
    if (host !== undefined) attach(route.dev ?? "", host);
  }

  const portOf = new Map<string, string>();
  for (const entry of description.forwarding) {
    const learned =
      entry.master !== undefined && entry.state !== "permanent" && !entry.flags.includes("self");
    if (learned && pods.has(entry.ifname)) portOf.set(`${entry.master} ${entry.mac}`, entry.ifname);
  }
  for (const neighbour of description.neighbours) {
    if (neighbour.lladdr === undefined || !isUsable(neighbour.dst) || neighbour.state.includes("FAILED"))
      continue;
    if (pods.has(neighbour.dev)) attach(neighbour.dev, neighbour.dst);
    const port = portOf.get(`${neighbour.dev} ${neighbour.lladdr}`);
    if (port !== undefined) attach(port, neighbour.dst);
  }
  return new Map([...attached].map(([name, addresses]) => [name, [...addresses]]));
}

/** The address of a host route, or undefined where it is a network's. */
function hostOf(destination: string): string | undefined {
  const [address = "", length] = destination.split("/");
  if (address === "default" || !isUsable(address)) return undefined;
  const full = address.includes(":") ? "128" : "32";
  return length === undefined || length === full ? address : undefined;
}

/** Link-local and multicast addresses name nobody beyond the link. */
function isUsable(address: string): boolean {
  return !/^(fe[89ab][0-9a-f]:|ff[0-9a-f]{2}:|169\.254\.|22[4-9]\.|23\d\.)/i.test(address);
}
