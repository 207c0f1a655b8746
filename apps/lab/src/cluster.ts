import { Fault } from "@hopline/fault";
import { AddressHandover, type Handover } from "./controllers/address-handover.js";
import { AddressReservations } from "./controllers/address-reservations.js";
import { awaitObjects } from "./controllers/await-objects.js";
import { deleteObject } from "./controllers/garbage.js";
import { Reconciler } from "./controllers/reconciler.js";
import type { LabNames } from "./host/names.js";
import { NodeRules } from "./iptables/node-rules.js";
import { Kubelet } from "./kubelet/kubelet.js";
import { Workloads } from "./kubelet/workloads.js";
import type { LedgerEntry } from "./ledger/ledger-entry.js";
import type { NodePlan } from "./network/address-plan.js";
import { networkConfiguration, writeNetworkConfiguration } from "./network/cni-configuration.js";
import { CniRuntime } from "./network/cni-runtime.js";
import type { Profile } from "./network/profile.js";
import { checkNamespaces, complete } from "./objects/admission.js";
import type { ClusterObjects } from "./objects/cluster-objects.js";
import type { ManifestObject } from "./objects/manifest.js";
import { nodeObject } from "./objects/node-object.js";
import { isActive, isSettled } from "./objects/pod-status.js";
import type { Pod } from "./objects/schemas.js";
import { OutsideHost } from "./outside-host.js";
import type { Denial } from "./policy/policy-rules.js";
import type { WorkloadCounters } from "./workload/messages.js";

const PODS_LIMIT_MS = 60_000;
const CHANGE_LIMIT_MS = 20_000;

export interface ClusterOptions {
  readonly names: LabNames;
  readonly nodes: readonly NodePlan[];
  readonly profile: Profile;
  readonly objects: ClusterObjects;
  readonly rate: number;
  /** Folder for each node's CNI configuration and address files. */
  readonly folder: string;
  readonly pluginFolder: string;
  readonly onConversation: (entry: LedgerEntry) => void;
  readonly report: (message: string) => void;
  readonly onError: (thrown: unknown) => void;
  readonly random: () => number;
  readonly nowMs: () => number;
}

/** What a change by manifest did to one object. */
export interface ObjectChange {
  readonly action: "created" | "configured" | "unchanged" | "deleted" | "not found";
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

export interface ClusterCounters extends WorkloadCounters {
  /** Pods whose process ended by itself and was replaced. */
  readonly lostPods: number;
  /** Times that a node's rules were rewritten. */
  readonly ruleChanges: number;
}

/** Control plane, nodes' rules and workloads on a network that is there already. */
export class Cluster {
  readonly workloads: Workloads;
  readonly #options: ClusterOptions;
  readonly #kubelets: Kubelet[];
  readonly #rules: NodeRules[];
  readonly #reconciler: Reconciler;
  readonly #handover: AddressHandover;
  readonly #outside: OutsideHost;

