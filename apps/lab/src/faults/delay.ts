import { z } from "zod";
import { runIpBatch } from "../host/network-namespaces.js";
import { requireCommand } from "../host/required-command.js";
import { runCommand, tryCommand } from "../host/run-command.js";
import type { FaultSettings } from "./fault-request.js";
import type { FaultSites } from "./fault-sites.js";
import type { PlannedFault } from "./planned-fault.js";

const queuesSchema = z.array(
  z.looseObject({
    kind: z.string(),
    bytes: z.int(),
    packets: z.int(),
    drops: z.int(),
    overlimits: z.int(),
    backlog: z.int(),
  }),
);

/**
 * A slow wire: a token bucket (tc-tbf) at the underlay's port of one node. What comes faster than the rate, once the
 * bucket is empty, waits, and is dropped where it would wait longer than the queue. What the node gets leaves through
 * the port, where the bucket sits; what it sends comes in there, where nothing can queue, and is led through an
 * intermediate device (ifb) that can. So both lie between the two nodes' uplinks.
 */
export function planDelay(sites: FaultSites, settings: FaultSettings<"delay">): PlannedFault {
  const { direction, rateKbit, burstBytes, queueMs } = settings;
  const node = sites.node(settings.node);
  const netns = sites.names.underlay;
  const out = direction === "out";
  const port = node.name;
  const device = out ? `slow-${node.name}` : port;
  const tc = (...args: readonly string[]) => ({ command: "tc", args: ["-n", netns, ...args] });
  return {
    about: `what ${out ? "leaves" : "comes to"} ${node.name} passes the wire at ${rateKbit} kbit/s, waiting up to ${queueMs} ms`,
    places: [`the wire ${out ? "out of" : "to"} ${node.name}`],
    async inject() {
      await requireCommand("tc", "iproute2");
      if (out) await runIpBatch([`link add ${device} type ifb`, `link set dev ${device} up`], netns);
      const bucket = ["rate", `${rateKbit}kbit`, "burst", `${burstBytes}`, "latency", `${queueMs}ms`];
      await runCommand(tc("qdisc", "replace", "dev", device, "root", "tbf", ...bucket));
      if (!out) return;
      await runCommand(tc("qdisc", "add", "dev", port, "ingress"));
      const everything = ["protocol", "all", "u32", "match", "u32", "0", "0"];
      const detour = ["action", "mirred", "egress", "redirect", "dev", device];
      await runCommand(tc("filter", "add", "dev", port, "parent", "ffff:", ...everything, ...detour));
    },
    async heal() {
      if (!out) {
        await tryCommand(tc("qdisc", "del", "dev", port, "root"));
        return;
      }
      await tryCommand(tc("qdisc", "del", "dev", port, "ingress"));
      await tryCommand({ command: "ip", args: ["-n", netns, "link", "del", device] });
    },
    async read() {
      const text = await runCommand(tc("-s", "-j", "qdisc", "show", "dev", device));
      const queue = queuesSchema.parse(JSON.parse(text)).find(({ kind }) => kind === "tbf");
      return {
        type: "queue",
        sentPackets: queue?.packets ?? 0,
        sentBytes: queue?.bytes ?? 0,
        droppedPackets: queue?.drops ?? 0,
        overlimits: queue?.overlimits ?? 0,
        backlogBytes: queue?.backlog ?? 0,
      };
    },
  };
}
