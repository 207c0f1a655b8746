"use client";

import {
  type Connection,
  type PolicyFigures,
  type PolicyName,
  type PolicyRule,
  policyNameText,
} from "@hopline/api";
import { FlaskConical, ShieldOff } from "lucide-react";
import { useState } from "react";
import { browserCollector } from "../../collector/browser-collector";
import { policyManifest } from "../../collector/policy-questions";
import type { TimeSpan } from "../../filters/time-span";
import { formatExactCount } from "../../units/quantity";
import { AUDIT_COUNTS } from "../audit/audit-counts";
import { Button } from "../controls/button";
import { SidePanel } from "../controls/side-panel";
import { FigureGrid } from "../surface/figure-grid";
import { ClockText } from "../time/clock-text";
import { DenialList } from "./latest-denials";
import { policyKey, policyTitle } from "./policy-key";
import type { Proposal } from "./proposal";

/** One policy: its rules with what each decided, and the last connections that it denied. */
export function PolicyPanel({
  policy,
  latest,
  span,
  onTry,
  onClose,
}: {
  policy: PolicyFigures;
  latest: readonly Connection[];
  span: TimeSpan;
  onTry: (proposal: Proposal) => void;
  onClose: () => void;
}) {
  const [failure, setFailure] = useState<string>();
  const own = latest.filter(({ verdictBy }) =>
    [verdictBy?.egress, verdictBy?.ingress].some(
      (record) =>
        record?.verdict === "denied" && record.policies.some((one) => policyKey(one) === policyKey(policy)),
    ),
  );
  const edit = async () => {
    try {
      onTry({ yaml: await policyManifest(browserCollector, policy), remove: [] });
    } catch (thrown) {
      setFailure(thrown instanceof Error ? thrown.message : String(thrown));
    }
  };
  return (
    <SidePanel
      title={policyNameText(policy)}
      onClose={onClose}
      heading={
        <>
          <p className="text-base font-semibold [overflow-wrap:anywhere]">{policyTitle(policy)}</p>
          <p className="text-2xs text-muted">
            {policy.kind}
            {policy.version === "" ? null : (
              <>
                {" · version "}
                <span className="font-mono">{policy.version}</span>
              </>
            )}
            {` · selects ${policy.pods} pods`}
          </p>
        </>
      }
    >
      <FigureGrid
        figures={AUDIT_COUNTS.map(({ name, of }) => ({ name, value: formatExactCount(of(policy.counts)) }))}
      />
      {policy.present ? (
        <div className="flex flex-wrap gap-2 border-b border-line px-4 py-2.5">
          <Button onClick={edit}>
            <FlaskConical size={14} aria-hidden /> Edit it in What-if
          </Button>
          <Button onClick={() => onTry({ yaml: "", remove: [nameOf(policy)] })}>
            <ShieldOff size={14} aria-hidden /> Try without it
          </Button>
          {failure === undefined ? null : <p className="w-full text-xs text-bad">{failure}</p>}
        </div>
      ) : (
        <p className="border-b border-line px-4 py-2.5 text-sm text-muted">The policy is gone by now.</p>
      )}
      {policy.directions.map((direction) => (
        <Rules
          key={direction}
          direction={direction}
          rules={policy.rules.filter((rule) => rule.direction === direction)}
        />
      ))}
      <section aria-label="Latest denied by it" className="py-2.5">
        <h2 className="px-4 pb-1 text-xs font-semibold">Latest denied by it</h2>
        {own.length === 0 ? (
          <p className="px-4 text-xs text-muted">None among the latest denied connections.</p>
        ) : (
          <DenialList connections={own} span={span} />
        )}
      </section>
    </SidePanel>
  );
}

function nameOf({ kind, namespace, name }: PolicyName): PolicyName {
  return { kind, namespace, name };
}

function Rules({ direction, rules }: { direction: "ingress" | "egress"; rules: readonly PolicyRule[] }) {
  return (
    <section aria-label={`Rules, ${direction}`} className="border-b border-line px-4 py-2.5">
      <h2 className="mb-1 text-xs font-semibold">
        {direction === "ingress" ? "Into the pods" : "Out of the pods"}
      </h2>
      {rules.length === 0 ? (
        <p className="text-xs text-muted">No rule: nothing is allowed.</p>
      ) : (
        <ol className="space-y-1">
          {rules.map(({ index, name, action, text, connections, lastSeen }) => (
            <li key={index} data-rule={`${direction}[${index}]`} className="text-xs">
              <p className="flex items-baseline gap-2">
                <span className="shrink-0 font-mono text-2xs text-muted">
                  {direction}[{index}]
                </span>
                <span className="min-w-0 [overflow-wrap:anywhere]">
                  {action === "allow" ? null : <span className="font-medium">{action} </span>}
                  {name === null ? null : <span className="font-medium">{name}: </span>}
                  {text}
                </span>
              </p>
              <p className={connections === 0 ? "font-medium text-warn" : "text-muted"}>
                {connections === 0
                  ? "no traffic in this range"
                  : `${formatExactCount(connections)} connections`}
                {lastSeen === null ? null : (
                  <>
                    , last at <ClockText timeMs={lastSeen} />
                  </>
                )}
              </p>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
