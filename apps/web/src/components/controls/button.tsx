import clsx from "clsx";
import type { ButtonHTMLAttributes, Ref } from "react";

type Look = "plain" | "quiet" | "primary";

const LOOKS: Record<Look, string> = {
  plain: "border-line-strong bg-surface text-text hover:bg-sunken shadow-card",
  quiet: "border-transparent text-muted hover:bg-sunken hover:text-text",
  primary: "border-transparent bg-accent text-on-accent hover:bg-accent-strong",
};

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: Look;
  /** Square, for a single icon; give `aria-label`. */
  readonly icon?: boolean;
  readonly ref?: Ref<HTMLButtonElement>;
}

/** The same look for a link. */
export function buttonClass(look: Look = "plain", icon = false): string {
  return clsx(
    "inline-flex h-8 shrink-0 items-center justify-center gap-1.5 rounded-md border text-sm font-medium whitespace-nowrap transition-colors disabled:pointer-events-none disabled:opacity-50",
    icon ? "w-8" : "px-2.5",
    LOOKS[look],
  );
}

export function Button({ look = "plain", icon = false, className, ref, ...rest }: ButtonProps) {
  return <button ref={ref} type="button" className={clsx(buttonClass(look, icon), className)} {...rest} />;
}
