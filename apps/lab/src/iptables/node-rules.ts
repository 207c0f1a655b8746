import { runCommand } from "../host/run-command.js";
import type { NodePlan } from "../network/address-plan.js";
import type { Isolation } from "../policy/pod-isolation.js";
import { addPolicyRules, type Denial, POLICY_BASE_RULES } from "../policy/policy-rules.js";
import { masqueradeRules } from "./masquerade-rules.js";
import { RuleSet, restoreText } from "./rule-set.js";
import { addServiceRules, SERVICE_BASE_RULES, type ServicePort } from "./service-rules.js";

/** The iptables rules of one node: what is there, and how it becomes what should be there. */
export class NodeRules {
  readonly #node: NodePlan;
  readonly #netns: string;
  #current = new RuleSet();
  /** Times that the kernel's rules were changed. */
  changes = 0;
  /** Whether policies have rules here, and how these deny; a change shows with the next {@link sync}. */
  enforcing = true;
  denial: Denial = "drop";

  constructor(node: NodePlan, netns: string) {
    this.#node = node;
    this.#netns = netns;
  }

  /** Writes the rules that stay. */
  async start(): Promise<void> {
    await this.#restore(SERVICE_BASE_RULES + masqueradeRules(this.#node.podCidr) + POLICY_BASE_RULES);
  }

  /** Brings the node to these Services and these isolated pods; those of other nodes are no concern of it. */
  async sync(services: readonly ServicePort[], isolations: readonly Isolation[]): Promise<void> {
    const next = new RuleSet();
    addServiceRules(next, services, this.#node.name);
    const own = isolations.filter((isolation) => isolation.node === this.#node.name);
    addPolicyRules(next, this.enforcing ? own : [], this.denial);
    const text = restoreText(this.#current, next);
    if (text === "") return;
    await this.#restore(text);
    this.changes += 1;
    this.#current = next;
  }

  async #restore(input: string): Promise<void> {
    await runCommand({
      command: "iptables-restore",
      args: ["--noflush", "-w", "5"],
      netns: this.#netns,
      input,
    });
  }
}
