import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseAllDocuments } from "yaml";
import { z } from "zod";

export const root = fileURLToPath(new URL("../..", import.meta.url));

const envSchema = z.object({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z.object({ fieldRef: z.object({ fieldPath: z.string() }) }).optional(),
});
const containerSchema = z.object({
  name: z.string(),
  image: z.string(),
  args: z.array(z.string()).default([]),
  env: z.array(envSchema).default([]),
  securityContext: z.object({
    capabilities: z.object({ drop: z.array(z.string()), add: z.array(z.string()).default([]) }),
  }),
});
const podSpecSchema = z.object({
  hostNetwork: z.boolean().default(false),
  containers: z.array(containerSchema).length(1),
});
const objectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
});
const ruleSchema = z.object({
  apiGroups: z.array(z.string()),
  resources: z.array(z.string()),
  verbs: z.array(z.string()),
});

export type KubeManifest = z.output<typeof objectSchema>;

/** What a pod of the manifests runs: the image's entry point, the manifest's arguments and environment. */
export interface Workload {
  readonly kind: string;
  readonly hostNetwork: boolean;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly capabilities: readonly string[];
}

/** The whole of deploy/base, as `kubectl apply -k` would send it. */
export function renderBase(): KubeManifest[] {
  const text = execFileSync("kubectl", ["kustomize", `${root}/deploy/base`], { encoding: "utf8" });
  return parseAllDocuments(text).map((document) => objectSchema.parse(document.toJS()));
}

/** The workload `hopline-NAME`; `fields` answers the manifest's fieldRefs. */
export function workload(
  manifests: readonly KubeManifest[],
  name: string,
  fields: Readonly<Record<string, string>>,
): Workload {
  const object = manifests.find(
    ({ kind, metadata }) =>
      ["DaemonSet", "Deployment", "StatefulSet"].includes(kind) && metadata.name === `hopline-${name}`,
  );
  const spec = podSpecSchema.parse(
    z.object({ template: z.object({ spec: z.unknown() }) }).parse(object?.spec).template.spec,
  );
  const container = spec.containers[0]!;
  const env = Object.fromEntries(
    container.env.map((entry) => [entry.name, entry.value ?? fields[entry.valueFrom!.fieldRef.fieldPath]!]),
  );
  return {
    kind: object!.kind,
    hostNetwork: spec.hostNetwork,
    command: [...entryPoint(name), ...container.args],
    env,
    capabilities: container.securityContext.capabilities.add,
  };
}

/** Rules of the collector's ClusterRole as `group/resource: verbs`. */
export function collectorRules(manifests: readonly KubeManifest[]): string[] {
  const role = manifests.find(
    ({ kind, metadata }) => kind === "ClusterRole" && metadata.name === "hopline-collector",
  );
  return z
    .array(ruleSchema)
    .parse(role?.rules)
    .flatMap((rule) =>
      rule.apiGroups.flatMap((group) =>
        rule.resources.map((resource) => `${group}/${resource}: ${rule.verbs.join(",")}`),
      ),
    )
    .sort();
}

function entryPoint(name: string): string[] {
  const file = readFileSync(`${root}/deploy/images/${name}.Dockerfile`, "utf8");
  return z.array(z.string()).parse(JSON.parse(/^ENTRYPOINT (.*)$/m.exec(file)![1]!));
}
