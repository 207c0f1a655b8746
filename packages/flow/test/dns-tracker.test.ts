import { formatAddress } from "@hopline/packet";
import { describe, expect, it } from "vitest";
import { udp } from "../../packet/test/frame-builders.js";
import { DNS_UNANSWERED, type DnsRows } from "../src/dns-rows.js";
import type { FrameCounter } from "../src/frame-counter.js";
import { answer, CLIENT, question, RESOLVER } from "./dns-messages.js";
import { blockOf, counterOf, type Frame, frame4 } from "./frames.js";
import { START_S, us } from "./packets.js";

const NXDOMAIN = 3;
const SERVFAIL = 2;

function rowsOf(rows: DnsRows | undefined) {
  if (rows === undefined) return [];
  return Array.from({ length: rows.count }, (_, row) => ({
    windowS: (rows.windowStarts[row] ?? Number.NaN) - START_S,
    client: formatAddress(rows.clientAddresses, 16 * row),
    server: formatAddress(rows.serverAddresses, 16 * row),
    port: rows.serverPorts[row],
    protocol: rows.protocols[row],
    interfaceIndex: rows.interfaceIndexes[row],
    direction: rows.directions[row],
    name: rows.names[row],
    type: rows.types[row],
    code: rows.codes[row],
    questions: rows.questions[row],
    sumUs: rows.latencySumUs[row],
    maxUs: rows.latencyMaxUs[row],
  }));
}

function counted(...frames: readonly Frame[]): FrameCounter {
  const { counter } = counterOf(1 << 14);
  counter.countBlock(blockOf(frames));
  return counter;
}

/** All rows, to the last. */
function flushed(counter: FrameCounter) {
  const rows = [];
  for (let taken = counter.flushDns(); taken !== undefined; taken = counter.flushDns())
    rows.push(...rowsOf(taken));
  return rows;
}

/** [name, code, questions, latency sum] of each row. */
function outcome(...frames: readonly Frame[]) {
  return flushed(counted(...frames)).map((row) => [row.name, row.code, row.questions, row.sumUs]);
}

describe("DNS questions and answers", () => {
  it("become one row for client, server, name, type and code", () => {
    const counter = counted(
      question({ atMs: 0, id: 1 }),
      answer({ atMs: 3, id: 1 }),
      question({ atMs: 10, id: 2, name: "API.Example.com" }),
      answer({ atMs: 15, id: 2, name: "API.Example.com" }),
    );
    expect(flushed(counter)).toEqual([
      {
        windowS: 0,
        client: "10.244.1.2",
        server: "10.96.0.10",
        port: 53,
        protocol: 17,
        interfaceIndex: 1,
        direction: 0,
        name: "api.example.com",
        type: 1,
        code: 0,
        questions: 2,
        sumUs: 8_000,
        maxUs: 5_000,
      },
    ]);
    expect(counter.counters().dns).toEqual({
      questions: 2,
      answers: 2,
      unanswered: 0,
      unasked: 0,
      displaced: 0,
      truncated: 0,
      bad: 0,
    });
  });

  it("are kept apart by type, code, name, client, interface and direction", () => {
    const different = [
      {},
      { type: 28 },
      { code: NXDOMAIN },
      { code: SERVFAIL },
      { name: "db.example.com" },
      { client: [10, 244, 1, 9] },
      { interfaceIndex: 2 },
      { direction: 1 },
      { direction: 2 },
    ];
    const frames = different.flatMap((fields, i) => [
      question({ ...fields, id: i, atMs: i }),
      answer({ ...fields, id: i, atMs: i + 1 }),
    ]);
    const rows = flushed(counted(...frames));
    expect(rows).toHaveLength(different.length);
    expect(rows.map((row) => [row.type, row.code, row.interfaceIndex, row.direction])).toEqual([
      [1, 0, 1, 0],
      [28, 0, 1, 0],
      [1, 3, 1, 0],
      [1, 2, 1, 0],
      [1, 0, 1, 0],
      [1, 0, 1, 0],
      [1, 0, 2, 0],
      [1, 0, 1, 1],
      [1, 0, 1, 2],
    ]);
    expect(rows.every((row) => row.questions === 1 && row.sumUs === 1_000)).toBe(true);
  });

  it("pair by id, port, name and type, in whatever order answers come", () => {
    expect(
      outcome(
        question({ id: 1, name: "a", atMs: 0 }),
        question({ id: 2, name: "b", atMs: 1 }),
        question({ id: 2, name: "c", port: 42_000, atMs: 2 }),
        question({ id: 1, name: "a", type: 28, atMs: 3 }),
        answer({ id: 1, name: "a", type: 28, atMs: 13 }),
        answer({ id: 2, name: "c", port: 42_000, atMs: 22 }),
        answer({ id: 2, name: "b", atMs: 31 }),
        answer({ id: 1, name: "a", atMs: 40 }),
      ),
    ).toEqual([
      ["a", 0, 1, 10_000],
      ["c", 0, 1, 20_000],
      ["b", 0, 1, 30_000],
      ["a", 0, 1, 40_000],
    ]);
  });

  it("go over TCP too", () => {
    const rows = flushed(counted(question({ overTcp: true }), answer({ overTcp: true, atMs: 4 })));
    expect(rows).toMatchObject([{ protocol: 6, name: "api.example.com", code: 0, sumUs: 4_000 }]);
  });

  it("measure from the first of a question that was asked again", () => {
    const counter = counted(question({ atMs: 0 }), question({ atMs: 2_000 }), answer({ atMs: 2_010 }));
    expect(flushed(counter)).toMatchObject([{ questions: 1, sumUs: 2_010_000 }]);
    expect(counter.counters().dns).toMatchObject({ questions: 2, answers: 1, displaced: 0, unasked: 0 });
  });

  it("count an answer that nobody asked for, and one that comes twice", () => {
    const counter = counted(
      answer({ name: "spoofed" }),
      question({ atMs: 1 }),
      answer({ atMs: 2, name: "other" }),
      answer({ atMs: 3 }),
      answer({ atMs: 4 }),
    );
    expect(flushed(counter)).toMatchObject([{ name: "api.example.com", questions: 1, sumUs: 2_000 }]);
    expect(counter.counters().dns).toMatchObject({ questions: 1, answers: 4, unasked: 3 });
  });
});

