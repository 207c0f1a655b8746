import type { Alert, AlertFigure, AlertRuleName } from "@hopline/api";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatMicroseconds,
  formatRate,
  formatShare,
} from "../../units/quantity";

export const RULE_NAMES: Readonly<Record<AlertRuleName, string>> = {
  "wire-loss": "Loss on the wire",
  "node-loss": "Loss inside a node",
  "round-trip": "Round trip risen",
  "connections-unanswered": "Connections unanswered",
  "connections-reset": "Connections reset",
  "dns-failures": "DNS failures",
  "dns-latency": "DNS slow",
  "conntrack-full": "Conntrack table full",
  "agent-silent": "Agent silent",
  "capture-incomplete": "Capture incomplete",
  "policy-unenforced": "Policy not enforced",
  "policy-drops": "Policy drops risen",
};

export function figureText({ value, unit }: Pick<AlertFigure, "value" | "unit">): string {
  if (value === null) return "unknown";
  switch (unit) {
    case "share":
      return formatShare(value);
    case "us":
      return formatMicroseconds(value);
    case "ms":
      return formatDuration(value);
    case "per-second":
      return formatRate(value);
    case "factor":
      return `${Number(value.toPrecision(3))} times`;
    case "count":
      return formatCount(value);
    case "bytes":
      return formatBytes(value);
  }
}

/** What the alert is about, short: `node1 → node2`, `web → api`, `node3`. */
export function subjectOf({ labels }: Pick<Alert, "labels">): string {
  const { source_node, destination_node, client, server, node } = labels;
  if (source_node !== undefined && destination_node !== undefined)
    return `${source_node} → ${destination_node}`;
  if (client !== undefined && server !== undefined) return `${shortId(client)} → ${shortId(server)}`;
  return node ?? (server === undefined ? Object.values(labels).join(", ") : shortId(server));
}

/** `workload:shop/Deployment/web` as `shop/web`. */
function shortId(id: string): string {
  const [namespace, ...rest] = id.slice(id.indexOf(":") + 1).split("/");
  const name = rest.at(-1);
  return name === undefined ? (namespace ?? id) : `${namespace}/${name}`;
}

/** What the page behind an alert's link shows. */
export function linkText(link: string): string {
  if (link.startsWith("/loss"))
    return link.includes("show=latency") ? "Latency at that time" : "Loss at that time";
  if (link.startsWith("/dns")) return "DNS at that time";
  if (link.startsWith("/flows")) return "Connections at that time";
  return "Status of agents";
}
