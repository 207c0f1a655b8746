"use client";

import { entityId, verdictDecidedBy, type WhatIfChange, type WhatIfGroup } from "@hopline/api";
import clsx from "clsx";
import { ArrowRight, CircleHelp, type LucideIcon, ShieldBan, ShieldCheck } from "lucide-react";
import { formatExactCount } from "../../units/quantity";
import { qualifiedName } from "../entity/entity-name";
import { ClockText } from "../time/clock-text";

const LOOKS: Record<
  WhatIfChange,
  { readonly icon: LucideIcon; readonly className: string; readonly word: string }
> = {
  "newly-denied": { icon: ShieldBan, className: "text-bad", word: "newly denied" },
  "newly-allowed": { icon: ShieldCheck, className: "text-warn", word: "newly allowed" },
  undetermined: { icon: CircleHelp, className: "text-muted", word: "undetermined" },
  "still-allowed": { icon: ShieldCheck, className: "text-good", word: "still allowed" },
  "still-denied": { icon: ShieldBan, className: "text-muted", word: "still denied" },
};

/** Workload, workload and port, with what would become of their connections and why. */
export function WhatIfGroups({ groups }: { groups: readonly WhatIfGroup[] }) {
  if (groups.length === 0)
    return <p className="px-4 py-3 text-sm text-muted">Nothing that was seen would change.</p>;
  return (
    <ul className="divide-y divide-line">
      {groups.map((group) => {
        const { change, client, server, connections, failed, lastSeen, before, after } = group;
        const { icon: Icon, className, word } = LOOKS[change];
        const why = after.doubt ?? (after.record === null ? null : verdictDecidedBy(after.record));
        return (
          <li
            key={`${change} ${entityId(client)} ${entityId(server)} ${group.protocolNumber} ${group.port}`}
            data-change={change}
            className="grid items-baseline gap-x-3 gap-y-0.5 px-4 py-1.5 text-xs sm:grid-cols-[8rem_minmax(0,1.3fr)_8rem_minmax(0,1.4fr)]"
          >
            <span className={clsx("inline-flex items-center gap-1.5 font-medium", className)}>
              <Icon size={13} aria-hidden className="shrink-0" />
              {word}
            </span>
            <span className="flex min-w-0 flex-wrap items-center gap-x-1.5">
              <span className="font-medium [overflow-wrap:anywhere]">{qualifiedName(client)}</span>
              <ArrowRight size={12} aria-hidden className="shrink-0 text-faint" />
              <span className="font-medium [overflow-wrap:anywhere]">{qualifiedName(server)}</span>
              <span className="font-mono text-2xs text-muted">{portOf(group)}</span>
            </span>
            <span>
              {formatExactCount(connections)} connections
              <span className="block text-2xs text-muted">
                {failed === 0 ? null : `${formatExactCount(failed)} came to nothing, `}
                last <ClockText timeMs={lastSeen} />
              </span>
            </span>
            <span className="min-w-0 text-muted [overflow-wrap:anywhere]">
              {before.verdict === after.verdict ? null : `${before.verdict} before. `}
              {why}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function portOf({ protocol, protocolNumber, port }: WhatIfGroup): string {
  const name = protocol === "other" ? `protocol ${protocolNumber}` : protocol;
  return port === 0 ? name : `${name} ${port}`;
}
