import clsx from "clsx";
import type { ReactNode } from "react";

export interface Figure {
  readonly name: string;
  readonly value: ReactNode;
  readonly detail?: ReactNode;
}

/** A few figures side by side, name above value. */
export function FigureGrid({ figures }: { figures: readonly Figure[] }) {
  return (
    <dl
      className={clsx(
        "grid gap-px border-b border-line bg-line",
        figures.length === 2 ? "grid-cols-2" : "grid-cols-3",
      )}
    >
      {figures.map(({ name, value, detail }) => (
        <div key={name} className="min-w-0 bg-surface px-4 py-2.5">
          <dt className="text-2xs text-muted">{name}</dt>
          <dd className="truncate text-base font-semibold">{value}</dd>
          {detail === undefined ? null : <dd className="truncate text-2xs text-muted">{detail}</dd>}
        </div>
      ))}
    </dl>
  );
}
