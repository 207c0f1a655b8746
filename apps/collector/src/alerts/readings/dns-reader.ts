import { entityId, type TimeRange } from "@hopline/api";
import type { DnsServerFigures } from "@hopline/store";
import type { AlertRule } from "../rules/alert-rule.js";
import { entityText } from "./entity-text.js";
import { microsecondsText, percentText } from "./figure-text.js";
import { type AlertReader, over, type Reading, type Sample } from "./reading.js";
import { uiLink } from "./ui-link.js";

const EVERY_MS = 15_000;

/** How each DNS server answers: failures other than "no such name", and how long an answer takes. */
export const dnsReader: AlertReader = {
  name: "dns",
  rules: ["dns-failures", "dns-latency"],
  everyMs: EVERY_MS,
  offsetMs: 6300,
  read: async ({ store, rules, nowMs }) => {
    const readings: Reading[] = [];
    for (const [name, sampleOf] of [
      ["dns-failures", failureSample],
      ["dns-latency", latencySample],
    ] as const) {
      const rule = rules[name];
      if (!rule.enabled) continue;
      const range = { from: nowMs - rule.lookBackMs, to: nowMs };
      const servers = await store.dnsServerFigures(range);
      const samples = servers.map((server) => sampleOf(rule, server, range));
      readings.push({ rule, toMs: nowMs, samples, absent: "unknown" });
    }
    return readings;
  },
};

function failureSample(rule: AlertRule, figures: DnsServerFigures, range: TimeRange): Sample {
  const { server, asked, failed, unanswered, clients, failedNames } = figures;
  const labels = { server: entityId(server) };
  if (asked < rule.floor) return { labels, state: "unknown" };
  const share = failed / asked;
  if (share <= rule.threshold) return { labels, state: "under" };
  const names = failedNames.length === 0 ? "" : `, most of all for ${failedNames.join(", ")}`;
  return over(labels, share, {
    summary: `${percentText(share)} of the DNS questions to ${entityText(server)} failed${names}.`,
    range,
    link: uiLink("/dns", range, { sort: "failures" }),
    figures: [
      { name: "failed", value: failed, unit: "count" },
      { name: "of them without an answer", value: unanswered, unit: "count" },
      { name: "questions", value: asked, unit: "count" },
      { name: "workloads that asked", value: clients, unit: "count" },
    ],
  });
}

function latencySample(rule: AlertRule, figures: DnsServerFigures, range: TimeRange): Sample {
  const { server, asked, unanswered, latencyMeanUs, clients } = figures;
  const labels = { server: entityId(server) };
  const answered = asked - unanswered;
  if (latencyMeanUs === null || answered < rule.floor) return { labels, state: "unknown" };
  if (latencyMeanUs <= rule.threshold) return { labels, state: "under" };
  return over(labels, latencyMeanUs, {
    summary: `An answer of the DNS server ${entityText(server)} takes ${microsecondsText(latencyMeanUs)} on average.`,
    range,
    link: uiLink("/dns", range, { sort: "latency" }),
    figures: [
      { name: "mean latency", value: latencyMeanUs, unit: "us" },
      { name: "answers", value: answered, unit: "count" },
      { name: "workloads that asked", value: clients, unit: "count" },
    ],
  });
}
