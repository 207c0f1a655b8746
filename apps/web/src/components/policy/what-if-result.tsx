"use client";

import { policyNameText, type WhatIfAnswer, type WhatIfChange } from "@hopline/api";
import clsx from "clsx";
import { useState } from "react";
import { formatExactCount } from "../../units/quantity";
import { Segmented } from "../controls/segmented";
import { Card } from "../status/card";
import { PolicyProblems } from "./policy-problems";
import { TriedTraffic } from "./tried-traffic";
import { WhatIfGroups } from "./what-if-groups";

const SHOWN = [
  { value: "changes", name: "Changes" },
  { value: "all", name: "All" },
] as const;

const FIGURES = [
  { key: "newlyDenied", name: "Newly denied", look: "text-bad" },
  { key: "newlyAllowed", name: "Newly allowed", look: "text-warn" },
  { key: "undetermined", name: "Undetermined", look: "" },
  { key: "stillAllowed", name: "Still allowed", look: "" },
  { key: "stillDenied", name: "Still denied", look: "" },
] as const;

const STAYS: ReadonlySet<WhatIfChange> = new Set(["still-allowed", "still-denied"]);

/** What would come of a proposal: counts first, then who, and why. */
export function WhatIfResult({ answer }: { answer: WhatIfAnswer }) {
  const [shown, setShown] = useState<"changes" | "all">("changes");
  const { traffic, policies, problems, passedOver, connections, groups, leftOutGroups } = answer;
  // What can't be decided either way is no change.
  const changes = groups.filter(
    ({ change, before }) =>
      !STAYS.has(change) && (change !== "undetermined" || before.verdict !== "undetermined"),
  );
  return (
    <section aria-label="Result" className="space-y-3" data-what-if>
      <PolicyProblems problems={problems} missing={null} />
      <div className="overflow-hidden rounded-lg border border-line bg-line shadow-card">
        <dl className="grid grid-cols-2 gap-px sm:grid-cols-5">
          {FIGURES.map(({ key, name, look }) => (
            <div key={key} data-figure={key} className="bg-surface px-4 py-2.5 max-sm:last:col-span-2">
              <dt className="text-2xs text-muted">{name}</dt>
              <dd
                className={clsx(
                  "text-xl font-semibold tracking-tight",
                  connections[key] === 0 ? "text-faint" : look,
                )}
              >
                {formatExactCount(connections[key])}
              </dd>
            </div>
          ))}
        </dl>
      </div>
      <div className="space-y-1 px-1">
        <TriedTraffic traffic={traffic} />
        <ul className="flex flex-wrap gap-x-4 text-xs">
          {policies.map((policy) => (
            <li key={policyNameText(policy)}>
              <span className="font-medium">{policyNameText(policy)}</span>{" "}
              <span className={policy.pods === 0 ? "text-warn" : "text-muted"}>
                {policy.change}, selects {formatExactCount(policy.pods)} pods
              </span>
            </li>
          ))}
        </ul>
        {passedOver.length === 0 ? null : (
          <p className="text-xs text-muted">
            Passed over, for they are no policies: {passedOver.slice(0, 8).join(", ")}
            {passedOver.length > 8 ? ` and ${passedOver.length - 8} more` : ""}.
          </p>
        )}
      </div>
      <Card
        title={shown === "all" ? "All that was seen" : "What would change"}
        aside={leftOutGroups === 0 ? undefined : `${formatExactCount(leftOutGroups)} more are not shown`}
      >
        <div className="border-b border-line px-4 py-2">
          <Segmented label="Rows" value={shown} options={SHOWN} onChange={setShown} />
        </div>
        <WhatIfGroups groups={shown === "all" ? groups : changes} />
      </Card>
    </section>
  );
}
