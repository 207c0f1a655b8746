import type { ManifestObject } from "./manifest-objects.js";
import { parsePolicy } from "./parse-policy.js";
import { type Policy, policyKey } from "./policy.js";
import type { Problem } from "./problem.js";

/** Policies as they are read one after the other; of two with the same name the first counts. */
export class ReadPolicies {
  readonly #byKey = new Map<string, Policy>();

  get all(): Policy[] {
    return [...this.#byKey.values()];
  }

  /** @returns what is wrong with it */
  add(object: ManifestObject): Problem[] {
    const { value, issues } = parsePolicy(object.kind, object.value);
    if (issues !== undefined) return issues.map(object.problem);
    const key = policyKey(value);
    if (this.#byKey.has(key))
      return [
        object.problem({ path: ["metadata", "name"], message: "is there twice; the first one counts" }),
      ];
    this.#byKey.set(key, value);
    return [];
  }
}
