import { isIPv4 } from "node:net";
import { Fault } from "@hopline/fault";
import { z } from "zod";
import type { LabNames } from "../host/names.js";
import { runCommand } from "../host/run-command.js";
import type { NodePlan } from "../network/address-plan.js";
import type { Profile } from "../network/profile.js";
import type { ClusterObjects } from "../objects/cluster-objects.js";

const linksSchema = z.array(
  z.looseObject({ ifindex: z.int(), ifname: z.string(), link_index: z.int().optional() }),
);

export interface FaultSitesOptions {
  readonly names: LabNames;
  readonly nodes: readonly NodePlan[];
  readonly profile: Profile;
  readonly objects: ClusterObjects;
}

/** A pod's interface as its node sees it. */
export interface PodSite {
  readonly address: string;
  readonly node: NodePlan;
  /** Node's end of its veth pair. */
  readonly device: string;
}

/** Finds what faults name: nodes, pods, their addresses and interfaces. */
export class FaultSites {
  readonly names: LabNames;
  readonly nodes: readonly NodePlan[];
  readonly profile: Profile;
  readonly #objects: ClusterObjects;

  constructor(options: FaultSitesOptions) {
    this.names = options.names;
    this.nodes = options.nodes;
    this.profile = options.profile;
    this.#objects = options.objects;
  }

  /** @throws Fault `LAB_FAULT_INVALID` */
  node(name: string): NodePlan {
    const found = this.nodes.find((node) => node.name === name);
    if (found !== undefined) return found;
    throw invalid(
      `There is no node ${name}`,
      `The lab has ${this.nodes.map((node) => node.name).join(", ")}.`,
    );
  }

  /** Two nodes that are not the same one. @throws Fault `LAB_FAULT_INVALID` */
  pair(name: string, peerName: string): [NodePlan, NodePlan] {
    if (name === peerName) throw invalid(`Node and peer are both ${name}`, "Name two nodes.");
    return [this.node(name), this.node(peerName)];
  }

  /** @throws Fault `LAB_FAULT_INVALID` */
  async pod(name: string): Promise<PodSite> {
    const [namespace = "", podName = ""] = name.split("/");
    const { node, address } = this.#placed(namespace, podName);
    const [inside] = await this.#links(this.names.pod(namespace, podName), "eth0");
    const outside = (await this.#links(this.names.node(node.name))).find(
      (link) => link.ifindex === inside?.link_index,
    );
    if (outside === undefined) throw invalid(`Pod ${name} has no interface on ${node.name}`);
    return { address, node, device: outside.ifname };
  }

  /** The IPv4 range that a pod, a node (its pods), an address or a range stands for. @throws Fault `LAB_FAULT_INVALID` */
  range(text: string): string {
    const [address = "", length = "32", ...rest] = text.split("/");
    if (isIPv4(address)) {
      if (rest.length === 0 && /^\d+$/.test(length) && Number(length) <= 32) return `${address}/${length}`;
      throw invalid(`${text} is no IPv4 range`, "Write one like 10.244.2.0/24.");
    }
    if (!text.includes("/")) return this.node(text).podCidr;
    return `${this.#placed(address, length).address}/32`;
  }

  #placed(namespace: string, name: string): { node: NodePlan; address: string } {
    const pod = this.#objects.get("Pod", namespace, name);
    const node = this.nodes.find((candidate) => candidate.name === pod?.spec.nodeName);
    const address = pod?.status?.podIP;
    if (node !== undefined && address !== undefined) return { node, address };
    throw invalid(
      `There is no running pod ${namespace}/${name}`,
      'Name one as NAMESPACE/POD; "hopline lab status" lists them.',
    );
  }

  async #links(netns: string, device?: string): Promise<z.output<typeof linksSchema>> {
    const args = ["-n", netns, "-j", "link", "show", ...(device === undefined ? [] : ["dev", device])];
    return linksSchema.parse(JSON.parse(await runCommand({ command: "ip", args })));
  }
}

/** What a request for a fault asks and cannot have; `message` without its full stop. */
export function invalid(message: string, hint?: string): Fault {
  return new Fault({
    code: "LAB_FAULT_INVALID",
    message: `${message}.`,
    ...(hint === undefined ? {} : { hint }),
  });
}
