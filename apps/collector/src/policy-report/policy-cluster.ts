import type { ClusterState, Party, Policy, PolicyName } from "@hopline/policy";
import { policyKey } from "@hopline/policy";
import { stringify } from "yaml";
import { backendPort } from "../policy/dialable-service.js";
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
  readonly parties: readonly Party[];
  /** Theirs, at which they take what is sent to the Service's. */
  readonly port: number;
}

/** The cluster as policies see it now. */
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

  /** The pods behind a Service's port; undefined where it has none, or takes nothing there. */
  backendsOf(
    name: { readonly namespace: string; readonly name: string },
    protocol: number,
    port: number,
  ): ServiceBackends | undefined {
    const { history } = this.#options;
    const nowMs = this.#options.now();
    const service = history.serviceAt(name.namespace, name.name, nowMs);
    if (service === undefined) return undefined;
    const backends = history.backendsAt(service, nowMs).flatMap(({ state: { object } }) => {
      if (object.family !== "pod") return [];
      const { namespace, name: pod } = object.pod;
      const at = backendPort(service, object.pod, protocol, port);
      return at === undefined ? [] : [{ port: at, party: { kind: "pod" as const, namespace, name: pod } }];
    });
    const [first] = backends;
    if (first === undefined) return undefined;
    // A named port may be another one at each pod; those of the first are the most, nearly always all.
    const alike = backends.filter((each) => each.port === first.port);
    return { port: first.port, parties: alike.map(({ party }) => party) };
  }
}
