import { type ManifestFile, manifestObjects } from "./manifest-objects.js";
import { isPolicy } from "./parse-policy.js";
import type { Policy } from "./policy.js";
import type { Problem } from "./problem.js";
import { ReadPolicies } from "./read-policies.js";

/** The policies in a text that is to be tried. */
export interface ProposedPolicies {
  readonly policies: readonly Policy[];
  /** What is wrong, by line and field; the policies without problems are there all the same. */
  readonly problems: readonly Problem[];
  /** Objects of other kinds, e.g. `Deployment shop/web`: nothing is tried of them. */
  readonly passedOver: readonly string[];
}

/** Policies from manifests as one would apply them; later ones of a name are problems, as in a folder of manifests. */
export function readProposal(files: readonly ManifestFile[]): ProposedPolicies {
  const problems: Problem[] = [];
  const passedOver: string[] = [];
  const policies = new ReadPolicies();
  for (const file of files) {
    const read = manifestObjects(file);
    problems.push(...read.problems);
    for (const object of read.objects) {
      if (isPolicy(object)) problems.push(...policies.add(object));
      else passedOver.push(object.name);
    }
    if (read.objects.length === 0 && read.problems.length === 0)
      problems.push({
        file: file.path,
        line: 1,
        field: "",
        object: "",
        message: "holds no Kubernetes object",
      });
  }
  return { policies: policies.all, problems, passedOver };
}
