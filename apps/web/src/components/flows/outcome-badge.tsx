import type { Connection } from "@hopline/api";
import clsx from "clsx";
import { Ban, CircleCheck, CircleHelp, CircleSlash, type LucideIcon, TimerOff } from "lucide-react";

type Outcome = Connection["outcome"];

const LOOKS: Record<
  Outcome,
  { readonly icon: LucideIcon; readonly className: string; readonly meaning: string }
> = {
  delivered: { icon: CircleCheck, className: "text-good", meaning: "Both directions were seen." },
  refused: {
    icon: CircleSlash,
    className: "text-bad",
    meaning: "The server's side answered with a reset, or with ICMP unreachable.",
  },
  dropped: { icon: Ban, className: "text-bad", meaning: "A hop gave evidence that it dropped the packets." },
  unanswered: { icon: TimerOff, className: "text-bad", meaning: "Nothing came back." },
  unknown: { icon: CircleHelp, className: "text-muted", meaning: "Too little was seen to say." },
};

/** Whether its packets did not come through, so that its path shows a place. */
export function isFailure(outcome: Outcome): boolean {
  return outcome === "dropped" || outcome === "unanswered" || outcome === "refused";
}

/** What was seen of a connection, as sign and word. */
export function OutcomeBadge({ outcome }: { outcome: Outcome }) {
  const { icon: Icon, className, meaning } = LOOKS[outcome];
  return (
    <span title={meaning} className={clsx("inline-flex items-baseline gap-1.5 font-medium", className)}>
      <Icon size={13} aria-hidden className="shrink-0 self-center" />
      {outcome}
    </span>
  );
}
