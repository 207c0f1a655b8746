import type { LabNames } from "../host/names.js";
import { createNamespaces, runIpBatch } from "../host/network-namespaces.js";
import { runCommand } from "../host/run-command.js";
import type { NodePlan } from "./address-plan.js";
import { forwardingLines, remoteNodeLines, vxlanDeviceLines } from "./flannel.js";
import type { Profile } from "./profile.js";
import { bridgeLines, cableLines, outsideLines, uplinkLines } from "./underlay.js";

/** What a node's kernel is told, below /proc/sys/net. */
const NODE_SETTINGS: Readonly<Record<string, string>> = {
  "ipv4/ip_forward": "1",
  "ipv4/conf/all/rp_filter": "0",
  "ipv4/conf/default/rp_filter": "0",
  // Bridged frames between pods of one node pass the node's rules, as every CNI with iptables needs it.
  "bridge/bridge-nf-call-iptables": "1",
  "netfilter/nf_conntrack_events": "1",
  "netfilter/nf_conntrack_acct": "1",
  "netfilter/nf_conntrack_timestamp": "1",
};

/** Makes the underlay, the outside host and the nodes, joined and with their overlay, but without pods or rules. */
export async function buildClusterNetwork(
  names: LabNames,
  nodes: readonly NodePlan[],
  profile: Profile,
): Promise<void> {
  await createNamespaces([names.underlay, names.outside, ...nodes.map((node) => names.node(node.name))]);
  await runIpBatch(cableLines(names, nodes));
  await Promise.all([
    runIpBatch(bridgeLines(nodes), names.underlay),
    setUpOutside(names),
    ...nodes.map((node) => setUpNode(names, node, nodes, profile)),
  ]);
}

async function setUpOutside(names: LabNames): Promise<void> {
  await runIpBatch(outsideLines(), names.outside);
  await writeSettings(names.outside, { "ipv4/ip_forward": "1", "ipv4/conf/all/rp_filter": "0" });
}

async function setUpNode(
  names: LabNames,
  node: NodePlan,
  nodes: readonly NodePlan[],
  profile: Profile,
): Promise<void> {
  const netns = names.node(node.name);
  const remotes = nodes.filter((other) => other.index !== node.index);
  await writeSettings(netns, NODE_SETTINGS);
  await runIpBatch(
    [...uplinkLines(node), ...vxlanDeviceLines(node, profile), ...remoteNodeLines(remotes)],
    netns,
  );
  const forwarding = forwardingLines(remotes);
  if (forwarding.length > 0) {
    await runCommand({
      command: "bridge",
      args: ["-batch", "-"],
      netns,
      input: `${forwarding.join("\n")}\n`,
    });
  }
}

/** /proc/sys/net shows the settings of the namespace of whoever looks. */
async function writeSettings(netns: string, settings: Readonly<Record<string, string>>): Promise<void> {
  const script = Object.entries(settings).map(([path, value]) => `echo ${value} > /proc/sys/net/${path}`);
  await runCommand({ command: "sh", args: ["-e", "-s"], netns, input: `${script.join("\n")}\n` });
}
