"use client";

import clsx from "clsx";
import Link from "next/link";
import { usePathname, useSearchParams } from "next/navigation";
import { Suspense } from "react";
import { FILTER_NAMES, spanParams } from "../../filters/filter-params";
import { FiringCount } from "./firing-count";
import { BAR_PAGES, PAGES, type Page } from "./pages";
import { PagesSheet } from "./pages-sheet";

/** What follows the reader from page to page: the filter and the time span, not a page's own selection. */
const CARRIED: readonly string[] = [...FILTER_NAMES, ...Object.keys(spanParams)];

export function Navigation() {
  return (
    <nav
      aria-label="Pages"
      className="flex flex-1 justify-around sm:flex-none sm:flex-col sm:gap-0.5 sm:px-2"
    >
      <Suspense fallback={<Links carried="" />}>
        <CarryingLinks />
      </Suspense>
    </nav>
  );
}

function CarryingLinks() {
  const params = useSearchParams();
  const carried = new URLSearchParams([...params].filter(([name]) => CARRIED.includes(name))).toString();
  return <Links carried={carried} />;
}

function Links({ carried }: { carried: string }) {
  const path = usePathname();
  // A path is one connection's, and connections are found on the flows page.
  const here = path.startsWith("/path/") ? "/flows" : path;
  const isCurrent = ({ href }: Page) => here === href || here.startsWith(`${href}/`);
  const hrefOf = ({ href }: Page) => (carried === "" ? href : `${href}?${carried}`);
  return (
    <>
      {PAGES.map((page, index) => {
        const { href, name, icon: Icon } = page;
        const current = isCurrent(page);
        return (
          <Link
            key={href}
            href={hrefOf(page)}
            prefetch={false}
            aria-current={current ? "page" : undefined}
            title={name}
            className={clsx(
              "relative h-12 min-w-12 flex-col items-center justify-center gap-0.5 rounded-md text-2xs font-medium transition-colors sm:flex sm:h-9 sm:min-w-0 sm:flex-row sm:text-sm xl:justify-start xl:gap-2.5 xl:px-2.5",
              index < BAR_PAGES ? "flex" : "hidden",
              current ? "text-accent sm:bg-accent-soft" : "text-muted hover:bg-sunken hover:text-text",
            )}
          >
            <Icon size={17} aria-hidden strokeWidth={current ? 2.25 : 1.9} />
            <span className="sm:sr-only xl:not-sr-only">{name}</span>
            {href === "/alerts" ? <FiringCount /> : null}
          </Link>
        );
      })}
      <PagesSheet pages={PAGES.slice(BAR_PAGES)} current={PAGES.find(isCurrent)} hrefOf={hrefOf} />
    </>
  );
}
