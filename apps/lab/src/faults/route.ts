import { runCommand, tryCommand } from "../host/run-command.js";
import type { FaultSettings } from "./fault-request.js";
import { type FaultSites, invalid } from "./fault-sites.js";
import type { PlannedFault } from "./planned-fault.js";

/** A range of addresses that a node has no way to: packets vanish, or are answered with an ICMP error, by type. */
export async function planRoute(sites: FaultSites, settings: FaultSettings<"route">): Promise<PlannedFault> {
  const { type } = settings;
  const node = sites.node(settings.node);
  const netns = sites.names.node(node.name);
  const range = sites.range(settings.to);
  const shown = await runCommand({ command: "ip", args: ["-n", netns, "route", "show", "exact", range] });
  const before = shown.split("\n")[0]?.trim().split(/\s+/).filter(Boolean) ?? [];
  if (type === "missing" && before.length === 0) {
    throw invalid(`${node.name} has no route to exactly ${range} that could be missing`);
  }
  const route = (...words: readonly string[]) => ({ command: "ip", args: ["-n", netns, "route", ...words] });
  return {
    about:
      type === "missing"
        ? `${node.name} misses its route to ${range}`
        : `${node.name} has ${type === "unreachable" ? "an" : "a"} ${type} route to ${range}`,
    places: [`the route to ${range} on ${node.name}`],
    async inject() {
      await runCommand(type === "missing" ? route("del", range) : route("replace", type, range));
    },
    async heal() {
      if (before.length > 0) await runCommand(route("replace", ...before));
      else await tryCommand(route("del", type, range));
    },
  };
}
