import { expect, it } from "vitest";
import type { Pod } from "../src/cluster.js";
import { Judge } from "../src/judge.js";
import { parsePolicy } from "../src/parse-policy.js";
import { type NaiveCluster, naiveVerdict, type RawPolicy } from "./naive-judge.js";
import { NODE_ADDRESSES, RandomCluster } from "./random-cluster.js";

const CLUSTERS = 60;
const CHANGES = 8;
const CONNECTIONS = 250;
const PODS = 12;

/** The judge and the oracle's cluster side by side, changed by the same hand. */
class Pair {
  readonly judge = new Judge();
  readonly #random: RandomCluster;
  readonly #policies = new Map<string, RawPolicy>();
  readonly #pods: Pod[] = [];
  readonly #namespaces: Record<string, Record<string, string>>;
  readonly #nodes = Object.entries(NODE_ADDRESSES).map(([name, address], index) => ({
    name,
    labels: { zone: "ab"[index]! },
    addresses: [address],
  }));

  constructor(seed: number) {
    this.#random = new RandomCluster(seed);
    this.#namespaces = this.#random.namespaces();
    for (const [name, labels] of Object.entries(this.#namespaces)) this.judge.putNamespace({ name, labels });
    for (const node of this.#nodes) this.judge.putNode(node);
    for (let index = 0; index < PODS; index++) this.#putPod(index);
    const count = this.#random.below(9);
    for (let index = 0; index < count; index++) this.#putPolicy(index);
  }

  get cluster(): NaiveCluster {
    return {
      policies: [...this.#policies.values()],
      namespaces: this.#namespaces,
      nodes: this.#nodes,
      pods: this.#pods,
    };
  }

  connection() {
    return this.#random.connection(this.#pods);
  }

  change(): void {
    const what = this.#random.next();
    if (what < 0.4) this.#putPolicy(this.#random.below(9));
    else if (what < 0.6) this.#removePolicy();
    else if (what < 0.85) this.#putPod(this.#random.below(PODS));
    else {
      const name = this.#random.pick(Object.keys(this.#namespaces));
      const labels = this.#random.labels();
      this.#namespaces[name] = labels;
      this.judge.putNamespace({ name, labels });
    }
  }

  #putPod(index: number): void {
    this.#pods[index] = this.#random.pod(index);
    this.judge.putPod(this.#pods[index]!);
  }

  #putPolicy(index: number): void {
    const raw = this.#random.policy(index);
    const { value, issues } = parsePolicy(raw.kind, raw);
    if (issues !== undefined) throw new Error(`${JSON.stringify(raw)}: ${JSON.stringify(issues)}`);
    this.#policies.set(keyOf(raw), raw);
    this.judge.putPolicy(value);
  }

  #removePolicy(): void {
    const raw = this.#random.pick([...this.#policies.values()]);
    if (raw === undefined) return;
    this.#policies.delete(keyOf(raw));
    const { value } = parsePolicy(raw.kind, raw);
    if (value !== undefined) this.judge.removePolicy(value);
  }
}

function keyOf({ kind, metadata }: RawPolicy): string {
  return `${kind}/${metadata.namespace}/${metadata.name}`;
}

it("agrees with the naive judge on random clusters, through changes", { timeout: 60_000, retry: 0 }, () => {
  const base = Math.floor(Math.random() * 2 ** 31);
  const seen = { allowed: 0, denied: 0, undetermined: 0 };
  for (let cluster = 0; cluster < CLUSTERS; cluster++) {
    const pair = new Pair(base + cluster);
    for (let change = 0; change <= CHANGES; change++) {
      if (change > 0) pair.change();
      const state = pair.cluster;
      for (let count = 0; count < CONNECTIONS; count++) {
        const connection = pair.connection();
        const { verdict } = pair.judge.judge(connection);
        const wanted = naiveVerdict(state, connection);
        if (verdict !== wanted) {
          const case_ = JSON.stringify({ connection, policies: state.policies, pods: state.pods });
          expect.fail(`seed ${base + cluster}, change ${change}: ${verdict}, not ${wanted}: ${case_}`);
        }
        seen[verdict]++;
      }
    }
  }
  expect(seen.allowed + seen.denied + seen.undetermined).toBeGreaterThanOrEqual(100_000);
  // All three kinds have to come up often, or the clusters are too plain to show anything.
  expect(Math.min(seen.allowed, seen.denied, seen.undetermined)).toBeGreaterThan(2000);
});
