import type { Connection } from "@hopline/api";
import { describe, expect, test } from "vitest";
import { isFrom, isTo, parseTraceEnd, rankConnections } from "../src/trace/trace-end.js";
import { CONNECTION } from "./trace-path.js";

describe("an end as a person names it", () => {
  test.each([
    ["web-1", "", "web-1", undefined],
    ["shop/web", "shop", "web", undefined],
    ["shop/db:5432", "shop", "db", 5432],
    ["10.1.2.3", "", "10.1.2.3", undefined],
    ["10.1.2.3:80", "", "10.1.2.3", 80],
    ["fd00::1", "", "fd00::1", undefined],
    ["[fd00::1]:80", "", "fd00::1", 80],
  ])("%s", (text, namespace, name, port) => {
    expect(parseTraceEnd(text)).toEqual({ namespace, name, port });
  });

  test.each([
    "",
    "/web",
    "shop/",
    "a/b/c",
    "web:0",
    "web:65536",
    "Web",
    "[web]:80",
    "shop/10.1.2.3:x",
    "web:",
  ])('refuses "%s" in one sentence', (text) => {
    expect(() => parseTraceEnd(text)).toThrow(
      expect.objectContaining({ code: "TRACE_END_INVALID", message: expect.stringContaining(`"${text}"`) }),
    );
  });
});

describe("which connections an end means", () => {
  const fits = (from: string, to: string) =>
    isFrom(CONNECTION, parseTraceEnd(from)) && isTo(CONNECTION, parseTraceEnd(to));

  test.each([
    ["web-5d8f-1", "db-0", true],
    ["shop/web", "data/db", true],
    ["10.1.1.2", "10.1.2.3:5432", true],
    ["web", "data/postgres", true],
    ["web", "10.96.0.5:5433", true],
    ["web", "postgres:5432", false],
    ["other/web", "db", false],
    ["db", "web", false],
    ["web", "db:80", false],
  ])("%s to %s: %s", (from, to, expected) => {
    expect(fits(from, to)).toBe(expected);
  });

  test("of several, the last that fails or stands still goes before those that work, if it is as recent", () => {
    const at = (id: string, lastSeen: number, outcome: Connection["outcome"]): Connection => ({
      ...CONNECTION,
      id,
      lastSeen,
      outcome,
    });
    const works = at("0000000000000001", 100_000, "delivered");
    const failed = at("0000000000000002", 90_000, "unanswered");
    const longAgo = at("0000000000000003", 20_000, "refused");
    const stuck = { ...works, id: "0000000000000004", lastSeen: 95_000 };
    const counters = { ...works.forward, retransmittedBytes: 1400 };
    const still = { ...stuck, forward: counters, reply: { ...works.reply, payloadBytes: 0 } };
    expect(rankConnections([longAgo, works, failed])).toEqual([failed]);
    expect(rankConnections([longAgo, works, still, failed])).toEqual([still, failed]);
    expect(rankConnections([longAgo, works])).toEqual([works]);
    const icmpError = { source: "10.244.1.1", type: 3, code: 4, mtu: 1300 };
    const told = { ...works, id: "0000000000000005", lastSeen: 93_000, icmpError };
    expect(rankConnections([told, works, still])).toEqual([still, told]);
    const sent = { ...works, id: "0000000000000006", lastSeen: 94_000, reply: still.reply };
    expect(rankConnections([sent, works])).toEqual([works, sent]);
    expect(rankConnections([])).toEqual([]);
  });
});
