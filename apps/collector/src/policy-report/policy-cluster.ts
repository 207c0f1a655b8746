import type { ClusterState, Namespace, Pod, Policy, PolicyName } from "@hopline/policy";
import { policyKey } from "@hopline/policy";
import { stringify } from "yaml";
import type { Side } from "../policy/epoch-judge.js";
import type { ObjectProblem, PolicyHistory } from "../policy/policy-history.js";
import type { PolicyKnowledge } from "../policy/policy-knowledge.js";

export interface PolicyClusterOptions {
  readonly history: PolicyHistory;
  readonly knowledge: () => PolicyKnowledge;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/** Who a Service stands for at one of its ports. */
export interface ServiceBackends {
  readonly sides: readonly Side[];
  /** Theirs, at which they take what is sent to the Service's. */
  readonly port: number;
}

/** The cluster as policies see it. */
export class PolicyCluster {
  readonly #options: PolicyClusterOptions;

  constructor(options: PolicyClusterOptions) {
    this.#options = options;
  }

  /** What of it can't be known, in one sentence. */
  get missing(): string | null {
    return this.#options.knowledge().missing ?? null;
  }

  get problems(): readonly ObjectProblem[] {
    return this.#options.history.problems;
  }

  state(): ClusterState {
    return this.#options.history.stateAt(this.#options.now());
  }

  /** Empty where there is no such policy. */
  versionOf(name: PolicyName): string {
    return this.#options.history.policyVersionAt(name, this.#options.now());
  }

  /** A policy as it could be applied again; undefined where there is no such one. */
  manifestOf(name: PolicyName): string | undefined {
    const { epochs } = this.#options.history;
    const isIt = (policy: Policy) => policyKey(policy) === policyKey(name);
    for (const { object, body } of epochs.statesIn(epochs.at(this.#options.now())).values())
      if (object.family === "policy" && isIt(object.policy))
        return stringify(JSON.parse(body), { lineWidth: 0 });
    return undefined;
  }

  /** A pod as it was at a time, with the id of that version. */
  podAt(name: Pick<Pod, "namespace" | "name">, timeMs: number): { id: number; pod: Pod } | undefined {
    return this.#options.history.podAt(name, timeMs);
  }

  namespaceAt(name: string, timeMs: number): Namespace | undefined {
    return this.#options.history.namespaceAt(name, timeMs);
  }

  /** Who was behind a Service's port at a time; undefined where nobody was, or it takes nothing there. */
  backendsOf(
    name: { readonly namespace: string; readonly name: string },
    protocol: number,
    port: number,
    timeMs = this.#options.now(),
  ): ServiceBackends | undefined {
    const { history } = this.#options;
    const service = history.serviceAt(name.namespace, name.name, timeMs);
    if (service === undefined) return undefined;
    const backends = history.backendsAt(service, { protocol, port }, timeMs);
    const [first] = backends;
    if (first === undefined) return undefined;
    // A named port may be another one at each pod; those of the first are the most, nearly always all.
    const alike = backends.filter((each) => each.port === first.port);
    return { port: first.port, sides: alike.map(({ side }) => side) };
  }
}
