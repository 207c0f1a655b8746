import type { ReactNode } from "react";
import { CollectorState } from "./collector-state";
import { Navigation } from "./navigation";
import { ThemeButton } from "./theme-button";
import { Wordmark } from "./wordmark";

/**
 * The frame around every page: a rail with names on wide screens, with icons on middling ones, a bar at the bottom on
 * narrow ones.
 */
export function Shell({ children }: { children: ReactNode }) {
  return (
    <div className="flex h-dvh flex-col-reverse sm:flex-row">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:bg-accent focus:px-3 focus:py-2 focus:text-on-accent"
      >
        Skip to content
      </a>
      <header className="flex shrink-0 flex-row items-center border-t border-line bg-surface sm:w-14 sm:flex-col sm:items-stretch sm:border-t-0 sm:border-r xl:w-48">
        <div className="hidden sm:block">
          <Wordmark />
        </div>
        <Navigation />
        <div className="hidden flex-1 sm:block" />
        <CollectorState />
        <ThemeButton />
      </header>
      <main id="main" className="flex min-h-0 min-w-0 flex-1 flex-col">
        {children}
      </main>
    </div>
  );
}
