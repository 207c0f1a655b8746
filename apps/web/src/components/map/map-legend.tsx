"use client";

import { Panel } from "@xyflow/react";

const SAMPLES = [
  { name: "No failure seen", color: "var(--edge)", dashes: undefined },
  { name: "Retransmits 1 % or more", color: "var(--warn-line)", dashes: "9 4" },
  { name: "Refused, dropped or unanswered", color: "var(--bad-line)", dashes: "3 4" },
  { name: "Denied by policy", color: "var(--warn-line)", dashes: "12 4 2 4" },
  { name: "Denied, not enforced", color: "var(--bad-line)", dashes: "12 3 2 3 2 3" },
] as const;

export function MapLegend() {
  return (
    <Panel position="bottom-left" className="m-3! max-w-[calc(100%-19rem)] max-md:hidden">
      <ul
        aria-label="Legend"
        className="flex flex-wrap items-center gap-x-4 gap-y-1 rounded-md border border-line bg-surface px-3 py-1.5 text-2xs text-muted shadow-card"
      >
        {SAMPLES.map(({ name, color, dashes }) => (
          <li key={name} className="flex items-center gap-1.5">
            <svg width="34" height="8" aria-hidden="true">
              <path d="M0,4 H34" stroke={color} strokeWidth="2.5" strokeDasharray={dashes} />
            </svg>
            {name}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
