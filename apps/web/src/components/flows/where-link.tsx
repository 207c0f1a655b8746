"use client";

import { Route } from "lucide-react";
import Link from "next/link";

/** From a connection that failed straight to the place where it did. */
export function WhereLink({ href }: { href: string }) {
  return (
    <Link
      href={href}
      prefetch={false}
      aria-label="Path: where it failed"
      title="Path: where it failed"
      // The row around it opens the connection's panel.
      onClick={(event) => event.stopPropagation()}
      className="ml-1 inline-grid size-6 place-items-center rounded align-middle text-accent hover:bg-accent-soft"
    >
      <Route size={14} aria-hidden />
    </Link>
  );
}
