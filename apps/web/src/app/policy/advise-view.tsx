"use client";

import { useMutation } from "@tanstack/react-query";
import { Copy, Download, FlaskConical, WandSparkles } from "lucide-react";
import { useState } from "react";
import { browserCollector } from "../../collector/browser-collector";
import { advise } from "../../collector/policy-questions";
import { Button } from "../../components/controls/button";
import { Segmented } from "../../components/controls/segmented";
import { ProblemBanner } from "../../components/feedback/problem-banner";
import { useFilterChoices } from "../../components/filters/use-filter-choices";
import { AdviceLeftOut } from "../../components/policy/advice-left-out";
import {
  type Proposal,
  TRAFFIC_SPANS,
  type TrafficSpan,
  trafficRange,
} from "../../components/policy/proposal";
import { TriedTraffic } from "../../components/policy/tried-traffic";
import { Card } from "../../components/surface/card";
import type { TimeSpan } from "../../filters/time-span";
import { formatExactCount } from "../../units/quantity";

/** The least policies that allow what was seen of a namespace, to copy, download or try. */
export function AdviseView({
  span,
  initial,
  onTry,
}: {
  /** In which namespaces were seen to choose from. */
  span: TimeSpan;
  initial: string | undefined;
  onTry: (proposal: Proposal) => void;
}) {
  const choices = useFilterChoices(span, true);
  const [chosen, setChosen] = useState<string | undefined>(initial);
  const [since, setSince] = useState<TrafficSpan>("24h");
  const namespaces = [
    ...new Set([...(choices.namespace ?? []), ...(chosen === undefined ? [] : [chosen])]),
  ].sort();
  const namespace = chosen ?? namespaces[0];
  const { data, error, isPending, mutate } = useMutation({
    mutationFn: (name: string) =>
      advise(browserCollector, { namespace: name, ...trafficRange(since, browserCollector.now()) }),
  });
  return (
    <>
      {error === null ? null : <ProblemBanner error={error} dataFromMs={undefined} />}
      <div className="min-h-0 flex-1 overflow-auto">
        <div className="mx-auto max-w-7xl space-y-3 p-3 sm:p-4">
          <div className="flex flex-wrap items-center gap-2 rounded-lg border border-line bg-surface px-3 py-2 shadow-card">
            <label className="flex items-center gap-2 text-xs text-muted">
              Namespace
              <select
                value={namespace ?? ""}
                onChange={({ target }) => setChosen(target.value)}
                className="h-8 max-w-56 rounded-md border border-line-strong bg-surface px-2 text-sm text-text shadow-card"
              >
                {namespaces.length === 0 ? <option value="">none seen</option> : null}
                {namespaces.map((name) => (
                  <option key={name}>{name}</option>
                ))}
              </select>
            </label>
            <Segmented
              label="Traffic of the last"
              showLabel
              value={since}
              options={TRAFFIC_SPANS}
              onChange={setSince}
            />
            <Button
              look="primary"
              className="ml-auto"
              disabled={namespace === undefined || isPending}
              onClick={() => namespace === undefined || mutate(namespace)}
            >
              <WandSparkles size={14} aria-hidden /> {isPending ? "Working it out…" : "Advise"}
            </Button>
          </div>
          {data === undefined ? (
            <p className="px-1 text-xs text-muted">
              One NetworkPolicy for each workload of the namespace, with what was seen to come in and go out,
              and nothing else. What present policies deny, and what came to nothing, is named and left out.
            </p>
          ) : (
            <div className={isPending || error !== null ? "stale space-y-3" : "space-y-3"} data-advice>
              <div className="px-1">
                <TriedTraffic traffic={data.traffic} />
              </div>
              <p className="px-1 text-sm">
                <span className="font-semibold">
                  {data.policies.length} {data.policies.length === 1 ? "policy" : "policies"}
                </span>{" "}
                from {formatExactCount(data.madeFrom)} connections. Tried on those, they newly deny{" "}
                <span
                  className={
                    data.check.newlyDenied === 0 ? "font-semibold text-good" : "font-semibold text-bad"
                  }
                >
                  {formatExactCount(data.check.newlyDenied)}
                </span>
                .
              </p>
              <Card title="Manifests">
                <div className="flex flex-wrap gap-2 border-b border-line px-4 py-2">
                  <Button onClick={() => navigator.clipboard.writeText(data.yaml)}>
                    <Copy size={14} aria-hidden /> Copy
                  </Button>
                  <Button onClick={() => download(data.yaml, `${namespace ?? "namespace"}-policies.yaml`)}>
                    <Download size={14} aria-hidden /> Download
                  </Button>
                  <Button onClick={() => onTry({ yaml: data.yaml, remove: [] })}>
                    <FlaskConical size={14} aria-hidden /> Try it in What-if
                  </Button>
                </div>
                <pre
                  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
                  tabIndex={0}
                  className="max-h-144 overflow-auto bg-sunken px-4 py-3 font-mono text-xs leading-4.5"
                >
                  {data.yaml}
                </pre>
              </Card>
              <AdviceLeftOut answer={data} />
            </div>
          )}
        </div>
      </div>
    </>
  );
}

function download(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/yaml" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
