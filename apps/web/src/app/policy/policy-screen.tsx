"use client";

import { useQueryStates } from "nuqs";
import { useState } from "react";
import { Segmented } from "../../components/controls/segmented";
import { CopyLink } from "../../components/filters/copy-link";
import { NamespaceSelect } from "../../components/filters/namespace-select";
import { SpanPicker } from "../../components/filters/span-picker";
import { EMPTY_PROPOSAL, type Proposal } from "../../components/policy/proposal";
import { useFilter } from "../../filters/use-filter";
import { AdviseView } from "./advise-view";
import { PolicyView } from "./policy-view";
import { policyParams } from "./search-params";
import { WhatIfView } from "./what-if-view";

const VIEWS = [
  { value: "policies", name: "Policies" },
  { value: "what-if", name: "What-if" },
  { value: "advise", name: "Advise" },
] as const;

/** The policy page: what policies did, what others would do, and which ones the traffic asks for. */
export function PolicyScreen() {
  const state = useFilter();
  const [{ show, policy }, setParams] = useQueryStates(policyParams, { history: "push" });
  // Kept while the reader looks elsewhere on the page.
  const [proposal, setProposal] = useState(EMPTY_PROPOSAL);
  const onTry = (next: Proposal) => {
    setProposal(next);
    setParams({ show: "what-if", policy: null });
  };
  const { namespace } = state.filter;
  return (
    <>
      <div className="flex shrink-0 flex-wrap items-center gap-2 border-b border-line bg-surface px-3 py-2 sm:px-4">
        <h1 className="mr-2 text-lg font-semibold tracking-tight max-sm:sr-only">Policy</h1>
        <Segmented
          label="Shown"
          value={show}
          options={VIEWS}
          onChange={(value) => setParams({ show: value, policy: null })}
        />
        {show === "advise" ? null : <NamespaceSelect state={state} />}
        <div className="ml-auto flex flex-wrap items-center gap-2">
          {show === "policies" ? <SpanPicker span={state.span} onChange={state.setSpan} /> : null}
          <CopyLink />
        </div>
      </div>
      {show === "policies" ? (
        <PolicyView
          namespace={namespace}
          span={state.span}
          chosen={policy}
          onChoose={(key) => setParams({ policy: key })}
          onTry={onTry}
        />
      ) : show === "what-if" ? (
        <WhatIfView namespace={namespace} proposal={proposal} onChange={setProposal} />
      ) : (
        <AdviseView
          span={state.span}
          initial={typeof namespace === "string" ? namespace : namespace?.[0]}
          onTry={onTry}
        />
      )}
    </>
  );
}
