import { runCommand, tryCommand } from "../host/run-command.js";
import { forwardingEntry, neighbourEntry, VXLAN_DEVICE } from "../network/flannel.js";
import type { FaultSettings } from "./fault-request.js";
import type { FaultSites } from "./fault-sites.js";
import type { PlannedFault } from "./planned-fault.js";

/** A VXLAN device that does not know on which node its peer's hardware address lives: frames for it go nowhere. */
export function planForwardingEntry(sites: FaultSites, settings: FaultSettings<"fdb">): PlannedFault {
  const [node, peer] = sites.pair(settings.node, settings.peer);
  const netns = sites.names.node(node.name);
  const entry = forwardingEntry(peer).split(" ");
  return {
    about: `${VXLAN_DEVICE} on ${node.name} has no forwarding entry (FDB) for ${peer.name}`,
    places: [`the forwarding entry for ${peer.name} on ${node.name}`],
    async inject() {
      await runCommand({ command: "bridge", args: ["-n", netns, "fdb", "del", ...entry] });
    },
    async heal() {
      await runCommand({ command: "bridge", args: ["-n", netns, "fdb", "replace", ...entry] });
    },
  };
}

/** A node that does not know its VXLAN peer's hardware address, and asks for it in vain. */
export function planNeighbour(sites: FaultSites, settings: FaultSettings<"neighbour">): PlannedFault {
  const [node, peer] = sites.pair(settings.node, settings.peer);
  const netns = sites.names.node(node.name);
  const neighbour = (...words: readonly string[]) => ({
    command: "ip",
    args: ["-n", netns, "neigh", ...words],
  });
  return {
    about: `${node.name} has no neighbour ${peer.vtepAddress}, the way to ${peer.name}'s pods`,
    places: [`the neighbour ${peer.name} on ${node.name}`],
    async inject() {
      await runCommand(neighbour("del", peer.vtepAddress, "dev", VXLAN_DEVICE));
    },
    async heal() {
      // The entry of a question without answer would stay, and fail on, for a while.
      await tryCommand(neighbour("del", peer.vtepAddress, "dev", VXLAN_DEVICE));
      await runCommand(neighbour("replace", ...neighbourEntry(peer).split(" ")));
    },
  };
}
