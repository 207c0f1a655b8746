import { type Entity, parseEntityId } from "@hopline/api";

const KIND_NAMES: Record<Entity["kind"], string> = {
  workload: "Workload",
  node: "Node",
  service: "Service without backend",
  external: "Outside the cluster",
  unknown: "Unknown address",
};

/** `Deployment`, `Node`, `Outside the cluster`, …: what stands under a name. */
export function kindName(entity: Entity): string {
  return entity.kind === "workload" && entity.workloadKind !== ""
    ? entity.workloadKind
    : KIND_NAMES[entity.kind];
}

/** `shop/web`, or the name alone where there is no namespace. */
export function qualifiedName(entity: Entity): string {
  return entity.namespace === "" ? entity.name : `${entity.namespace}/${entity.name}`;
}

/** The name behind an id of the map: that of an entity or of a collapsed namespace. */
export function nameOfId(id: string): string {
  if (id.startsWith("namespace:")) return id.slice("namespace:".length);
  const entity = parseEntityId(id);
  return entity === undefined ? id : qualifiedName(entity);
}
