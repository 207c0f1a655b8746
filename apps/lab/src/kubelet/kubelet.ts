import { describe } from "@hopline/fault";
import type { LabNames } from "../host/names.js";
import { createNamespaces, deleteNamespaces } from "../host/network-namespaces.js";
import type { LedgerEntry } from "../ledger/ledger-entry.js";
import { CLUSTER_DNS_ADDRESS, type NodePlan, OUTSIDE_ADDRESS } from "../network/address-plan.js";
import { announceAddress } from "../network/announce-address.js";
import type { CniRuntime, PodInterface } from "../network/cni-runtime.js";
import { type ClusterObjects, uidOf } from "../objects/cluster-objects.js";
import { behaviourOf, behaviourText } from "../objects/images.js";
import { ADDRESS_ANNOTATION, runningStatus } from "../objects/pod-status.js";
import type { Pod } from "../objects/schemas.js";
import { workloadOwner } from "../objects/workload-owner.js";
import { PodProcess } from "./pod-process.js";
import type { Workloads } from "./workloads.js";

const DNS_OF_CLUSTER = {
  address: CLUSTER_DNS_ADDRESS,
  target: { namespace: "kube-system", name: "kube-dns", kind: "Service" },
} as const;
/** What a pod with the node's own DNS settings asks. */
const DNS_OF_NODE = {
  address: OUTSIDE_ADDRESS,
  target: { namespace: "", name: OUTSIDE_ADDRESS, kind: "External" },
} as const;

export interface KubeletOptions {
  readonly node: NodePlan;
  readonly names: LabNames;
  readonly objects: ClusterObjects;
  readonly cni: CniRuntime;
  readonly workloads: Workloads;
  readonly onConversation: (entry: LedgerEntry) => void;
  /** Settles when the rules of all nodes know what the objects say now. */
  readonly rulesKnow: () => Promise<void>;
  readonly report: (message: string) => void;
  readonly nowMs: () => number;
}

interface LocalPod {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly netns: string;
  readonly process: PodProcess;
  /** Settles when it runs, or has failed to. */
  started: Promise<void>;
  leave: () => void;
  stopping: boolean;
}

/** Runs the pods that are bound to one node: namespace, attachment, process, status. */
export class Kubelet {
  readonly #options: KubeletOptions;
  readonly #pods = new Map<string, LocalPod>();
  /** Plugins of one node are called one after another, as a container runtime does for one network. */
  #attaching: Promise<unknown> = Promise.resolve();
  #killed = false;
  /** Pods whose process ended without being told to. */
  lost = 0;

  constructor(options: KubeletOptions) {
    this.#options = options;
  }

