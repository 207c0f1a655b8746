import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CLUSTER_CIDR, type NodePlan } from "./address-plan.js";
import type { Profile } from "./profile.js";

const CNI_VERSION = "1.0.0";
const FILE_NAME = "10-flannel.conflist";

/** A plugin's part of a network configuration list (CNI specification 1.0.0, section 1). */
export interface PluginConfiguration {
  readonly type: string;
  readonly capabilities?: Readonly<Record<string, boolean>>;
  readonly [key: string]: unknown;
}

export interface NetworkConfigurationList {
  readonly cniVersion: string;
  readonly name: string;
  readonly plugins: readonly PluginConfiguration[];
}

/**
 * What Flannel's delegation comes to on a node: the bridge plugin with the node's pod range, then portmap.
 * No masquerade by the plugin: the node's own rules do that, as Flannel's do.
 */
export function networkConfiguration(
  node: NodePlan,
  profile: Profile,
  addressFolder: string,
): NetworkConfigurationList {
  return {
    cniVersion: CNI_VERSION,
    name: "cbr0",
    plugins: [
      {
        type: "bridge",
        bridge: "cni0",
        isDefaultGateway: true,
        hairpinMode: true,
        ipMasq: false,
        mtu: profile.mtu,
        capabilities: { ips: true },
        ipam: {
          type: "host-local",
          dataDir: addressFolder,
          ranges: [[{ subnet: node.podCidr }]],
          routes: [{ dst: CLUSTER_CIDR }],
        },
      },
      { type: "portmap", capabilities: { portMappings: true } },
    ],
  };
}

/** Writes a node's configuration into its `net.d` folder and returns the file's path. */
export async function writeNetworkConfiguration(
  folder: string,
  configuration: NetworkConfigurationList,
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, FILE_NAME);
  await writeFile(path, `${JSON.stringify(configuration, undefined, 2)}\n`);
  return path;
}
