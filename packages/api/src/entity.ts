import { z } from "zod";

/**
 * What stands at an end of an edge on the map: a workload (the topmost owner of a pod), a node, a Service that no
 * backend answered for, an external address, or an address that nobody could name.
 */
export const entityKindSchema = z.enum(["workload", "node", "service", "external", "unknown"]);
export type EntityKind = z.output<typeof entityKindSchema>;

export const entitySchema = z.object({
  kind: entityKindSchema,
  /** Kubernetes namespace; empty for node, external and unknown. */
  namespace: z.string(),
  /** `Deployment`, `StatefulSet`, `DaemonSet`, `Job`, `CronJob`, `Pod`, …; empty for all but workloads. */
  workloadKind: z.string(),
  /** Workload, node or service name; the address for external and unknown. */
  name: z.string(),
});
export type Entity = z.output<typeof entitySchema>;

/** `workload:shop/Deployment/web`, `node:node1`, `service:shop/web`, `external:203.0.113.10`. Fit for URLs and React keys. */
export function entityId(entity: Entity): string {
  switch (entity.kind) {
    case "workload":
      return `workload:${entity.namespace}/${entity.workloadKind}/${entity.name}`;
    case "service":
      return `service:${entity.namespace}/${entity.name}`;
    default:
      return `${entity.kind}:${entity.name}`;
  }
}

/** The inverse of {@link entityId}; undefined where the text is none. */
export function parseEntityId(id: string): Entity | undefined {
  const colon = id.indexOf(":");
  const kind = entityKindSchema.safeParse(id.slice(0, colon));
  if (!kind.success) return undefined;
  const rest = id.slice(colon + 1);
  const parts = rest.split("/");
  const [first = "", second = "", third = ""] = parts;
  if (kind.data === "workload") {
    return parts.length === 3
      ? { kind: "workload", namespace: first, workloadKind: second, name: third }
      : undefined;
  }
  if (kind.data === "service") {
    return parts.length === 2
      ? { kind: "service", namespace: first, workloadKind: "", name: second }
      : undefined;
  }
  return rest === "" ? undefined : { kind: kind.data, namespace: "", workloadKind: "", name: rest };
}

export const entityIdSchema = z
  .string()
  .refine(
    (id) => parseEntityId(id) !== undefined,
    "it is no entity id such as workload:shop/Deployment/web or external:203.0.113.10",
  );
