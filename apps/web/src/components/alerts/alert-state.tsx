import type { Alert } from "@hopline/api";
import clsx from "clsx";
import { CircleAlert, CircleCheck, CircleHelp, Clock, OctagonAlert } from "lucide-react";

const LOOKS = {
  critical: { icon: OctagonAlert, className: "text-bad" },
  warning: { icon: CircleAlert, className: "text-warn" },
  info: { icon: CircleAlert, className: "text-muted" },
} as const;

/** Where an alert has got to, as sign and word; while it fires, coloured by how bad it is. */
export function AlertStateWord({ alert }: { alert: Pick<Alert, "state" | "severity" | "resolution"> }) {
  const { state, severity, resolution } = alert;
  const { icon: Icon, className } =
    state === "firing"
      ? LOOKS[severity]
      : state === "pending"
        ? { icon: Clock, className: "text-muted" }
        : resolution === "cleared"
          ? { icon: CircleCheck, className: "text-good" }
          : { icon: CircleHelp, className: "text-muted" };
  const text = state === "resolved" ? RESOLUTIONS[resolution ?? "cleared"] : state;
  return (
    <span className={clsx("inline-flex items-baseline gap-1.5 font-medium whitespace-nowrap", className)}>
      <Icon size={13} aria-hidden className="shrink-0 self-center" />
      {text}
    </span>
  );
}

const RESOLUTIONS = {
  cleared: "resolved",
  "no-data": "ended without data",
  "rule-off": "rule switched off",
} as const;
