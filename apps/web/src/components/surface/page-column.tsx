import clsx from "clsx";
import type { HTMLAttributes } from "react";

export interface PageColumnProps extends HTMLAttributes<HTMLDivElement> {
  /** For tables of many columns. */
  readonly wide?: boolean;
}

/** What a page has to say, from top to bottom, as wide as it can be read. */
export function PageColumn({ wide = false, ...rest }: PageColumnProps) {
  return (
    <div
      className={clsx("mx-auto space-y-3 p-3 sm:p-4", wide ? "max-w-screen-2xl" : "max-w-7xl")}
      {...rest}
    />
  );
}
