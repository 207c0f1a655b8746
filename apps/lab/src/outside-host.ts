import type { LabNames } from "./host/names.js";
import { PodProcess } from "./kubelet/pod-process.js";
import type { Workloads } from "./kubelet/workloads.js";
import type { LedgerEntry } from "./ledger/ledger-entry.js";
import { type NodePlan, OUTSIDE_ADDRESS } from "./network/address-plan.js";

const NAME = "outside-host";
const NODE_PORT = 30_080;

export interface OutsideHostOptions {
  readonly names: LabNames;
  readonly nodes: readonly NodePlan[];
  readonly workloads: Workloads;
  readonly onConversation: (entry: LedgerEntry) => void;
  readonly report: (message: string) => void;
}

/** The host outside the cluster: a web server, the DNS above the cluster's, and a client of the shop's NodePort. */
export class OutsideHost {
  readonly #options: OutsideHostOptions;
  readonly #process: PodProcess;

  constructor(options: OutsideHostOptions) {
    this.#options = options;
    this.#process = new PodProcess({
      name: NAME,
      netns: options.names.outside,
      onConversation: options.onConversation,
      onTrouble: (message) => options.report(`${NAME}: ${message}`),
      onLost: () => options.report(`${NAME} ended by itself`),
    });
  }

  async start(): Promise<void> {
    const { nodes, workloads } = this.#options;
    this.#process.start();
    const calls = nodes
      .slice(0, 2)
      .map(
        (node) => `http://${node.address}:${NODE_PORT}/ every=800ms reply=9000 send=200 target=edge/ingress`,
      );
    await this.#process.begin({
      type: "begin",
      initiator: {
        namespace: "outside",
        pod: NAME,
        workload: NAME,
        workloadKind: "External",
        node: "outside",
      },
      address: OUTSIDE_ADDRESS,
      behaviour: { SERVE: "http:80 dns:53 store:9000", CALL: calls.join("\n") },
      rate: workloads.rate,
    });
    this.#process.send({ type: "zone", addresses: { "rates.example.net": OUTSIDE_ADDRESS } });
    workloads.join(this.#process, { zone: false, scrapeTargets: false });
  }

  kill(): Promise<void> {
    return this.#process.kill();
  }
}
