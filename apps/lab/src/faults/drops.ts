import { requireCommand } from "../host/required-command.js";
import { runCommand, tryCommand } from "../host/run-command.js";
import { type DropRule, dropTable, readDrops } from "./drop-rules.js";
import type { FaultSettings } from "./fault-request.js";
import type { FaultSites } from "./fault-sites.js";
import type { PlannedFault } from "./planned-fault.js";

/** Before anything else that may look at a packet there. */
const FIRST = "priority -300";
/** After iptables' FORWARD, whose policies have had their say. */
const AFTER_IPTABLES = "priority 1";
const ETHERNET_BYTES = 14;

/**
 * Loss on the wire: at the underlay's port of one node, which lies between what the node has sent and what
 * another gets.
 */
export function planUplinkDrop(
  sites: FaultSites,
  id: string,
  settings: FaultSettings<"drop-uplink">,
): PlannedFault {
  const { direction, probability, traffic, peer } = settings;
  const node = sites.node(settings.node);
  const far = peer === undefined ? undefined : sites.pair(node.name, peer)[1];
  const { vxlanPort } = sites.profile;
  const match = [
    far === undefined ? "meta protocol ip" : `ip ${direction === "out" ? "daddr" : "saddr"} ${far.address}`,
    ...(traffic === "vxlan" ? [`udp dport ${vxlanPort}`] : []),
  ].join(" ");
  const way = direction === "out" ? "leaves" : "comes to";
  const between = far === undefined ? "" : direction === "out" ? ` for ${far.name}` : ` from ${far.name}`;
  return dropFault(
    sites.names.underlay,
    // What a node sends comes in at its port.
    { ...deviceHook(node.name, direction === "out"), table: tableName(id), match, probability, vxlanPort },
    `${percent(probability)} of ${traffic === "vxlan" ? "the VXLAN" : "everything"} that ${way} ${node.name}${between} is lost on the wire`,
  );
}

/** Loss at the node's end of one pod's veth: after the pod's hop for what it sends, before it for what it gets. */
export async function planPodDrop(
  sites: FaultSites,
  id: string,
  settings: FaultSettings<"drop-pod">,
): Promise<PlannedFault> {
  const { direction, probability } = settings;
  const { node, device } = await sites.pod(settings.pod);
  return dropFault(
    sites.names.node(node.name),
    {
      ...deviceHook(device, direction === "out"),
      table: tableName(id),
      match: "meta protocol ip",
      probability,
      vxlanPort: undefined,
    },
    `${percent(probability)} of what ${settings.pod} ${direction === "out" ? "sends" : "should get"} is lost at ${device} on ${node.name}`,
  );
}

/** Loss where a node forwards: between bridge and tunnel, or between two pods of the node. */
export function planForwardDrop(
  sites: FaultSites,
  id: string,
  settings: FaultSettings<"drop-forward">,
): PlannedFault {
  const { probability, source, destination } = settings;
  const node = sites.node(settings.node);
  const match = [
    ...(source === undefined ? [] : [`ip saddr ${sites.range(source)}`]),
    ...(destination === undefined ? [] : [`ip daddr ${sites.range(destination)}`]),
  ].join(" ");
  const between = `${source === undefined ? "" : ` from ${source}`}${destination === undefined ? "" : ` to ${destination}`}`;
  return dropFault(
    sites.names.node(node.name),
    {
      family: "ip",
      table: tableName(id),
      hook: `forward ${AFTER_IPTABLES}`,
      linkHeaderBytes: 0,
      match,
      probability,
      vxlanPort: undefined,
    },
    `${percent(probability)} of what ${node.name} forwards${between} is lost there`,
  );
}

function deviceHook(
  device: string,
  comingIn: boolean,
): Pick<DropRule, "family" | "hook" | "linkHeaderBytes"> {
  return {
    family: "netdev",
    hook: `${comingIn ? "ingress" : "egress"} device "${device}" ${FIRST}`,
    linkHeaderBytes: comingIn ? 0 : ETHERNET_BYTES,
  };
}

function dropFault(netns: string, rule: DropRule, about: string): PlannedFault {
  const table = [rule.family, rule.table];
  return {
    about,
    places: [],
    async inject() {
      await requireCommand("nft", "nftables");
      await runCommand({ command: "nft", args: ["-f", "-"], netns, input: dropTable(rule) });
    },
    async heal() {
      await tryCommand({ command: "nft", args: ["delete", "table", ...table], netns });
    },
    async read() {
      const args = ["-j", "list", "counters", "table", ...table];
      return readDrops(rule, await runCommand({ command: "nft", args, netns }));
    },
  };
}

function tableName(id: string): string {
  return `hopline_fault_${id}`;
}

function percent(probability: number): string {
  return `${Number((probability * 100).toPrecision(6))} %`;
}
