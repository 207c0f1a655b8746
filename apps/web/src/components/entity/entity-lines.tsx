import type { Entity } from "@hopline/api";
import clsx from "clsx";
import { EntityIcon } from "./entity-icon";
import { kindName } from "./entity-name";

/** An entity in a table: its name, and below where it belongs. */
export function EntityLines({
  entity,
  below = entity.namespace === "" ? kindName(entity) : entity.namespace,
  wraps = false,
}: {
  entity: Entity;
  /** What stands there instead. */
  below?: string;
  /** Rather than cut off what is too long. */
  wraps?: boolean;
}) {
  return (
    <span className={clsx("block", wraps ? "min-w-24" : "min-w-0")} title={kindName(entity)}>
      <span className="flex min-w-0 items-start gap-1.5 leading-4.5">
        <span className="mt-0.75 shrink-0 text-faint">
          <EntityIcon kind={entity.kind} size={13} />
        </span>
        <span className={clsx("font-medium", wraps ? "[overflow-wrap:break-word]" : "truncate")}>
          {entity.name}
        </span>
      </span>
      <span className={clsx("block text-2xs text-muted", !wraps && "truncate")}>{below}</span>
    </span>
  );
}
