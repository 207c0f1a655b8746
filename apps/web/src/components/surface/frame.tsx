import clsx from "clsx";
import type { HTMLAttributes } from "react";

/** How the box looks that a part of a page stands in. */
export const FRAME = "overflow-hidden rounded-lg border border-line bg-surface shadow-card";

/** The box that a part of a page stands in. */
export function Frame({ className, ...rest }: HTMLAttributes<HTMLDivElement>) {
  return <div className={clsx(FRAME, className)} {...rest} />;
}
