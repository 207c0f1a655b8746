import type { Conformance } from "@hopline/api";
import clsx from "clsx";
import {
  CircleHelp,
  type LucideIcon,
  ShieldAlert,
  ShieldBan,
  ShieldCheck,
  ShieldQuestion,
  TimerOff,
} from "lucide-react";

const LOOKS: Record<
  Conformance,
  { readonly icon: LucideIcon; readonly className: string; readonly word: string; readonly meaning: string }
> = {
  allowed: {
    ...{ icon: ShieldCheck, className: "text-good", word: "allowed" },
    meaning: "Policy allows it, and it was delivered, or refused by the receiver itself.",
  },
  "denied-observed": {
    ...{ icon: ShieldBan, className: "text-warn", word: "denied" },
    meaning: "Policy denies it, and a drop was observed.",
  },
  "denied-inferred": {
    ...{ icon: ShieldQuestion, className: "text-warn", word: "denied, inferred" },
    meaning: "Policy denies it; it was sent, and never came to the destination although its agent captured.",
  },
  unenforced: {
    ...{ icon: ShieldAlert, className: "text-bad", word: "unenforced" },
    meaning: "Policy denies it, and it got through all the same: nobody enforces the policy.",
  },
  undelivered: {
    ...{ icon: TimerOff, className: "text-bad", word: "undelivered" },
    meaning: "Policy allows it, and it was dropped or not answered.",
  },
  undetermined: {
    ...{ icon: CircleHelp, className: "text-muted", word: "undetermined" },
    meaning: "Policy can't be decided, or too little was seen.",
  },
};

/** What policy says against what happened, as sign and word. */
export function ConformanceBadge({ conformance }: { conformance: Conformance }) {
  const { icon: Icon, className, word, meaning } = LOOKS[conformance];
  return (
    <span
      title={meaning}
      data-conformance={conformance}
      className={clsx("inline-flex items-baseline gap-1.5 font-medium whitespace-nowrap", className)}
    >
      <Icon size={13} aria-hidden className="shrink-0 self-center" />
      {word}
    </span>
  );
}
