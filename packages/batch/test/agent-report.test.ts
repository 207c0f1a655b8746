import { describe, expect, it } from "vitest";
import { type AgentReport, formatAgentReport, parseAgentReport } from "../src/agent-report.js";

const REPORT: AgentReport = {
  ...{ node: "node1", sentAtMs: 1_795_220_000_123 },
  troubles: [{ part: "conntrack", code: "CONNTRACK_PERMISSION", message: "It isn’t permitted.", hint: null }],
  conntrack: { events: 1, acct: 0, timestamp: null },
};

describe("an agent's report", () => {
  it("comes out of the header as it went in", () => {
    expect(parseAgentReport(formatAgentReport(REPORT))).toEqual(REPORT);
    expect(formatAgentReport(REPORT)).toMatch(/^[\w-]+$/);
  });

  it("fits a header, however much is wrong", () => {
    const troubles = Array.from({ length: 50 }, (_, index) => ({
      ...{ part: "capture", code: `CODE_${index}`, message: "ä".repeat(2000), hint: "ü".repeat(2000) },
    }));
    const header = formatAgentReport({ ...REPORT, troubles });
    expect(header.length).toBeLessThanOrEqual(8192);
    expect(parseAgentReport(header)?.troubles.map(({ code }) => code)).toEqual(
      [0, 1, 2, 3, 4].map((index) => `CODE_${index}`),
    );
  });

  it.each([undefined, ["a", "b"], "", "%%%", "bm90IGpzb24", "e30", "A".repeat(9000)])(
    "passes over %j",
    (header) => expect(parseAgentReport(header)).toBeUndefined(),
  );
});
