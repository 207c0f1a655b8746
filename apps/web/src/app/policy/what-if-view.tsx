"use client";

import { useMutation } from "@tanstack/react-query";
import { FlaskConical, Upload, X } from "lucide-react";
import { type ChangeEvent, useRef, useState } from "react";
import { browserCollector } from "../../collector/browser-collector";
import { whatIf } from "../../collector/policy-questions";
import { Button } from "../../components/controls/button";
import { Segmented } from "../../components/controls/segmented";
import { ProblemBanner } from "../../components/feedback/problem-banner";
import { policyKey, policyTitle } from "../../components/policy/policy-key";
import {
  type Proposal,
  TRAFFIC_SPANS,
  type TrafficSpan,
  trafficRange,
} from "../../components/policy/proposal";
import { WhatIfResult } from "../../components/policy/what-if-result";

const MAX_LENGTH = 1_000_000;
const PLACEHOLDER = `Paste policies as YAML or JSON, for example:

apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: shop }
spec:
  podSelector: { matchLabels: { app: web } }
  ingress:
    - from: [{ podSelector: { matchLabels: { app: cart } } }]
      ports: [{ protocol: TCP, port: 8080 }]
`;

/** Policies tried on the traffic that was, before anything is applied. */
export function WhatIfView({
  namespace,
  proposal,
  onChange,
}: {
  namespace: string | readonly string[] | undefined;
  proposal: Proposal;
  onChange: (proposal: Proposal) => void;
}) {
  const [span, setSpan] = useState<TrafficSpan>("24h");
  const [unreadable, setUnreadable] = useState<string>();
  const file = useRef<HTMLInputElement>(null);
  const { data, error, isPending, mutate } = useMutation({
    mutationFn: () =>
      whatIf(browserCollector, {
        yaml: proposal.yaml,
        remove: [...proposal.remove],
        ...trafficRange(span, browserCollector.now()),
        ...(namespace === undefined
          ? {}
          : { namespace: typeof namespace === "string" ? [namespace] : [...namespace] }),
      }),
  });
  const { yaml, remove } = proposal;
  const upload = async ({ target }: ChangeEvent<HTMLInputElement>) => {
    const files = [...(target.files ?? [])];
    target.value = "";
    const texts = await Promise.all(files.map((one) => one.text()));
    const text = texts.join("\n---\n");
    setUnreadable(text.length > MAX_LENGTH ? "These files are longer than a million characters." : undefined);
    if (text !== "" && text.length <= MAX_LENGTH) onChange({ ...proposal, yaml: text });
  };
  return (
    <>
      {error === null ? null : <ProblemBanner error={error} dataFromMs={undefined} />}
      <div className="min-h-0 flex-1 overflow-auto">
        <div className="mx-auto max-w-7xl space-y-3 p-3 sm:p-4">
          <section aria-label="Proposal" className="rounded-lg border border-line bg-surface shadow-card">
            <div className="flex flex-wrap items-center gap-2 border-b border-line px-3 py-2">
              <h2 className="mr-auto text-sm font-semibold">Policies to try</h2>
              <input
                ref={file}
                type="file"
                multiple
                accept=".yaml,.yml,.json"
                aria-label="Manifests to upload"
                onChange={upload}
                className="sr-only"
                tabIndex={-1}
              />
              <Button onClick={() => file.current?.click()}>
                <Upload size={14} aria-hidden /> Upload
              </Button>
              <Segmented
                label="Traffic of the last"
                showLabel
                value={span}
                options={TRAFFIC_SPANS}
                onChange={setSpan}
              />
              <Button
                look="primary"
                disabled={isPending || (yaml.trim() === "" && remove.length === 0)}
                onClick={() => mutate()}
              >
                <FlaskConical size={14} aria-hidden /> {isPending ? "Trying…" : "Try"}
              </Button>
            </div>
            {unreadable === undefined ? null : <p className="px-3 pt-2 text-xs text-bad">{unreadable}</p>}
            <textarea
              value={yaml}
              onChange={({ target }) => onChange({ ...proposal, yaml: target.value })}
              aria-label="Policies as YAML"
              placeholder={PLACEHOLDER}
              spellCheck={false}
              maxLength={MAX_LENGTH}
              className="block h-64 w-full resize-y rounded-b-lg bg-sunken px-3 py-2 font-mono text-xs leading-4.5 placeholder:text-faint"
            />
            {remove.length === 0 ? null : (
              <ul
                aria-label="Tried without"
                className="flex flex-wrap gap-1.5 border-t border-line px-3 py-2"
              >
                {remove.map((name) => (
                  <li
                    key={policyKey(name)}
                    className="flex h-6.5 items-center rounded-full border border-line bg-accent-soft pl-2.5 text-xs"
                  >
                    <span className="mr-1 text-muted">without</span>
                    <span className="font-medium">{policyTitle(name)}</span>
                    <button
                      type="button"
                      aria-label={`Keep ${policyTitle(name)}`}
                      onClick={() => onChange({ ...proposal, remove: remove.filter((one) => one !== name) })}
                      className="ml-0.5 grid size-6 place-items-center rounded-full text-muted hover:text-text"
                    >
                      <X size={12} aria-hidden />
                    </button>
                  </li>
                ))}
              </ul>
            )}
          </section>
          {data === undefined ? (
            <p className="px-1 text-xs text-muted">
              Nothing is applied: each connection that was seen is judged by the policies as they are, and as
              they would be. Every trial is written down in the audit log.
            </p>
          ) : (
            <div className={isPending || error !== null ? "stale" : undefined}>
              <WhatIfResult answer={data} />
            </div>
          )}
        </div>
      </div>
    </>
  );
}