  /** Starts what is bound to this node and not here, stops what is here and should not be. Returns at once. */
  reconcile(): void {
    const bound = this.#options.objects
      .list("Pod")
      .filter((pod) => pod.spec.nodeName === this.#options.node.name);
    const wanted = new Map(bound.map((pod) => [uidOf(pod), pod]));
    const added = bound.filter(
      (pod) => !this.#pods.has(uidOf(pod)) && pod.metadata.deletionTimestamp === undefined,
    );
    if (added.length > 0) this.#startAll(added);
    for (const local of this.#pods.values()) {
      const pod = wanted.get(local.uid);
      if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) void this.#stop(local);
    }
    for (const pod of bound) {
      // Deleted before it was ever started.
      if (pod.metadata.deletionTimestamp !== undefined && !this.#pods.has(uidOf(pod))) this.#forget(pod);
    }
  }

  /** Ends all processes at once, leaving namespaces to whoever takes the whole lab away. */
  async kill(): Promise<void> {
    const locals = [...this.#pods.values()];
    this.#killed = true;
    for (const local of locals) local.stopping = true;
    await Promise.all(locals.map((local) => local.process.kill()));
    await this.#attaching;
  }

  #startAll(pods: readonly Pod[]): void {
    const locals = pods.map((pod) => this.#admit(pod));
    const created = createNamespaces(locals.map((local) => local.netns));
    for (const [index, local] of locals.entries()) {
      local.started = created
        .then(() => this.#start(pods[index]!, local))
        .catch((thrown: unknown) => {
          if (!local.stopping)
            this.#options.report(`pod ${local.process.name} did not start: ${describe(thrown)}`);
        });
    }
  }

  #admit(pod: Pod): LocalPod {
    const { name } = pod.metadata;
    const namespace = pod.metadata.namespace ?? "";
    const fullName = `${namespace}/${name}`;
    const netns = this.#options.names.pod(namespace, name);
    const local: LocalPod = {
      uid: uidOf(pod),
      namespace,
      name,
      netns,
      process: new PodProcess({
        name: fullName,
        netns,
        onConversation: this.#options.onConversation,
        onTrouble: (message) => this.#options.report(`pod ${fullName}: ${message}`),
        onLost: () => {
          this.lost += 1;
          this.#options.report(`pod ${fullName} ended by itself and is replaced`);
          void this.#stop(local);
        },
      }),
      started: Promise.resolve(),
      leave: () => {},
      stopping: false,
    };
    this.#pods.set(local.uid, local);
    return local;
  }

  async #start(pod: Pod, local: LocalPod): Promise<void> {
    const { objects, node, workloads, rulesKnow, nowMs } = this.#options;
    if (local.stopping) return;
    local.process.start();
    const address = await this.#attach(pod, local);
    const owner = workloadOwner(objects, pod);
    await local.process.begin({
      type: "begin",
      initiator: {
        namespace: local.namespace,
        pod: local.name,
        workload: owner.name,
        workloadKind: owner.kind,
        node: node.name,
      },
      address,
      behaviour: behaviourText(pod.spec),
      dns: pod.spec.dnsPolicy === "Default" ? DNS_OF_NODE : DNS_OF_CLUSTER,
      rate: workloads.rate,
    });
    const current = objects.get("Pod", local.namespace, local.name);
    if (local.stopping || current?.metadata.uid !== local.uid) return;
    const now = new Date(nowMs()).toISOString().replace(/\.\d+Z$/, "Z");
    objects.apply({ ...current, status: runningStatus(current, address, node.address, now) });
    // Its policies must hold, and its address mean nobody else, before it calls anyone.
    await rulesKnow();
    if (local.stopping) return;
    const behaviour = behaviourOf(pod.spec);
    local.leave = workloads.join(local.process, {
      zone: behaviour.servers.some((server) => server.kind === "dns"),
      scrapeTargets: behaviour.calls.some((call) => call.kind === "scrape"),
    });
  }

  /** Settles with the pod's address. */
  async #attach(pod: Pod, local: LocalPod): Promise<string> {
    const made = await this.#addInterface(pod, local);
    await announceAddress(local.netns, made);
    return made.address;
  }

  async #addInterface(pod: Pod, local: LocalPod): Promise<PodInterface> {
    const { cni, node, report } = this.#options;
    const attachment = { containerId: local.uid, netns: local.netns };
    const wanted = pod.metadata.annotations?.[ADDRESS_ANNOTATION];
    if (wanted !== undefined) {
      const requestedAddress = `${wanted}/${node.podCidr.split("/")[1]}`;
      try {
        return await this.#inTurn(() => cni.add({ ...attachment, requestedAddress }));
      } catch (thrown) {
        if (!this.#killed) report(`pod ${local.process.name} does not get ${wanted}: ${describe(thrown)}`);
      }
    }
    return this.#inTurn(() => cni.add(attachment));
  }

  async #stop(local: LocalPod): Promise<void> {
    if (local.stopping) return;
    local.stopping = true;
    await local.started;
    // Nobody is led to it any more before it goes.
    await this.#options.rulesKnow();
    await local.process.stop();
    local.leave();
    try {
      await this.#inTurn(() => this.#options.cni.remove({ containerId: local.uid, netns: local.netns }));
    } catch (thrown) {
      if (!this.#killed) this.#options.report(describe(thrown));
    }
    await deleteNamespaces([local.netns]);
    this.#pods.delete(local.uid);
    const pod = this.#options.objects.get("Pod", local.namespace, local.name);
    if (pod?.metadata.uid === local.uid) this.#forget(pod);
  }

  #forget(pod: Pod): void {
    this.#options.objects.remove("Pod", pod.metadata.namespace, pod.metadata.name);
  }

  #inTurn<Result>(call: () => Promise<Result>): Promise<Result> {
    const result = this.#attaching.then(() => {
      // Whoever waited for a turn waits no longer: each takes a second or more where many share the machine.
      if (this.#killed) throw new Error(`${this.#options.node.name} is being taken away`);
      return call();
    });
    this.#attaching = result.catch(() => {});
    return result;
  }
}
