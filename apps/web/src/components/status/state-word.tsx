import clsx from "clsx";
import { CircleCheck, CircleX, Clock } from "lucide-react";

export type StateLevel = "good" | "warn" | "bad";

const LOOKS = {
  good: { icon: CircleCheck, className: "text-good" },
  warn: { icon: Clock, className: "text-warn" },
  bad: { icon: CircleX, className: "text-bad" },
} as const;

/** A state as sign and word. */
export function StateWord({ level, children }: { level: StateLevel; children: string }) {
  const { icon: Icon, className } = LOOKS[level];
  return (
    <span className={clsx("inline-flex items-baseline gap-1.5 font-medium whitespace-nowrap", className)}>
      <Icon size={13} aria-hidden className="shrink-0 self-center" />
      {children}
    </span>
  );
}
