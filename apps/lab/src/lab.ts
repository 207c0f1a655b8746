import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, Fault, systemCode } from "@hopline/fault";
import { Cluster, type ObjectChange } from "./cluster.js";
import { ControlServer } from "./control/control-server.js";
import type { LabControl, LabState } from "./control/lab-control.js";
import type { Handover } from "./controllers/address-handover.js";
import { type FaultRequestInput, faultRequestSchema } from "./faults/fault-request.js";
import { FaultSites } from "./faults/fault-sites.js";
import { type FaultEntry, type FaultReport, Faults } from "./faults/faults.js";
import { LabNames } from "./host/names.js";
import { type KubeApi, ObjectStore, startKubeApi } from "./kube-api/index.js";
import { type LabDescription, RUN_FILES } from "./lab-description.js";
import { LedgerFile } from "./ledger/ledger-file.js";
import { labFolder, writeRecord } from "./lifecycle/lab-record.js";
import { identify } from "./lifecycle/process-identity.js";
import { Reaper } from "./lifecycle/reaper.js";
import { sweepDeadLabs, sweepLab } from "./lifecycle/sweep.js";
import { type NodePlan, nodePlan, OUTSIDE_ADDRESS } from "./network/address-plan.js";
import { buildClusterNetwork } from "./network/cluster-network.js";
import { PROFILES, type ProfileName } from "./network/profile.js";
import { ClusterObjects } from "./objects/cluster-objects.js";
import { type ManifestObject, readManifest } from "./objects/manifest.js";
import { PeriodicRestarts } from "./periodic-restarts.js";
import type { Denial } from "./policy/policy-rules.js";
import type { Progress } from "./progress.js";

export interface LabOptions {
  readonly name: string;
  readonly nodes: number;
  /** Multiplies how often workloads call. */
  readonly rate: number;
  readonly profile: ProfileName;
  /** What becomes of what policies deny. */
  readonly denyWith: Denial;
  /** Absolute; in the lab's own folder where absent. */
  readonly runFolder: string | undefined;
  /** 0: no pod restarts by itself. */
  readonly restartEveryMs: number;
  readonly pluginFolder: string;
  readonly manifest: readonly ManifestObject[];
  readonly progress: Progress;
  /** What the running lab cannot go on with. */
  readonly onError: (thrown: unknown) => void;
  readonly random: () => number;
  readonly nowMs: () => number;
}

/** A whole lab: what it makes in the kernel, its control plane, its files, and its end. */
export class Lab implements LabControl {
  readonly #options: LabOptions;
  readonly #names: LabNames;
  readonly #nodes: readonly NodePlan[];
  readonly #runFolder: string;
  readonly #objects = new ClusterObjects(new ObjectStore());
  readonly #ledger: LedgerFile;
  readonly #cluster: Cluster;
  readonly #faults: Faults;
  readonly #control: ControlServer;
  readonly #restarts: PeriodicRestarts;
  #api: KubeApi | undefined;
  #reaper: Reaper | undefined;

