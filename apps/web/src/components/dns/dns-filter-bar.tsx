"use client";

import { DNS_UNANSWERED, type DnsQuery } from "@hopline/api";
import { X } from "lucide-react";
import type { FilterState } from "../../filters/use-filter";
import { Segmented } from "../controls/segmented";
import { nameOfId } from "../entity/entity-name";
import { CopyLink } from "../filters/copy-link";
import { NamespaceSelect } from "../filters/namespace-select";
import { SpanPicker } from "../filters/span-picker";
import { NameFilter } from "./name-filter";

const SORTS = [
  { value: "failures", name: "Failures" },
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
    <div className="shrink-0 border-b border-line bg-surface">
      <div className="flex flex-wrap items-center gap-2 px-3 py-2 sm:px-4">
        <h1 className="mr-2 text-lg font-semibold tracking-tight max-sm:sr-only">DNS</h1>
        <NameFilter name={name} onChange={(next) => onChange({ name: next })} />
        <NamespaceSelect state={state} />
        <div className="ml-auto flex flex-wrap items-center gap-2">
          <SpanPicker span={state.span} onChange={state.setSpan} />
          <CopyLink />
        </div>
      </div>
      <div className="flex flex-wrap items-center gap-2 px-3 pb-2 sm:px-4">
        <Segmented
          label="Response code"
          value={code === "" ? ALL : code}
          options={CODES}
          onChange={(chosen) => onChange({ code: chosen === ALL ? "" : chosen })}
        />
        <Segmented label="Order" value={sort} options={SORTS} onChange={(next) => onChange({ sort: next })} />
        {typeof client === "string" ? (
          <span className="flex h-6.5 max-w-full items-center rounded-full border border-line bg-accent-soft pl-2.5 text-xs">
            <span className="mr-1 text-muted">client</span>
            <span className="truncate font-medium">{nameOfId(client)}</span>
            <button
              type="button"
              aria-label={`Remove filter client ${nameOfId(client)}`}
              onClick={() => state.remove({ name: "client", value: client })}
              className="ml-0.5 grid size-6 place-items-center rounded-full text-muted hover:text-text"
            >
              <X size={12} aria-hidden />
            </button>
          </span>
        ) : null}
      </div>
    </div>
  );
}
