import type { AuditRow, Entity } from "@hopline/api";
import { EntityIcon } from "../entity/entity-icon";
import { kindName } from "../entity/entity-name";

/** One end of a row: its name, and below where it belongs and how it was dialled. */
export function AuditEnd({ entity, service = null }: { entity: Entity; service?: AuditRow["service"] }) {
  return (
    <span className="block min-w-24" title={kindName(entity)}>
      <span className="flex min-w-0 items-center gap-1.5 leading-4.5">
        <span className="text-faint">
          <EntityIcon kind={entity.kind} size={13} />
        </span>
        <span className="font-medium break-words [overflow-wrap:break-word]">{entity.name}</span>
      </span>
      <span className="block text-2xs text-muted">
        {entity.namespace === "" ? kindName(entity) : entity.namespace}
        {service === null ? null : ` · by Service ${service.name}`}
      </span>
    </span>
  );
}
