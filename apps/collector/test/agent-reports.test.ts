import { formatAgentReport } from "@hopline/batch";
import { expect, it } from "vitest";
import { AgentReports } from "../src/agent-reports.js";

const conntrack = { events: 1, acct: 1, timestamp: 0 };

it("keeps the last report of each node, with its clock against ours", () => {
  let now = 100_000;
  const reports = new AgentReports(() => now);
  reports.heard(formatAgentReport({ node: "node1", sentAtMs: 97_500, troubles: [], conntrack }));
  expect(reports.of("node1")).toEqual({ clockOffsetMs: -2500, troubles: [], conntrack });
  now = 110_000;
  reports.heard(formatAgentReport({ node: "node1", sentAtMs: 110_004, troubles: [], conntrack }));
  expect(reports.of("node1")?.clockOffsetMs).toBe(4);
  reports.heard("no report");
  expect(reports.of("node1")?.clockOffsetMs).toBe(4);
  expect(reports.of("node2")).toBeUndefined();
});