describe("questions without an answer", () => {
  it("are unanswered after 5 s of packet time, in the window in which they were asked", () => {
    const counter = counted(question({ atMs: 9_000 }));
    expect(counter.takeDns(us(13_999))).toBeUndefined();
    expect(rowsOf(counter.takeDns(us(14_000)))).toMatchObject([
      { windowS: 0, code: DNS_UNANSWERED, questions: 1, sumUs: 0, maxUs: 0 },
    ]);
    expect(counter.takeDns(us(60_000))).toBeUndefined();
    expect(counter.counters().dns.unanswered).toBe(1);
  });

  it("stay so though a late answer comes, whether rows were taken in between or not", () => {
    const swept = counted(question());
    swept.takeDns(us(5_000));
    swept.countBlock(blockOf([answer({ atMs: 5_001 })]));
    const unswept = counted(question(), answer({ atMs: 5_001 }));
    for (const counter of [swept, unswept]) {
      expect(flushed(counter)).toMatchObject([{ code: DNS_UNANSWERED, questions: 1 }]);
      expect(counter.counters().dns).toMatchObject({ unanswered: 1, unasked: 1 });
    }
  });

  it("are asked anew after that: a resolver's next try is a question of its own", () => {
    expect(outcome(question(), question({ atMs: 5_000 }), answer({ atMs: 5_020 }))).toEqual([
      ["api.example.com", DNS_UNANSWERED, 1, 0],
      ["api.example.com", 0, 1, 20_000],
    ]);
  });

  it("are answered up to then", () => {
    expect(outcome(question(), answer({ atMs: 4_999.999 }))).toEqual([["api.example.com", 0, 1, 4_999_999]]);
  });

  it("are all of those that wait where a file ends", () => {
    expect(outcome(question())).toEqual([["api.example.com", DNS_UNANSWERED, 1, 0]]);
  });

  it("give way where too many wait at once: the oldest first, and counted", () => {
    const questions = Array.from({ length: 10_000 }, (_, i) =>
      question({ id: i, port: 1_024 + i, atMs: i / 10_000, name: "busy" }),
    );
    const counter = counted(...questions);
    const { displaced } = counter.counters().dns;
    expect(displaced).toBeGreaterThanOrEqual(10_000 - 4_096);
    expect(displaced).toBeLessThan(10_000 - 3_900);
    // The last hundred still wait.
    counter.countBlock(
      blockOf(
        Array.from({ length: 100 }, (_, i) =>
          answer({ id: 9_900 + i, port: 10_924 + i, atMs: 2, name: "busy" }),
        ),
      ),
    );
    const rows = flushed(counter);
    expect(rows.map((row) => [row.code, row.questions])).toEqual([
      [0, 100],
      [DNS_UNANSWERED, 10_000 - displaced - 100],
    ]);
  });
});

describe("messages that are no whole DNS", () => {
  it("count as truncated where the capture cut them, and as bad where they are none", () => {
    const whole = question();
    const cut = { ...whole, bytes: whole.bytes.slice(0, 60), wireLength: whole.bytes.length };
    const other = frame4(
      { protocol: 17 },
      udp({ sourcePort: 9, destinationPort: 53 }, new Array(40).fill(0xff)),
    );
    const counter = counted(cut, { bytes: other }, question({ atMs: 1 }), answer({ atMs: 2 }));
    expect(counter.counters()).toMatchObject({
      seen: 4,
      counted: 4,
      dns: { questions: 1, answers: 1, truncated: 1, bad: 1 },
    });
    expect(flushed(counter)).toHaveLength(1);
  });

  it("have no part in pairs where they ask from port 53 to another, or answer towards it", () => {
    const ports = { sourcePort: 53, destinationPort: 9 };
    const body = [...question().bytes].slice(42);
    const counter = counted({
      bytes: frame4({ protocol: 17, source: RESOLVER, destination: CLIENT }, udp(ports, body)),
    });
    expect(counter.counters().dns).toMatchObject({ questions: 0, answers: 0 });
    expect(flushed(counter)).toEqual([]);
  });
});

