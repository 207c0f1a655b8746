"use client";

import clsx from "clsx";
import { Ellipsis } from "lucide-react";
import Link from "next/link";
import { Dialog } from "radix-ui";
import { useState } from "react";
import type { Page } from "./pages";

/** The pages that the bar of a narrow screen has no room for, on a sheet that its last button opens. */
export function PagesSheet({
  pages,
  current,
  hrefOf,
}: {
  pages: readonly Page[];
  current: Page | undefined;
  hrefOf: (page: Page) => string;
}) {
  const [open, setOpen] = useState(false);
  const isHere = current !== undefined && pages.includes(current);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger asChild>
        <button
          type="button"
          aria-label={isHere ? `More pages, now ${current.name}` : "More pages"}
          className={clsx(
            "flex h-12 min-w-12 flex-col items-center justify-center gap-0.5 rounded-md text-2xs font-medium sm:hidden",
            isHere ? "text-accent" : "text-muted",
          )}
        >
          <Ellipsis size={17} aria-hidden strokeWidth={isHere ? 2.25 : 1.9} />
          {isHere ? current.name : "More"}
        </button>
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-30 bg-[rgb(8_12_18/0.45)] sm:hidden" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-x-0 bottom-0 z-40 rounded-t-xl border-t border-line-strong bg-surface pb-4 shadow-lifted outline-none sm:hidden"
        >
          <Dialog.Title className="sr-only">More pages</Dialog.Title>
          <div aria-hidden className="mx-auto mt-2 mb-1 h-1 w-9 rounded-full bg-line-strong" />
          <nav aria-label="More pages" className="flex flex-col px-2">
            {pages.map((page) => {
              const Icon = page.icon;
              return (
                <Link
                  key={page.href}
                  href={hrefOf(page)}
                  prefetch={false}
                  aria-current={page === current ? "page" : undefined}
                  onClick={() => setOpen(false)}
                  className={clsx(
                    "flex h-12 items-center gap-3 rounded-md px-3 text-base font-medium",
                    page === current ? "bg-accent-soft text-accent" : "text-text hover:bg-sunken",
                  )}
                >
                  <Icon size={18} aria-hidden />
                  {page.name}
                </Link>
              );
            })}
          </nav>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
