import type { ReactNode } from "react";
import type { FilterState } from "../../filters/use-filter";
import { CopyLink } from "./copy-link";
import { SpanPicker } from "./span-picker";

/**
 * The top of every page: its name, what is looked at, and when. What else there is to choose stands on a line below; on a
 * narrow screen the bar at the bottom names the page, and the title is left out where choices stand beside it.
 */
export function Toolbar({
  title,
  time,
  actions,
  below,
  children,
}: {
  title: string;
  /** Left out where the page has no time span. */
  time?: Pick<FilterState, "span" | "setSpan"> | undefined;
  /** Beside the time span. */
  actions?: ReactNode;
  below?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <div className="shrink-0 border-b border-line bg-surface">
      <div className="flex flex-wrap items-center gap-2 px-3 py-2 sm:px-4">
        <h1
          className={`mr-2 text-lg font-semibold tracking-tight ${children === undefined ? "" : "max-sm:sr-only"}`}
        >
          {title}
        </h1>
        {children}
        <div className="ml-auto flex flex-wrap items-center justify-end gap-2">
          {actions}
          {time === undefined ? null : <SpanPicker span={time.span} onChange={time.setSpan} />}
          <CopyLink />
        </div>
      </div>
      {below === undefined ? null : (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-3 pb-2 sm:px-4">{below}</div>
      )}
    </div>
  );
}
