"use client";

import { useQuery } from "@tanstack/react-query";
import clsx from "clsx";
import Link from "next/link";
import { browserCollector } from "../../collector/browser-collector";
import { statusQuestion } from "../../collector/questions";
import { type Health, healthOf } from "../status/status-health";

const DOT: Record<Health["level"], string> = {
  unknown: "bg-line-strong",
  good: "bg-good",
  warn: "bg-warn-line",
  bad: "bg-bad-line",
};

/** At every moment and on every page: whether what is shown is whole. Leads to the status page. */
export function CollectorState() {
  const { data, error } = useQuery(statusQuestion(browserCollector));
  const health: Health =
    error === null
      ? healthOf(data)
      : { level: "bad", title: "No answer", findings: [], reasons: [error.message] };
  return (
    <Link
      href="/status"
      prefetch={false}
      data-health={health.level}
      title={health.reasons[0] ?? health.title}
      className="flex h-12 w-12 shrink-0 items-center justify-center gap-2.5 rounded-md text-muted hover:text-text sm:mx-2 sm:h-9 sm:w-auto sm:hover:bg-sunken xl:justify-start xl:px-2.5"
    >
      <span className="grid size-[17px] shrink-0 place-items-center">
        <span className={clsx("size-2.5 rounded-full", DOT[health.level])} />
      </span>
      <span className="sr-only text-sm font-medium xl:not-sr-only">{health.title}</span>
    </Link>
  );
}
