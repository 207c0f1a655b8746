import { runCommand } from "../host/run-command.js";
import type { PodInterface } from "./cni-runtime.js";

/**
 * Has a pod's kernel say by gratuitous ARP whose address it is, as later versions of the bridge plugin do by
 * themselves: neighbours that remember the address's former owner would send into the void for up to a minute.
 */
export async function announceAddress(netns: string, { name, mac }: PodInterface): Promise<void> {
  // With arp_notify, a hardware address that is set, even to what it is, is announced (ip-sysctl).
  const script = `echo 1 > /proc/sys/net/ipv4/conf/${name}/arp_notify && ip link set dev ${name} address ${mac}`;
  await runCommand({ command: "sh", args: ["-c", script], netns });
}
