import clsx from "clsx";
import type { ReactNode } from "react";
import { Frame } from "./frame";

export interface StripFigure {
  readonly name: string;
  readonly value: ReactNode;
  /** Small, behind the value. */
  readonly aside?: string;
  /** Said when it is pointed at. */
  readonly meaning?: string;
  /** How the value looks, in classes. */
  readonly look?: string | undefined;
  /** Two columns of the strip, while those are few. */
  readonly wide?: boolean;
}

export interface FigureStripProps {
  readonly figures: readonly StripFigure[];
  /** How many stand side by side where there is room, in classes; two where there is none. */
  readonly columns: string;
}

/** What a page says in all, as a few large figures; in a {@link Frame} of its own or a card. */
export function FigureStrip({ figures, columns }: FigureStripProps) {
  return (
    <dl className={clsx("grid grid-cols-2 gap-px bg-line", columns)}>
      {figures.map(({ name, value, aside, meaning, look, wide = false }) => (
        <div
          key={name}
          title={meaning}
          className={clsx("bg-surface px-4 py-2.5", wide && "max-xl:col-span-2")}
        >
          <dt className="text-2xs text-muted">{name}</dt>
          <dd className={clsx("text-xl font-semibold tracking-tight", look)}>
            {value}
            {aside === undefined ? null : (
              <span className="ml-1.5 text-xs font-normal tracking-normal text-muted">{aside}</span>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** The same by itself. */
export function FramedFigures({ label, ...strip }: FigureStripProps & { readonly label: string }) {
  return (
    <section aria-label={label}>
      <Frame>
        <FigureStrip {...strip} />
      </Frame>
    </section>
  );
}
