import type { AuditRow, Entity } from "@hopline/api";
import { EntityLines } from "../entity/entity-lines";
import { kindName } from "../entity/entity-name";

/** One end of a row: its name, and below where it belongs and how it was dialled. */
export function AuditEnd({ entity, service = null }: { entity: Entity; service?: AuditRow["service"] }) {
  const place = entity.namespace === "" ? kindName(entity) : entity.namespace;
  return (
    <EntityLines
      entity={entity}
      below={service === null ? place : `${place} · by Service ${service.name}`}
      wraps
    />
  );
}
