"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { BookOpenText } from "lucide-react";
import { useQueryStates } from "nuqs";
import { browserCollector } from "../../collector/browser-collector";
import { dnsQuestion } from "../../collector/questions";
import { Button } from "../../components/controls/button";
import { ShowMore } from "../../components/controls/show-more";
import { useNarrow } from "../../components/controls/use-narrow";
import { DnsCards } from "../../components/dns/dns-cards";
import { DnsFigures } from "../../components/dns/dns-figures";
import { DnsFilterBar } from "../../components/dns/dns-filter-bar";
import { DnsTable } from "../../components/dns/dns-table";
import { AnswerBody } from "../../components/feedback/answer-body";
import { AnswerProblem } from "../../components/feedback/answer-problem";
import { EmptyState } from "../../components/feedback/empty-state";
import { Loading } from "../../components/feedback/loading";
import { StatusLink } from "../../components/feedback/status-link";
import { PageColumn } from "../../components/surface/page-column";
import { useFilter } from "../../filters/use-filter";
import { dnsParams } from "./search-params";

/** The DNS page: which names were asked for, by whom, and what came of it; failures first. */
export function DnsScreen() {
  const state = useFilter();
  const [{ sort, name, code }, setParams] = useQueryStates(dnsParams, { history: "push" });
  const narrow = useNarrow() ?? false;
  const { client, namespace } = state.filter;
  const question = dnsQuestion(browserCollector, {
    ...{ sort, name, code, namespace, span: state.span },
    client: typeof client === "string" ? client : undefined,
  });
  const pages = useInfiniteQuery(question);
  const names = pages.data?.pages.flatMap((page) => page.names) ?? [];
  const filtered = name !== "" || code !== "" || client !== undefined || namespace !== undefined;
  const Names = narrow ? DnsCards : DnsTable;

  return (
    <>
      <DnsFilterBar state={state} name={name} code={code} sort={sort} onChange={setParams} />
      <AnswerProblem answer={pages} />
      <AnswerBody
        answer={pages}
        total={pages.data?.pages[0]?.total}
        loading={<Loading text="Loading names…" heights={["h-16", "h-96"]} />}
      >
        {({ pages: [answer] }) =>
          answer === undefined ? null : names.length === 0 ? (
            <EmptyState
              icon={<BookOpenText size={20} aria-hidden />}
              title={filtered ? "No question fits this filter" : "No DNS question in this range"}
              actions={
                filtered ? (
                  <Button
                    onClick={() => {
                      state.clear();
                      setParams({ name: "", code: "" });
                    }}
                  >
                    Clear the filter
                  </Button>
                ) : undefined
              }
            >
              {filtered
                ? "Nobody who fits asked for such a name in this range. Remove a condition, or widen the range."
                : "No agent saw a question on port 53 in this range. Widen it, or see on the status page whether agents report."}{" "}
              {filtered ? null : <StatusLink />}
            </EmptyState>
          ) : (
            <PageColumn>
              <DnsFigures answer={answer} />
              <Names names={names} span={state.span} />
              <ShowMore pages={pages} total={answer.total} />
            </PageColumn>
          )
        }
      </AnswerBody>
    </>
  );
}
