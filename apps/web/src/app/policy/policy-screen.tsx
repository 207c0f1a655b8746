"use client";

import { useQueryStates } from "nuqs";
import { useState } from "react";
import { Segmented } from "../../components/controls/segmented";
import { NamespaceSelect } from "../../components/filters/namespace-select";
import { Toolbar } from "../../components/filters/toolbar";
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
      <Toolbar title="Policy" time={show === "policies" ? state : undefined}>
        <Segmented
          label="Shown"
          value={show}
          options={VIEWS}
          onChange={(value) => setParams({ show: value, policy: null })}
        />
        {show === "advise" ? null : <NamespaceSelect state={state} />}
      </Toolbar>
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
