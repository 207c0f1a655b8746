"use client";

import { DNS_UNANSWERED, type DnsQuery } from "@hopline/api";
import type { FilterState } from "../../filters/use-filter";
import { Segmented } from "../controls/segmented";
import { nameOfId } from "../entity/entity-name";
import { FilterChip } from "../filters/filter-chip";
import { FILTER_LABELS } from "../filters/filter-labels";
import { NamespaceSelect } from "../filters/namespace-select";
import { Toolbar } from "../filters/toolbar";
import { NameFilter } from "./name-filter";

const SORTS = [
  { value: "failures", name: "Most failures" },
  { value: "latency", name: "Slowest" },
  { value: "questions", name: "Most asked" },
  { value: "name", name: "Name" },
] as const satisfies readonly { value: DnsQuery["sort"]; name: string }[];

const ALL = "all";
const CODES = [
  { value: ALL, name: "All" },
  { value: String(DNS_UNANSWERED), name: "No answer" },
  { value: "2", name: "SERVFAIL" },
  { value: "3", name: "NXDOMAIN" },
];

export interface DnsFilterBarProps {
  readonly state: FilterState;
  readonly name: string;
  readonly code: string;
  readonly sort: DnsQuery["sort"];
  readonly onChange: (change: { name?: string; code?: string; sort?: DnsQuery["sort"] }) => void;
}

/** The top of the DNS page: which questions, whose, when, and in which order. */
export function DnsFilterBar({ state, name, code, sort, onChange }: DnsFilterBarProps) {
  const { client } = state.filter;
  return (
    <Toolbar
      title="DNS"
      time={state}
      below={
        <>
          <Segmented
            label="Response code"
            value={code === "" ? ALL : code}
            options={CODES}
            onChange={(chosen) => onChange({ code: chosen === ALL ? "" : chosen })}
          />
          <Segmented
            label="Order"
            showLabel
            value={sort}
            options={SORTS}
            onChange={(next) => onChange({ sort: next })}
          />
          {typeof client === "string" ? (
            <FilterChip
              label={FILTER_LABELS.client}
              value={nameOfId(client)}
              onRemove={() => state.remove({ name: "client", value: client })}
            />
          ) : null}
        </>
      }
    >
      <NameFilter name={name} onChange={(next) => onChange({ name: next })} />
      <NamespaceSelect state={state} />
    </Toolbar>
  );
}
