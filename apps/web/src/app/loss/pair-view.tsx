"use client";

import type { LossCell } from "@hopline/api";
import { Unplug } from "lucide-react";
import type { ReactNode } from "react";
import type { Answer } from "../../components/feedback/answer";
import { AnswerBody } from "../../components/feedback/answer-body";
import { AnswerProblem } from "../../components/feedback/answer-problem";
import { EmptyState } from "../../components/feedback/empty-state";
import { Loading } from "../../components/feedback/loading";
import { StatusLink } from "../../components/feedback/status-link";
import type { QuantileName } from "../../components/loss/latency-level";
import type { HeatCell } from "../../components/loss/node-heatmap";
import { PageColumn } from "../../components/surface/page-column";
import type { TimeSpan } from "../../filters/time-span";

/** What the page's address chooses. */
export interface PairChoice {
  readonly segment: LossCell["segment"];
  readonly quantile: QuantileName;
  readonly source: string | null;
  readonly destination: string | null;
  readonly span: TimeSpan;
  readonly onChoose: (cell: HeatCell) => void;
}

/** The states of a heatmap with a pair of nodes below it: loading, empty, out of date, and there. */
export function PairView({
  what,
  answer,
  isEmpty,
  isChosen,
  children,
}: {
  what: "loss" | "latency";
  answer: Answer<unknown>;
  isEmpty: boolean;
  isChosen: boolean;
  children: ReactNode;
}) {
  return (
    <>
      <AnswerProblem answer={answer} />
      <AnswerBody answer={answer} loading={<Loading text={`Loading ${what}…`} heights={["h-64"]} />}>
        {() =>
          isEmpty ? (
            <EmptyState
              icon={<Unplug size={20} aria-hidden />}
              title={
                what === "loss"
                  ? "Nothing was carried on this segment"
                  : "No round trip was measured on this segment"
              }
            >
              {what === "loss" ? "No connection passed it" : "No connection that is answered passed it"} in
              this range. Choose another segment, or widen the range. <StatusLink />
            </EmptyState>
          ) : (
            <PageColumn>
              {children}
              {isChosen ? null : (
                <p className="text-xs text-muted">Choose a pair of nodes to see its {what} over time.</p>
              )}
            </PageColumn>
          )
        }
      </AnswerBody>
    </>
  );
}