  /** @throws Fault `SETTINGS_INVALID` for a name or a run folder that cannot be. */
  constructor(options: LabOptions) {
    const { progress } = options;
    this.#options = options;
    this.#names = new LabNames(options.name);
    this.#nodes = Array.from({ length: options.nodes }, (_, index) => nodePlan(index + 1));
    this.#runFolder = options.runFolder ?? join(labFolder(options.name), "run");
    this.#ledger = new LedgerFile(join(this.#runFolder, RUN_FILES.ledger));
    this.#cluster = new Cluster({
      names: this.#names,
      nodes: this.#nodes,
      profile: PROFILES[options.profile],
      objects: this.#objects,
      rate: options.rate,
      folder: labFolder(options.name),
      pluginFolder: options.pluginFolder,
      onConversation: (entry) => this.#ledger.append(entry),
      report: (message) => progress.note(message),
      onError: options.onError,
      random: options.random,
      nowMs: options.nowMs,
    });
    this.#faults = new Faults({
      sites: new FaultSites({
        names: this.#names,
        nodes: this.#nodes,
        profile: PROFILES[options.profile],
        objects: this.#objects,
      }),
      setEnforcement: (nodes, enforcing) => this.#cluster.setEnforcement(nodes, enforcing),
      ownPids: () => [process.pid, ...(this.#reaper === undefined ? [] : [this.#reaper.identity.pid])],
      nowMs: options.nowMs,
    });
    this.#control = new ControlServer(join(this.#runFolder, RUN_FILES.control), this);
    this.#restarts = new PeriodicRestarts({
      restart: () => this.restartPod(),
      everyMs: options.restartEveryMs,
      report: (message) => progress.note(message),
    });
  }

  /** Brings the lab up, from sweeping what a killed one left to the first conversation. */
  async start(): Promise<LabDescription> {
    const { name, nodes, profile, progress, manifest, denyWith } = this.#options;
    await this.#takeName();
    await this.#openRunFolder();
    await progress.step(`network of ${nodes} nodes, ${profile} profile`, () =>
      buildClusterNetwork(this.#names, this.#nodes, PROFILES[profile]),
    );
    this.#api = await startKubeApi({ store: this.#objects.store, host: "127.0.0.1", port: 0 });
    await progress.step("pods, services and policies", () => this.#cluster.start(manifest, denyWith));
    this.#cluster.workloads.resume();
    this.#restarts.start();
    await this.#control.start();
    const description = this.#describe();
    await writeFile(description.kubeconfig, this.#api.kubeconfig(), { mode: 0o600 });
    await writeFile(
      join(this.#runFolder, RUN_FILES.description),
      `${JSON.stringify(description, undefined, 2)}\n`,
    );
    progress.note(`${name} is up with ${this.#objects.list("Pod").length} pods on ${nodes} nodes`);
    return description;
  }

  /** Takes everything away again; may be called at any time, also after a start that failed. */
  async stop(): Promise<void> {
    await this.#control.stop();
    this.#restarts.abandon();
    await this.#cluster.stop();
    await this.#ledger.close();
    await this.#api?.close();
    if (this.#reaper === undefined) return; // The name was never ours.
    await sweepLab(this.#options.name);
    await this.#reaper.dismiss();
  }

  state(): LabState {
    return {
      name: this.#options.name,
      rate: this.#cluster.workloads.rate,
      calling: this.#cluster.workloads.calling,
      pods: this.#objects.list("Pod").map(({ metadata, spec, status }) => ({
        namespace: metadata.namespace ?? "",
        name: metadata.name,
        node: spec.nodeName,
        address: status?.podIP,
        phase: metadata.deletionTimestamp === undefined ? (status?.phase ?? "Pending") : "Terminating",
      })),
      ledger: this.#ledger.totals,
      faults: this.#faults.entries,
      ...this.#cluster.counters(),
    };
  }

  async quiesce(): Promise<void> {
    await this.#restarts.stop();
    await this.#cluster.workloads.quiesce();
    await this.#ledger.flush();
  }

  resume(): void {
    this.#cluster.workloads.resume();
    this.#restarts.start();
  }

  async snapshot(): Promise<void> {
    await this.#cluster.workloads.snapshot();
    await this.#ledger.flush();
  }

  setRate(rate: number): void {
    this.#cluster.workloads.setRate(rate);
  }

  denyWith(denial: Denial): Promise<void> {
    return this.#cluster.denyWith(denial);
  }

  async restartPod(pod?: string): Promise<Handover> {
    const handover = await this.#cluster.handOver(pod);
    this.#options.progress.note(
      `${handover.address} passed from ${handover.previousPod} to ${handover.nextPod}`,
    );
    return handover;
  }

  async apply(text: string, file: string): Promise<ObjectChange[]> {
    const changes = this.#cluster.apply(readManifest(text, file));
    await this.#cluster.changed();
    return changes;
  }

  async delete(text: string, file: string): Promise<ObjectChange[]> {
    const changes = this.#cluster.delete(readManifest(text, file));
    await this.#cluster.changed();
    return changes;
  }

  async addFault(request: FaultRequestInput): Promise<FaultEntry> {
    const entry = await this.#faults.add(faultRequestSchema.parse(request));
    this.#options.progress.note(`fault ${entry.id}: ${entry.about}`);
    return entry;
  }

  faults(): Promise<FaultReport[]> {
    return this.#faults.list();
  }

  async removeFault(id: string): Promise<FaultReport[]> {
    const removed = await this.#faults.remove(id);
    for (const entry of removed)
      this.#options.progress.note(`fault ${entry.id} is taken back: ${entry.about}`);
    return removed;
  }

  async #takeName(): Promise<void> {
    const { name, progress } = this.#options;
    const swept = await sweepDeadLabs(name);
    if (swept.length > 0) progress.note(`took away what was left of ${swept.join(", ")}`);
    const owner = identify(process.pid);
    if (owner === undefined) throw new Error("/proc does not show this process");
    this.#reaper = Reaper.start(name);
    await writeRecord({ name, owner, reaper: this.#reaper.identity, runFolder: this.#runFolder });
    // A killed lab's socket in a run folder that is used again.
    await rm(join(this.#runFolder, RUN_FILES.control), { force: true });
  }

  async #openRunFolder(): Promise<void> {
    try {
      await mkdir(this.#runFolder).catch((thrown: unknown) => {
        if (systemCode(thrown) !== "EEXIST") throw thrown;
      });
      await this.#ledger.open();
    } catch (thrown) {
      throw new Fault({
        code: "RUN_FOLDER_UNUSABLE",
        message: `The lab cannot write into ${this.#runFolder}: ${describe(thrown)}.`,
        hint: "Give a --run-dir in a folder that is there.",
        cause: thrown,
      });
    }
  }

  #describe(): LabDescription {
    return {
      name: this.#options.name,
      profile: this.#options.profile,
      kubeconfig: join(this.#runFolder, RUN_FILES.kubeconfig),
      nodes: this.#nodes.map(({ name, address, podCidr }) => ({
        name,
        netns: this.#names.node(name),
        address,
        podCidr,
      })),
      outside: { netns: this.#names.outside, address: OUTSIDE_ADDRESS },
      ledger: this.#ledger.path,
      control: join(this.#runFolder, RUN_FILES.control),
      pid: process.pid,
    };
  }
}
