import type { Entity } from "@hopline/api";
import { EntityIcon } from "../entity/entity-icon";
import { kindName } from "../entity/entity-name";

/** Who asked, or who was asked. */
export function AskedEnd({ entity, below }: { entity: Entity; below?: string }) {
  return (
    <span className="block min-w-0" title={kindName(entity)}>
      <span className="flex min-w-0 items-center gap-1.5 leading-4.5">
        <span className="text-faint">
          <EntityIcon kind={entity.kind} size={13} />
        </span>
        <span className="truncate font-medium">{entity.name}</span>
      </span>
      <span className="block truncate text-2xs text-muted">{below ?? entity.namespace}</span>
    </span>
  );
}
