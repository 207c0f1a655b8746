import type { AuditNode } from "@hopline/api";
import type { AuditRecord } from "@hopline/store";
import { expect, it } from "vitest";
import { auditCompleteness } from "../src/audit/audit-completeness.js";

const FROM = Date.UTC(2026, 10, 21, 8);
const HOUR_MS = 3_600_000;

const node = (over: Partial<AuditNode> = {}): AuditNode => ({
  ...{ node: "node1", heard: true, expected: 360, complete: 360, missing: 0, sampled: 0, interrupted: 0 },
  ...{
    lostBatches: 0,
    lateInterfaces: 0,
    dropped: 0,
    droppedFrames: 0,
    evicted: 0,
    evictedFlows: 0,
    conntrackLost: 0,
  },
  ...over,
});
const record = (over: Partial<AuditRecord> = {}): AuditRecord => ({
  ...{ range: { from: FROM, to: FROM + HOUR_MS }, openFromMs: null, recordFromMs: FROM - HOUR_MS },
  ...{ keptFromMs: FROM - HOUR_MS, retentionFromMs: null, framesBeforeKept: 0, knowsNodes: true },
  nodes: [node()],
  ...over,
});

it("is complete only where nothing at all lacks", () => {
  expect(auditCompleteness(record())).toMatchObject({ complete: true, reasons: [], share: 1 });
  const NEVER_HEARD = node({ node: "node3", heard: false, complete: 0, missing: 360 });
  const lacking: [Partial<AuditRecord>, string][] = [
    [
      { openFromMs: FROM + 1 },
      "Windows from 2026-11-21 08:00:00 UTC on are not closed yet: their rows may still be arriving.",
    ],
    [
      { recordFromMs: FROM + 60_000 },
      "The record begins at 2026-11-21 08:01:00 UTC: before that, no agent reported.",
    ],
    [{ recordFromMs: null }, "No agent has reported to this store yet."],
    [
      { retentionFromMs: FROM + 1000 },
      "The range begins before 2026-11-21 08:00:01 UTC: older connections are kept no longer and may lack.",
    ],
    [
      { framesBeforeKept: 5, keptFromMs: FROM + 1000 },
      "Agents counted packets in this range before 2026-11-21 08:00:01 UTC, and no connection of then is there: they were evicted for want of disk space, or refused.",
    ],
    [
      { knowsNodes: false },
      "Which nodes the cluster had then is not known: one without an agent would not be noticed.",
    ],
    [{ nodes: [NEVER_HEARD] }, "Never heard: node3."],
    [
      { nodes: [node({ missing: 2 })] },
      "2 windows of ten seconds without a word from the node's agent (node1).",
    ],
    [{ nodes: [node({ sampled: 1 })] }, "1 window in which connections were sampled (node1)."],
    [{ nodes: [node({ dropped: 4 })] }, "4 windows in which the packet ring had no room (node1)."],
    [
      { nodes: [node({ evicted: 4 })] },
      "4 windows in which flows were evicted from an agent's table (node1).",
    ],
    [{ nodes: [node({ interrupted: 1 })] }, "1 window in which an agent started or stopped (node1)."],
    [{ nodes: [node({ lostBatches: 1 })] }, "1 window in which an agent lost batches (node1)."],
    [
      { nodes: [node({ lateInterfaces: 2 })] },
      "2 windows in which a new interface was captured late (node1).",
    ],
    [{ nodes: [node({ conntrackLost: 1 })] }, "1 window in which conntrack events were lost (node1)."],
  ];
  for (const [over, reason] of lacking)
    expect(auditCompleteness(record(over))).toMatchObject({ complete: false, reasons: [reason] });
});

it("lists the least complete node first, and names a few", () => {
  const nodes = ["a", "b", "c", "d", "e", "f", "g"].map((name, index) =>
    node({ node: name, complete: 354 + index, missing: 6 - index }),
  );
  const answer = auditCompleteness(record({ nodes: [...nodes].reverse() }));
  expect(answer.nodes.map(({ node }) => node)).toEqual(["a", "b", "c", "d", "e", "f", "g"]);
  expect(answer.reasons).toEqual([
    "21 windows of ten seconds without a word from the node's agent (a, b, c, d, e and 1 more).",
  ]);
  expect(answer.share).toBeCloseTo((360 * 7 - 21) / (360 * 7));
});
