import { runIpBatch } from "../host/network-namespaces.js";
import { requireCommand } from "../host/required-command.js";
import { runCommand, tryCommand } from "../host/run-command.js";
import { VXLAN_DEVICE } from "../network/flannel.js";
import { UNDERLAY_MTU } from "../network/profile.js";
import type { FaultSettings } from "./fault-request.js";
import { type FaultSites, invalid } from "./fault-sites.js";
import type { PlannedFault } from "./planned-fault.js";

const UPLINK = "eth0";

/**
 * An interface of one node takes less than pods send. At the tunnel, what may not be fragmented is answered with ICMP
 * `fragmentation needed` (RFC 1191), unless `silent` keeps that back. At the uplink, outer packets are sent with
 * don't-fragment too, and the error goes to the node itself: pods never hear of it.
 */
export function planMtu(sites: FaultSites, id: string, settings: FaultSettings<"mtu">): PlannedFault {
  const { mtu, silent } = settings;
  const node = sites.node(settings.node);
  const netns = sites.names.node(node.name);
  const uplink = settings.interface === "uplink";
  const usual = uplink ? UNDERLAY_MTU : sites.profile.mtu;
  if (mtu >= usual) {
    throw invalid(
      `The ${settings.interface} of ${node.name} takes ${usual} bytes already`,
      "Give a lower --mtu.",
    );
  }
  const links = (bytes: number, fragments: "set" | "unset"): string[] =>
    uplink
      ? [`link set dev ${VXLAN_DEVICE} type vxlan df ${fragments}`, `link set dev ${UPLINK} mtu ${bytes}`]
      : [`link set dev ${VXLAN_DEVICE} mtu ${bytes}`];
  const table = `hopline_fault_${id}`;
  const without = uplink || silent ? ", and pods are not told" : "";
  return {
    about: `the ${settings.interface} of ${node.name} takes ${mtu} bytes instead of ${usual}${without}`,
    places: [`the MTU of ${node.name}'s ${settings.interface}`],
    async inject() {
      if (silent && !uplink) {
        await requireCommand("nft", "nftables");
        await runCommand({ command: "nft", args: ["-f", "-"], netns, input: silenceTable(table) });
      }
      await runIpBatch(links(mtu, "set"), netns);
    },
    async heal() {
      await runIpBatch(links(usual, "unset"), netns);
      if (silent && !uplink)
        await tryCommand({ command: "nft", args: ["delete", "table", "ip", table], netns });
    },
  };
}

function silenceTable(table: string): string {
  return [
    `table ip ${table} {`,
    "  chain errors {",
    "    type filter hook output priority 0; policy accept;",
    "    icmp type destination-unreachable icmp code frag-needed counter drop",
    "  }",
    "}",
    "",
  ].join("\n");
}
