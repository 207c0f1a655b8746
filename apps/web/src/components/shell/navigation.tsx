"use client";

import clsx from "clsx";
import Link from "next/link";
import { usePathname, useSearchParams } from "next/navigation";
import { Suspense } from "react";
import { FILTER_NAMES, spanParams } from "../../filters/filter-params";
import { PAGES } from "./pages";

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
  return PAGES.map(({ href, name, icon: Icon }) => {
    const current = path === href || path.startsWith(`${href}/`);
    return (
      <Link
        key={href}
        href={carried === "" ? href : `${href}?${carried}`}
        prefetch={false}
        aria-current={current ? "page" : undefined}
        title={name}
        className={clsx(
          "flex h-12 min-w-12 flex-col items-center justify-center gap-0.5 rounded-md text-2xs font-medium transition-colors sm:h-9 sm:min-w-0 sm:flex-row sm:text-sm xl:justify-start xl:gap-2.5 xl:px-2.5",
          current ? "text-accent sm:bg-accent-soft" : "text-muted hover:bg-sunken hover:text-text",
        )}
      >
        <Icon size={17} aria-hidden strokeWidth={current ? 2.25 : 1.9} />
        <span className="sm:sr-only xl:not-sr-only">{name}</span>
      </Link>
    );
  });
}