  constructor(options: ClusterOptions) {
    const { names, nodes, objects, onConversation, report, random, nowMs } = options;
    this.#options = options;
    this.workloads = new Workloads(options.rate);
    this.#rules = nodes.map((node) => new NodeRules(node, names.node(node.name)));
    this.#kubelets = nodes.map(
      (node) =>
        new Kubelet({
          node,
          names,
          objects,
          cni: new CniRuntime({
            nodeNetns: names.node(node.name),
            configurationFolder: this.#configurationFolder(node),
            pluginFolder: options.pluginFolder,
          }),
          workloads: this.workloads,
          onConversation,
          rulesKnow: () => this.#reconciler.settled(),
          report,
          nowMs,
        }),
    );
    const reservations = new AddressReservations();
    this.#reconciler = new Reconciler({
      objects,
      reservations,
      workloads: this.workloads,
      kubelets: this.#kubelets,
      rules: this.#rules,
      random,
      nowMs,
      onError: options.onError,
    });
    this.#handover = new AddressHandover({ objects, reservations, restMs: 1500, random, nowMs });
    this.#outside = new OutsideHost({ names, nodes, workloads: this.workloads, onConversation, report });
  }

  /** Brings everything of a manifest up, and settles when all pods are ready and all rules in place; nobody calls yet. */
  async start(manifest: readonly ManifestObject[], denial: Denial): Promise<void> {
    for (const rules of this.#rules) rules.denial = denial;
    const { nodes, profile, objects, nowMs } = this.#options;
    const outside = this.#outside.start();
    await Promise.all([
      ...this.#rules.map((rules) => rules.start()),
      ...nodes.map((node) =>
        writeNetworkConfiguration(
          this.#configurationFolder(node),
          networkConfiguration(node, profile, `${this.#options.folder}/${node.name}/addresses`),
        ),
      ),
    ]);
    for (const node of nodes) objects.apply(nodeObject(node, new Date(nowMs()).toISOString()));
    this.apply(manifest);
    this.#reconciler.start();
    await this.#reconciler.settled();
    await this.#allReady(PODS_LIMIT_MS);
    await this.#reconciler.settled();
    await outside;
  }

  /** Ends the control plane and every workload at once; the network is another's to take away. */
  async stop(): Promise<void> {
    await this.#reconciler.stop();
    await Promise.all([...this.#kubelets.map((kubelet) => kubelet.kill()), this.#outside.kill()]);
  }

  apply(manifest: readonly ManifestObject[]): ObjectChange[] {
    const { objects } = this.#options;
    checkNamespaces(objects, manifest);
    return manifest.map(({ object }) => {
      const { apiVersion, kind, metadata } = object;
      const before = objects.store.get(apiVersion, kind, metadata.namespace, metadata.name);
      const after = objects.store.apply(complete(objects, object));
      const action = before === undefined ? "created" : before === after ? "unchanged" : "configured";
      return { action, kind, namespace: metadata.namespace, name: metadata.name };
    });
  }

  delete(manifest: readonly ManifestObject[]): ObjectChange[] {
    const { objects, nowMs } = this.#options;
    return manifest.map(({ object }) => ({
      action: deleteObject(objects, object, nowMs()) ? "deleted" : "not found",
      kind: object.kind,
      namespace: object.metadata.namespace,
      name: object.metadata.name,
    }));
  }

  /** Settles when what was changed has come about: pods ready or gone, rules written. */
  async changed(): Promise<void> {
    await this.#reconciler.settled();
    await this.#allReady(CHANGE_LIMIT_MS);
    await this.#reconciler.settled();
  }

  /** See {@link AddressHandover.run}. */
  handOver(pod?: string): Promise<Handover> {
    return this.#handover.run(pod);
  }

  /** Switches enforcement of policies on nodes, by name, and settles when their rules say so. */
  async setEnforcement(nodes: readonly string[], enforcing: boolean): Promise<void> {
    for (const [index, rules] of this.#rules.entries()) {
      if (nodes.includes(this.#options.nodes[index]!.name)) rules.enforcing = enforcing;
    }
    await this.#reconciler.settled();
  }

  /** Changes what becomes of what policies deny, on all nodes, and settles when their rules say so. */
  async denyWith(denial: Denial): Promise<void> {
    for (const rules of this.#rules) rules.denial = denial;
    await this.#reconciler.settled();
  }

  /** Counters of what went wrong or was done again. */
  counters(): ClusterCounters {
    return {
      ...this.workloads.counters,
      lostPods: this.#kubelets.reduce((sum, kubelet) => sum + kubelet.lost, 0),
      ruleChanges: this.#rules.reduce((sum, rules) => sum + rules.changes, 0),
    };
  }

  async #allReady(limitMs: number): Promise<void> {
    const { objects } = this.#options;
    const look = (): true | undefined => (objects.list("Pod").every(isSettled) ? true : undefined);
    if ((await awaitObjects(objects, look, limitMs)) !== undefined) return;
    const late = objects.list("Pod").filter((pod) => !isSettled(pod));
    throw new Fault({
      code: "LAB_PODS_NOT_READY",
      message: `After ${limitMs / 1000} s these pods are not ready: ${late.map(podState).join(", ")}.`,
    });
  }

  #configurationFolder(node: NodePlan): string {
    return `${this.#options.folder}/${node.name}/net.d`;
  }
}

function podState(pod: Pod): string {
  const state = pod.spec.nodeName === undefined ? "on no node" : isActive(pod) ? pod.status?.phase : "ending";
  return `${pod.metadata.namespace}/${pod.metadata.name} (${state})`;
}
