import type {
  AuditCompleteness,
  AuditCounts,
  AuditManifest,
  AuditPolicy,
  AuditRow,
  AuditScope,
  Entity,
  TimeRange,
} from "@hopline/api";
import { scopeConditions } from "./scope-text.js";

export interface ReportPart {
  readonly madeAt: number;
  readonly madeBy: string;
  readonly version: string;
  readonly scope: AuditScope;
  readonly range: TimeRange;
  readonly rows: readonly AuditRow[];
  readonly total: number;
  readonly totals: AuditCounts;
  readonly completeness: AuditCompleteness;
  /** The data files that go with it; none where it stands alone. */
  readonly files: AuditManifest["files"];
}

/** More than a reader turns; the data files have them all. */
export const REPORT_ROWS = 2000;

const COUNTS: readonly {
  name: string;
  meaning: string;
  of: (counts: AuditCounts) => number;
  look?: string;
}[] = [
  {
    name: "Allowed",
    meaning: "allowed, and delivered or refused by the receiver itself",
    of: (c) => c.allowed,
  },
  {
    name: "Denied, observed",
    meaning: "denied, and a drop was observed",
    of: (c) => c.deniedObserved,
    look: "denied",
  },
  {
    name: "Denied, inferred",
    meaning: "denied, sent, and never seen at the destination although its agent captured",
    of: (c) => c.deniedInferred,
    look: "denied",
  },
  {
    name: "Unenforced",
    meaning: "denied by policy, and delivered all the same",
    of: (c) => c.unenforced,
    look: "bad",
  },
  { name: "Undelivered", meaning: "allowed, and not delivered", of: (c) => c.undelivered, look: "warn" },
  { name: "Undetermined", meaning: "neither can be said", of: (c) => c.undetermined, look: "dim" },
];

