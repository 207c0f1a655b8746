import type { ReactNode } from "react";

/** A titled part of the status page. */
export function Card({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section
      aria-label={title}
      className="overflow-hidden rounded-lg border border-line bg-surface shadow-card"
    >
      <header className="flex items-baseline justify-between gap-4 border-b border-line px-4 py-2.5">
        <h2 className="text-sm font-semibold">{title}</h2>
        {aside === undefined ? null : <p className="truncate text-2xs text-muted">{aside}</p>}
      </header>
      {children}
    </section>
  );
}
