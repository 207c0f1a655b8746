import { setTimeout as delay } from "node:timers/promises";
import type { NodeRules } from "../iptables/node-rules.js";
import type { Kubelet } from "../kubelet/kubelet.js";
import type { Workloads } from "../kubelet/workloads.js";
import type { ClusterObjects } from "../objects/cluster-objects.js";
import { isolatedPods } from "../policy/pod-isolation.js";
import type { AddressReservations } from "./address-reservations.js";
import { reconcileDeployments } from "./deployments.js";
import { clusterZone, scrapeTargets, servicePorts } from "./discovery.js";
import { reconcileEndpointSlices } from "./endpoint-slices.js";
import { collectGarbage } from "./garbage.js";
import { reconcileReplicas } from "./replicas.js";
import { schedulePods } from "./scheduler.js";
import { updateWorkloadStatus } from "./workload-status.js";

/** Changes that come within this time are answered together. */
const GATHER_MS = 25;
/** Controllers that still change things after so many rounds contradict each other. */
const MAX_ROUNDS = 20;

export interface ReconcilerOptions {
  readonly objects: ClusterObjects;
  readonly reservations: AddressReservations;
  readonly workloads: Workloads;
  readonly kubelets: readonly Kubelet[];
  readonly rules: readonly NodeRules[];
  readonly random: () => number;
  readonly nowMs: () => number;
  readonly onError: (thrown: unknown) => void;
}

/**
 * The control plane: after every change of the objects it lets all controllers have their say until nothing changes
 * any more, then tells kubelets, workloads and the nodes' rules.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  #unsubscribe: () => void = () => {};
  #dirty = false;
  #running: Promise<void> | undefined;
  #stopped = true;
  #waiting: (() => void)[] = [];

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#stopped = false;
    this.#unsubscribe = this.#options.objects.store.subscribe(() => this.#kick());
    this.#kick();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe();
    await this.#running;
    this.#release();
  }

  /** Settles when everything that the objects say now has reached the nodes' rules. */
  settled(): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#kick();
    });
  }

  #kick(): void {
    this.#dirty = true;
    if (this.#running !== undefined || this.#stopped) return;
    this.#running = this.#run()
      .catch(this.#options.onError)
      .finally(() => {
        this.#running = undefined;
      });
  }

  async #run(): Promise<void> {
    while (this.#dirty && !this.#stopped) {
      await delay(GATHER_MS);
      this.#dirty = false;
      const waiting = this.#waiting;
      this.#waiting = [];
      await this.#pass();
      for (const resolve of waiting) resolve();
    }
  }

  async #pass(): Promise<void> {
    const { objects, workloads, kubelets, rules } = this.#options;
    this.#control();
    for (const kubelet of kubelets) kubelet.reconcile();
    workloads.setZone(clusterZone(objects));
    workloads.setScrapeTargets(scrapeTargets(objects));
    const services = servicePorts(objects);
    const isolations = isolatedPods({
      pods: objects.list("Pod"),
      namespaces: objects.list("Namespace"),
      policies: objects.list("NetworkPolicy"),
    });
    await Promise.all(rules.map((node) => node.sync(services, isolations)));
  }

  #control(): void {
    const { objects, nowMs } = this.#options;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const { version } = objects.store;
      collectGarbage(objects, nowMs());
      reconcileDeployments(objects);
      reconcileReplicas(this.#options);
      schedulePods(objects);
      reconcileEndpointSlices(objects);
      updateWorkloadStatus(objects);
      if (objects.store.version === version) return;
    }
    throw new Error(`the lab's controllers did not settle in ${MAX_ROUNDS} rounds`);
  }

  #release(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting = [];
  }
}
