"use client";

import { useQuery } from "@tanstack/react-query";
import { ShieldCheck } from "lucide-react";
import dynamic from "next/dynamic";
import { browserCollector } from "../../collector/browser-collector";
import { policyQuestion } from "../../collector/policy-questions";
import { useNarrow } from "../../components/controls/use-narrow";
import { AnswerBody } from "../../components/feedback/answer-body";
import { AnswerProblem } from "../../components/feedback/answer-problem";
import { EmptyState } from "../../components/feedback/empty-state";
import { Loading } from "../../components/feedback/loading";
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
import { Card } from "../../components/surface/card";
import { PageColumn } from "../../components/surface/page-column";
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
  const answer = useQuery(policyQuestion(browserCollector, namespace, span));
  const { data } = answer;
  const policy = data?.policies.find((one) => policyKey(one) === chosen);
  const Policies = narrow ? PolicyCards : PolicyTable;
  return (
    <>
      <AnswerProblem answer={answer} />
      <div className="flex min-h-0 flex-1">
        <AnswerBody
          answer={answer}
          loading={<Loading text="Loading policies…" heights={["h-16", "h-44", "h-96"]} />}
        >
          {({ problems, missing, totals, series, policies, latest, uncovered }) => (
            <PageColumn>
              <PolicyProblems problems={problems} missing={missing} />
              <PolicyTotals totals={totals} />
              <Card title="Denied over time" aside="by when the connections began">
                <DenialChart series={series} />
              </Card>
              <Card title="Policies" aside={`${policies.length}, what is not enforced first`}>
                {policies.length === 0 ? (
                  <NoPolicy namespace={namespace} isKnown={missing === null} />
                ) : (
                  <Policies
                    policies={policies}
                    chosen={chosen}
                    onChoose={(one) => onChoose(policyKey(one))}
                  />
                )}
              </Card>
              <LatestDenials connections={latest} namespace={namespace} span={span} />
              <UncoveredWorkloads workloads={uncovered} hasPolicies={policies.length > 0} />
            </PageColumn>
          )}
        </AnswerBody>
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

function NoPolicy({
  namespace,
  isKnown,
}: {
  namespace: string | readonly string[] | undefined;
  /** Whether it is known which policies there are. */
  isKnown: boolean;
}) {
  const here = namespace === undefined ? "" : " in these namespaces";
  return (
    <EmptyState
      icon={<ShieldCheck size={20} aria-hidden />}
      title={isKnown ? "No policy is here" : "It is not known which policies there are"}
    >
      {isKnown
        ? `Nothing restricts who may talk to whom${here}. Advise shows which policies would allow what was seen.`
        : "What is said above must be mended first."}
    </EmptyState>
  );
}