/** A page that stands alone, made for A4 paper: nothing in it is loaded from anywhere, and it runs no script. */
export function auditReport(part: ReportPart): string {
  const { range, madeAt, madeBy, version, total, rows, totals, completeness } = part;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Hopline audit ${time(range.from)} to ${time(range.to)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>Network policy audit</h1>
<p class="range">${time(range.from)} <span>to</span> ${time(range.to)}</p>
</header>
<dl class="about">
<div><dt>Scope</dt><dd>${scopeHtml(part.scope)}</dd></div>
<div><dt>Made</dt><dd>${time(madeAt)} by ${escapeHtml(madeBy)}</dd></div>
<div><dt>Tool</dt><dd>Hopline ${escapeHtml(version)}</dd></div>
</dl>
${completenessHtml(completeness)}
<section>
<h2>In all</h2>
<p>${number(totals.connections)} connections between ${number(total)} pairs of workload, Service, protocol and port. A connection is
named by protocol, addresses and ports as its server sees them, and counts once, under exactly one of these.</p>
<table class="totals">
<tbody>
${COUNTS.map(({ name, meaning, of, look }) => `<tr><th scope="row">${name}</th><td class="n ${of(totals) === 0 ? "zero" : (look ?? "")}">${number(of(totals))}</td><td>${meaning}</td></tr>`).join("\n")}
</tbody>
</table>
</section>
<section>
<h2>By workload and port</h2>
${rowsHtml(rows, total)}
</section>
${nodesHtml(completeness)}
${filesHtml(part.files)}
</body>
</html>
`;
}

function scopeHtml(scope: AuditScope): string {
  const conditions = scopeConditions(scope);
  if (conditions.length === 0) return "all connections";
  return conditions.map(([name, value]) => `${escapeHtml(name)} = ${escapeHtml(value)}`).join("; ");
}

function completenessHtml({ complete, reasons, share }: AuditCompleteness): string {
  if (complete)
    return `<section class="record whole"><h2>The record is complete</h2><p>Every window of every node in this range is there and whole.</p></section>`;
  const percent = share === null ? "" : `: ${percentText(share)} of the windows are whole`;
  return `<section class="record partial"><h2>The record is not complete${percent}</h2>
<p>The counts below are those of the connections on record; there may have been more.</p>
<ul>${reasons.map((reason) => `<li>${escapeHtml(reason)}</li>`).join("")}</ul></section>`;
}

function rowsHtml(rows: readonly AuditRow[], total: number): string {
  if (rows.length === 0) return "<p>No connection of this scope is on record.</p>";
  const cut =
    total > rows.length
      ? `<p>The first ${number(rows.length)} of ${number(total)} rows; the data files have all.</p>`
      : "";
  return `${cut}<table class="rows">
<thead><tr><th>Client</th><th>Server</th><th>Port</th>${COUNTS.map(({ name }) => `<th class="n">${name}</th>`).join("")}<th>Decided by, evidence</th><th>First and last seen</th></tr></thead>
<tbody>
${rows.map(rowHtml).join("\n")}
</tbody>
</table>`;
}

function rowHtml(row: AuditRow): string {
  const counts = COUNTS.map(({ of, look }) => {
    const count = of(row);
    return `<td class="n ${count === 0 ? "zero" : (look ?? "")}">${number(count)}</td>`;
  });
  const service =
    row.service === null
      ? ""
      : `<small>by Service ${escapeHtml(`${row.service.namespace}/${row.service.name}`)}</small>`;
  const port = row.port === 0 ? row.protocol : `${row.protocol}/${row.port}`;
  return `<tr><td>${entityHtml(row.client)}</td><td>${entityHtml(row.server)}${service}</td><td class="port">${port}</td>${counts.join("")}<td>${decidedHtml(row)}</td><td class="time">${time(row.firstSeen)}<br>${time(row.lastSeen)}</td></tr>`;
}

function entityHtml({ kind, namespace, workloadKind, name }: Entity): string {
  const place =
    kind === "workload"
      ? `${namespace}, ${workloadKind}`
      : kind === "service"
        ? `${namespace}, Service`
        : kind;
  return `<b>${escapeHtml(name)}</b><small>${escapeHtml(place)}</small>`;
}

function decidedHtml({ policies, reasons, evidence }: AuditRow): string {
  const lines = [
    ...policies.map(policyHtml),
    ...reasons.map(
      ({ reason, connections }) => `undetermined: ${escapeHtml(reason)} <i>(${number(connections)})</i>`,
    ),
  ];
  if (evidence.drops > 0) {
    lines.push(
      `${number(evidence.packets)} packets dropped at ${escapeHtml(evidence.nodes.join(", "))}: ${escapeHtml(evidence.by.join("; "))}`,
    );
  }
  return lines.length === 0 ? "no policy" : lines.join("<br>");
}

function policyHtml(policy: AuditPolicy): string {
  const { direction, verdict, kind, namespace, name, version, connections } = policy;
  const where = namespace === "" ? name : `${namespace}/${name}`;
  const at = version === "" ? "" : ` <code>${escapeHtml(version)}</code>`;
  return `${direction} ${verdict}: ${escapeHtml(kind)} ${escapeHtml(where)}${at} <i>(${number(connections)})</i>`;
}

function nodesHtml({ nodes }: AuditCompleteness): string {
  if (nodes.length === 0) return "";
  const row = (node: AuditCompleteness["nodes"][number]) =>
    `<tr><td><b>${escapeHtml(node.node)}</b>${node.heard ? "" : "<small>never heard</small>"}</td><td class="n">${node.expected === 0 ? "–" : percentText(node.complete / node.expected)}</td>${[
      node.expected,
      node.complete,
      node.missing,
      node.interrupted,
      node.sampled,
      node.dropped,
      node.droppedFrames,
      node.evicted,
      node.lostBatches,
      node.lateInterfaces,
      node.conntrackLost,
    ]
      .map((count) => `<td class="n ${count === 0 ? "zero" : ""}">${number(count)}</td>`)
      .join("")}</tr>`;
  return `<section>
<h2>The record, node by node</h2>
<p>Windows of ten seconds. A window that lacks for several reasons counts under each.</p>
<table class="rows">
<thead><tr><th>Node</th><th class="n">Share</th><th class="n">Expected</th><th class="n">Whole</th><th class="n">Without agent</th><th class="n">Agent started or stopped</th><th class="n">Sampled</th><th class="n">Ring full</th><th class="n">Frames dropped</th><th class="n">Flows evicted</th><th class="n">Batches lost</th><th class="n">Interface late</th><th class="n">Conntrack lost</th></tr></thead>
<tbody>
${nodes.map(row).join("\n")}
</tbody>
</table>
</section>`;
}

function filesHtml(files: AuditManifest["files"]): string {
  if (files.length === 0) return "";
  const rows = files.map(
    ({ name, bytes, sha256 }) =>
      `<tr><td><b>${escapeHtml(name)}</b></td><td class="n">${number(bytes)}</td><td><code>${sha256}</code></td></tr>`,
  );
  return `<section>
<h2>Files that belong to this report</h2>
<table class="rows">
<thead><tr><th>File</th><th class="n">Bytes</th><th>SHA-256</th></tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table>
</section>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function time(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

function number(count: number): string {
  return count.toLocaleString("en-US");
}

/** Never 100 % of what is not whole. */
function percentText(share: number): string {
  return `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;
}

const STYLE = `
@page { size: A4 landscape; margin: 12mm 12mm 14mm; @bottom-right { content: "page " counter(page) " of " counter(pages); font: 8pt sans-serif; color: #555 } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 1200px; padding: 16px; font: 10pt/1.4 system-ui, "Segoe UI", "Liberation Sans", Arial, sans-serif; color: #16202c; background: #fff }
header { border-bottom: 2px solid #16202c; padding-bottom: 6px; margin-bottom: 10px }
h1 { font-size: 17pt; margin: 0; letter-spacing: -0.01em }
h2 { font-size: 11.5pt; margin: 0 0 4px; break-after: avoid }
section { margin: 14px 0 }
p { margin: 0 0 6px }
.range { font-size: 11pt; margin: 2px 0 0 } .range span { color: #5b6775 }
.about { margin: 0; display: flex; flex-wrap: wrap; gap: 4px 28px } .about div { display: flex; gap: 6px } dt { color: #5b6775 } dd { margin: 0; overflow-wrap: anywhere }
.record { border: 1px solid; border-left-width: 5px; border-radius: 4px; padding: 8px 12px; break-inside: avoid; -webkit-print-color-adjust: exact; print-color-adjust: exact }
.record ul { margin: 0; padding-left: 18px }
.whole { border-color: #1d7a46; background: #eef8f1 } .partial { border-color: #a15c00; background: #fff7ea }
table { border-collapse: collapse; width: 100% }
.totals { width: auto } .totals th { text-align: left; padding-right: 12px; font-weight: 600 } .totals td { padding: 1px 12px 1px 0 }
.rows { font-size: 8.5pt } .rows thead { display: table-header-group } .rows tr { break-inside: avoid }
.rows th { text-align: left; vertical-align: bottom; border-bottom: 1px solid #16202c; padding: 3px 6px; font-weight: 600 }
.rows td { vertical-align: top; border-bottom: 1px solid #d6dce3; padding: 3px 6px; overflow-wrap: anywhere }
.rows th:first-child, .rows td:first-child { padding-left: 0 }
.rows th.n, td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap } .rows th.n { white-space: normal }
small { display: block; color: #5b6775; font-size: 7.5pt } b { font-weight: 600 } i { color: #5b6775; font-style: normal }
code { font: 8pt ui-monospace, "Liberation Mono", monospace; overflow-wrap: anywhere } .port, .time { white-space: nowrap } .time { font-size: 7.5pt }
.zero { color: #a3adb8 } .bad { color: #b3261e; font-weight: 700 } .warn { color: #8a4b00; font-weight: 700 } .denied { font-weight: 700 } .dim { color: #16202c }
@media print { body { padding: 0; max-width: none } }
`;