describe("rows of DNS", () => {
  it("leave when their window is over, by the time of the answer", () => {
    const counter = counted(
      question({ atMs: 9_998 }),
      answer({ atMs: 10_002 }),
      question({ atMs: 11_000, id: 2 }),
      answer({ atMs: 11_001, id: 2, code: NXDOMAIN }),
    );
    expect(counter.takeDns(us(19_999))).toBeUndefined();
    expect(rowsOf(counter.takeDns(us(20_000)))).toMatchObject([
      { windowS: 10, code: 0, sumUs: 4_000 },
      { windowS: 10, code: NXDOMAIN, sumUs: 1_000 },
    ]);
    expect(counter.takeDns(us(20_000))).toBeUndefined();
  });

  it("are of one window each, and add up", () => {
    const frames = Array.from({ length: 40 }, (_, i) => [
      question({ id: i, atMs: i * 1_000 }),
      answer({ id: i, atMs: i * 1_000 + 1 }),
    ]).flat();
    expect(flushed(counted(...frames)).map((row) => [row.windowS, row.questions, row.sumUs])).toEqual([
      [0, 10, 10_000],
      [10, 10, 10_000],
      [20, 10, 10_000],
      [30, 10, 10_000],
    ]);
  });

  it("leave in parts where there are many", () => {
    const clients = Array.from({ length: 9_000 }, (_, i) => [10, 1, i >> 8, i & 0xff]);
    const frames = clients.flatMap((client, i) => [
      question({ client, id: i }),
      answer({ client, id: i, atMs: 1 }),
    ]);
    const counter = counted(...frames);
    const parts = [counter.takeDns(us(10_000)), counter.takeDns(us(10_000)), counter.takeDns(us(10_000))];
    expect(parts.map((rows) => rows?.count)).toEqual([4_096, 4_096, 808]);
    expect(counter.takeDns(us(10_000))).toBeUndefined();
    const seen = new Set(parts.flatMap((rows) => rowsOf(rows).map((row) => row.client)));
    expect(seen.size).toBe(9_000);
  });
});

describe("names", () => {
  it("are bounded: what comes when there is no more room goes by one name, until rows are taken", () => {
    const { counter } = counterOf(1 << 14);
    const ask = (name: string, id: number, atMs: number) =>
      counter.countBlock(blockOf([question({ name, id, atMs }), answer({ name, id, atMs: atMs + 1 })]));
    for (let i = 0; i < 5_000; i++) ask(`name${i}.example`, i, 0);
    const first = flushed(counter);
    expect(new Set(first.map((row) => row.name)).size).toBe(4_096 + 1);
    expect(first.filter((row) => row.name === "(other names)")).toMatchObject([{ questions: 5_000 - 4_096 }]);
    expect(first.reduce((sum, row) => sum + (row.questions ?? 0), 0)).toBe(5_000);
    ask("late.example", 1, 20_000);
    expect(flushed(counter)).toMatchObject([{ name: "late.example", windowS: 20 }]);
  });

  it("of questions that wait outlive the others", () => {
    const { counter } = counterOf(1 << 14);
    counter.countBlock(blockOf([question({ name: "waits.example", id: 60_000, atMs: 9_000 })]));
    for (let i = 0; i < 3_000; i++) {
      const fields = { name: `name${i}.example`, id: i };
      counter.countBlock(blockOf([question({ ...fields, atMs: 9_000 }), answer({ ...fields, atMs: 9_001 })]));
    }
    expect(counter.takeDns(us(10_000))?.count).toBe(3_000);
    counter.countBlock(blockOf([answer({ name: "waits.example", id: 60_000, atMs: 11_000 })]));
    expect(flushed(counter)).toMatchObject([{ name: "waits.example", sumUs: 2_000_000 }]);
  });

  it("that only answers nobody asked for have leave their room", () => {
    const { counter } = counterOf(1 << 14);
    for (let i = 0; i < 5_000; i++)
      counter.countBlock(blockOf([answer({ name: `flood${i}.example`, id: i })]));
    expect(counter.takeDns(us(1_000))).toBeUndefined();
    counter.countBlock(blockOf([question({ atMs: 2_000 }), answer({ atMs: 2_001 })]));
    expect(flushed(counter)).toMatchObject([{ name: "api.example.com" }]);
  });
});
