import type { MapNode } from "@hopline/api";
import { EntityIcon } from "../entity/entity-icon";
import { kindName } from "../entity/entity-name";

/** What a card of the map stands for, as the heading of a panel. */
export function NodeTitle({ node: { entity, collapsed } }: { node: MapNode }) {
  return (
    <div className="min-w-0">
      <p className="flex items-center gap-1.5 text-base font-semibold">
        <span className="text-muted">
          <EntityIcon kind={entity.kind} collapsed={collapsed} />
        </span>
        <span className="truncate" title={entity.name}>
          {entity.name}
        </span>
      </p>
      <p className="truncate text-2xs text-muted">
        {collapsed ? "Namespace" : [entity.namespace, kindName(entity)].filter(Boolean).join(" · ")}
      </p>
    </div>
  );
}
