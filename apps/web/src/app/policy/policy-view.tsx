"use client";

import { useQuery } from "@tanstack/react-query";
import { ShieldCheck } from "lucide-react";
import dynamic from "next/dynamic";
import { browserCollector } from "../../collector/browser-collector";
import { policyQuestion } from "../../collector/policy-questions";
import { useNarrow } from "../../components/controls/use-narrow";
import { EmptyState } from "../../components/feedback/empty-state";
import { ProblemBanner } from "../../components/feedback/problem-banner";
import { Skeleton } from "../../components/feedback/skeleton";
import { LatestDenials } from "../../components/policy/latest-denials";
import { PolicyCards } from "../../components/policy/policy-cards";
import { policyKey } from "../../components/policy/policy-key";
import { PolicyPanel } from "../../components/policy/policy-panel";
import { PolicyProblems } from "../../components/policy/policy-problems";
import { PolicyTable } from "../../components/policy/policy-table";
import { PolicyTotals } from "../../components/policy/policy-totals";
import type { Proposal } from "../../components/policy/proposal";
import { UncoveredWorkloads } from "../../components/policy/uncovered-workloads";
import { Card } from "../../components/status/card";
import type { TimeSpan } from "../../filters/time-span";

const DenialChart = dynamic(() => import("../../components/policy/denial-chart"), {
  ssr: false,
  loading: () => <Skeleton className="m-4 h-36" />,
});

/** What the cluster's policies allowed and denied in the span. */
export function PolicyView({
  namespace,
  span,
  chosen,
  onChoose,
  onTry,
}: {
  namespace: string | readonly string[] | undefined;
  span: TimeSpan;
  /** Key of the policy whose panel is open. */
  chosen: string | null;
  onChoose: (key: string | null) => void;
  onTry: (proposal: Proposal) => void;
}) {
  const narrow = useNarrow() ?? false;
  const { data, error, dataUpdatedAt, isPlaceholderData } = useQuery(
    policyQuestion(browserCollector, namespace, span),
  );
  const policy = data?.policies.find((one) => policyKey(one) === chosen);
  const Policies = narrow ? PolicyCards : PolicyTable;
  return (
    <>
      {error === null ? null : (
        <ProblemBanner error={error} dataFromMs={data === undefined ? undefined : dataUpdatedAt} />
      )}
      <div className="flex min-h-0 flex-1">
        <div className={`min-w-0 flex-1 overflow-auto ${isPlaceholderData || error !== null ? "stale" : ""}`}>
          {data === undefined ? (
            error === null ? (
              <PolicySkeleton />
            ) : null
          ) : (
            <div className="mx-auto max-w-7xl space-y-3 p-3 sm:p-4">
              <PolicyProblems problems={data.problems} missing={data.missing} />
              <PolicyTotals totals={data.totals} />
              <Card title="Denied over time" aside="by when the connections began">
                <DenialChart series={data.series} />
              </Card>
              <Card title="Policies" aside={`${data.policies.length}, what is not enforced first`}>
                {data.policies.length === 0 ? (
                  <EmptyState icon={<ShieldCheck size={20} aria-hidden />} title="No policy is here">
                    Nothing restricts who may talk to whom
                    {namespace === undefined ? "" : " in these namespaces"}. Advise shows which policies would
                    allow what was seen.
                  </EmptyState>
                ) : (
                  <Policies
                    policies={data.policies}
                    chosen={chosen}
                    onChoose={(one) => onChoose(policyKey(one))}
                  />
                )}
              </Card>
              <LatestDenials connections={data.latest} namespace={namespace} span={span} />
              <UncoveredWorkloads workloads={data.uncovered} hasPolicies={data.policies.length > 0} />
            </div>
          )}
        </div>
        {policy === undefined || data === undefined ? null : (
          <PolicyPanel
            policy={policy}
            latest={data.latest}
            span={span}
            onTry={onTry}
            onClose={() => onChoose(null)}
          />
        )}
      </div>
    </>
  );
}

function PolicySkeleton() {
  return (
    <div role="status" aria-busy="true" className="mx-auto max-w-7xl space-y-3 p-3 sm:p-4">
      <span className="sr-only">Loading policies…</span>
      <Skeleton className="h-16 w-full rounded-lg" />
      <Skeleton className="h-44 w-full rounded-lg" />
      <Skeleton className="h-96 w-full rounded-lg" />
    </div>
  );
}
