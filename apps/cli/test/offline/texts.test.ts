import { describe, expect, test } from "vitest";
import { rolesText } from "../../src/offline/analysis-notes.js";
import { totalsText } from "../../src/offline/file-report.js";
import { gapBytes, seenAt } from "../../src/offline/flow-row.js";
import { metricValue, progressText } from "../../src/offline/reading-progress.js";

const REPORT = { node: "n", file: "f", refusedBatches: 0, refusals: [], warnings: [] };
describe("what an offline analysis says", () => {
  test("the totals of several files, by reason", () => {
    const one = { ...REPORT, seen: 1200, counted: 1190, notCounted: { arp: 8, not_ip: 2 }, dropped: null };
    const other = { ...REPORT, seen: 20, counted: 18, notCounted: { arp: 2 }, dropped: 3 };
    expect(totalsText([one, other])).toBe(
      "1,220 frames = 1,208 in connections + 10 arp + 2 not_ip; 3 lost while capturing",
    );
    expect(totalsText([one])).toBe("1,200 frames = 1,190 in connections + 8 arp + 2 not_ip");
  });

  test("progress with and without a share", () => {
    expect(progressText(0.629, 1_204_000, 3.4)).toBe("hopline: 62 % read, 1,204,000 packets, 3 s");
    expect(progressText(1, 7, 12)).toBe("hopline: all read, storing, 7 packets, 12 s");
    expect(progressText(undefined, 5, 10)).toBe("hopline: 5 packets, 10 s");
  });

  test("a metric without labels is read from Prometheus' text", () => {
    const text = '# HELP a_total x\na_total 12\na_total_more 4\nb{x="1"} 3\n';
    expect(metricValue(text, "a_total")).toBe(12);
    expect(metricValue(text, "b")).toBeUndefined();
    expect(metricValue("", "a_total")).toBeUndefined();
  });

  test("inferred roles, few by name", () => {
    const pods = ["a", "b", "c", "d"].map((name) => ({
      ...{ name, role: "pod" as const, because: "x", attachedAddresses: [] },
    }));
    const uplink = { name: "eth0", role: "uplink" as const, because: "network card", attachedAddresses: [] };
    expect(rolesText([...pods, uplink])).toBe(
      "roles inferred: pod a, b, c and 1 more; uplink eth0 (network card)",
    );
  });

  test("gaps are the most that any point missed, each way", () => {
    const hops = [
      { node: "n1", interface: "veth1", isReply: false, gapBytes: 0 },
      { node: "n2", interface: "eth0", isReply: false, gapBytes: 1448 },
      { node: "n2", interface: "eth0", isReply: true, gapBytes: 10 },
    ];
    expect([gapBytes(hops, false), gapBytes(hops, true), gapBytes([], true)]).toEqual([1448, 10, 0]);
    expect(seenAt(hops)).toBe("n1/veth1 n2/eth0");
  });
});
