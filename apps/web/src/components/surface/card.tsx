import type { ReactNode } from "react";
import { FRAME } from "./frame";

/** A titled part of a page. */
export function Card({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section aria-label={title} className={FRAME}>
      <header className="flex items-baseline justify-between gap-4 border-b border-line px-4 py-2.5">
        <h2 className="text-sm font-semibold">{title}</h2>
        {aside === undefined ? null : <p className="truncate text-2xs text-muted">{aside}</p>}
      </header>
      {children}
    </section>
  );
}
