"use client";

import clsx from "clsx";
import { X } from "lucide-react";
import { Dialog } from "radix-ui";
import { type ReactNode, useEffect, useRef } from "react";
import { Button } from "./button";
import { useNarrow } from "./use-narrow";

/**
 * More about one thing, beside the page where there is room and as a sheet over its lower part where there is none.
 * Escape closes it.
 */
export function SidePanel({
  title,
  heading,
  wide = false,
  onClose,
  children,
}: {
  /** Names the panel for screen readers. */
  title: string;
  heading: ReactNode;
  wide?: boolean;
  onClose: () => void;
  children: ReactNode;
}) {
  const narrow = useNarrow();
  const header = (
    <header className="flex items-start gap-2 border-b border-line px-4 py-3">
      <div className="min-w-0 flex-1">{heading}</div>
      <Button look="quiet" icon aria-label="Close panel" onClick={onClose} className="-mt-1 -mr-2">
        <X size={16} aria-hidden />
      </Button>
    </header>
  );
  if (narrow) {
    return (
      <Dialog.Root open onOpenChange={(open) => (open ? undefined : onClose())}>
        <Dialog.Portal>
          <Dialog.Overlay className="fixed inset-0 z-30 bg-[rgb(8_12_18/0.45)]" />
          <Dialog.Content
            aria-describedby={undefined}
            className="fixed inset-x-0 bottom-0 z-40 flex max-h-[86dvh] flex-col rounded-t-xl border-t border-line-strong bg-surface shadow-lifted outline-none"
          >
            <Dialog.Title className="sr-only">{title}</Dialog.Title>
            <div aria-hidden className="mx-auto mt-2 h-1 w-9 rounded-full bg-line-strong" />
            {header}
            <div className="min-h-0 flex-1 overflow-auto overscroll-contain pb-6">{children}</div>
          </Dialog.Content>
        </Dialog.Portal>
      </Dialog.Root>
    );
  }
  return (
    <DockedPanel title={title} wide={wide} onClose={onClose}>
      {header}
      <div className="min-h-0 flex-1 overflow-auto">{children}</div>
    </DockedPanel>
  );
}

function DockedPanel({
  title,
  wide,
  onClose,
  children,
}: {
  title: string;
  wide: boolean;
  onClose: () => void;
  children: ReactNode;
}) {
  const panel = useRef<HTMLElement>(null);
  // What opened it may be gone: a table that makes room for the panel becomes a list, and focus falls to the page.
  useEffect(() => {
    if (document.activeElement === document.body && navigator.userActivation.hasBeenActive)
      panel.current?.focus();
  }, []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !event.defaultPrevented) onClose();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [onClose]);
  return (
    <aside
      ref={panel}
      tabIndex={-1}
      aria-label={title}
      className={clsx(
        "flex h-full shrink-0 flex-col border-l border-line bg-surface outline-none",
        wide ? "w-[min(900px,62vw)]" : "w-[min(440px,42vw)]",
      )}
    >
      {children}
    </aside>
  );
}
