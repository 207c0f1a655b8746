"use client";

import { policyNameText, type WhatIfAnswer, type WhatIfChange } from "@hopline/api";
import { useState } from "react";
import { formatExactCount } from "../../units/quantity";
import { Segmented } from "../controls/segmented";
import { Card } from "../surface/card";
import { FramedFigures } from "../surface/figure-strip";
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
      <FramedFigures
        label="Connections by what would become of them"
        columns="sm:grid-cols-5"
        figures={FIGURES.map(({ key, name, look }) => ({
          ...{ name, value: formatExactCount(connections[key]) },
          look: connections[key] === 0 ? "text-faint" : look,
        }))}
      />
      <div className="space-y-1 px-1">
        <TriedTraffic traffic={traffic} />
        <ul className="flex flex-wrap gap-x-4 text-xs">
          {policies.map((policy) => (
            <li key={policyNameText(policy)}>
              <span className="font-medium">{policyNameText(policy)}</span>{" "}
              <span className={policy.pods === 0 ? "text-warn" : "text-muted"}>
                {policy.change}, selects {formatExactCount(policy.pods)} {policy.pods === 1 ? "pod" : "pods"}
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
